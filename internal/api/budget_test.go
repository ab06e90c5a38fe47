package api

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"partykit/internal/game"
	"partykit/party"
)

func TestAGamesRequestsAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b budgets
		demo := game.Game{ID: "demo"}
		h := http.Header{}
		for i := range 100 {
			if err := b.take(demo, h); err != nil {
				t.Fatalf("request %d: %v", i, err)
			}
		}
		want := func(left string) {
			t.Helper()
			if h.Get("RateLimit-Policy") != `"game";q=100;w=2` || h.Get("RateLimit") != left {
				t.Errorf("the headers are %v, want %s", h, left)
			}
		}
		want(`"game";r=0;t=2`)
		e, _ := b.take(demo, h).(*party.Error)
		if e == nil || e.Code != party.RateLimited || e.RetryAfter != time.Second/50 {
			t.Errorf("one more: %+v", e)
		}
		if err := b.take(game.Game{ID: "other"}, h); err != nil {
			t.Errorf("another game: %v", err)
		}
		time.Sleep(time.Second)
		if err := b.take(demo, h); err != nil {
			t.Errorf("a second later: %v", err)
		}
		want(`"game";r=49;t=2`)
		demo.Settings.Requests, demo.Settings.RequestsBurst = 1, 3 // holds for the next request
		for i := range 4 {
			if err := b.take(demo, h); (err == nil) != (i < 3) {
				t.Errorf("request %d of 3: %v", i+1, err)
			}
		}
		if h.Get("RateLimit-Policy") != `"game";q=3;w=3` {
			t.Errorf("the policy is %s", h.Get("RateLimit-Policy"))
		}
	})
}

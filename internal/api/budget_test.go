package api

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"partykit/party"
)

func TestAGamesRequestsAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b budgets
		h := http.Header{}
		for i := range Burst {
			if err := b.take("demo", h); err != nil {
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
		e, _ := b.take("demo", h).(*party.Error)
		if e == nil || e.Code != party.RateLimited || e.RetryAfter != time.Second/PerSecond {
			t.Errorf("one more: %+v", e)
		}
		if err := b.take("other", h); err != nil {
			t.Errorf("another game: %v", err)
		}
		time.Sleep(time.Second)
		if err := b.take("demo", h); err != nil {
			t.Errorf("a second later: %v", err)
		}
		want(`"game";r=49;t=2`)
	})
}

package faults

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"partykit/client"
)

// TestLinksSurviveAKill has players make links at the same moment and kills the
// server as soon as the last is told its code. Where a link leads does not wait
// for the disk: after the start every one must open all the same.
func TestLinksSurviveAKill(t *testing.T) {
	const players = 16
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute+time.Duration(*cycles)*20*time.Second)
	defer cancel()
	s := newServer(t)
	s.start()
	opened := 0
	for range max(*cycles/5, 1) {
		clients := make([]*client.Client, players)
		for i := range clients {
			c, err := client.Dial(ctx, client.Options{URL: "http://" + s.addr, Game: "demo"})
			if err != nil {
				t.Fatal(err)
			}
			clients[i] = c
		}
		codes := make([]string, players)
		var all sync.WaitGroup
		for i, c := range clients {
			all.Go(func() {
				invite, err := c.Invite(ctx, client.InviteOptions{})
				if err != nil {
					t.Errorf("inviting: %v", err)
				}
				codes[i] = invite.Code
			})
		}
		all.Wait()
		s.kill()
		for _, c := range clients {
			c.Close()
		}
		s.start()
		for _, code := range codes {
			r, err := http.Get("http://" + s.addr + "/join/" + code)
			if err != nil {
				t.Fatal(err)
			}
			r.Body.Close()
			if r.StatusCode != http.StatusOK {
				t.Errorf("a link that was told leads to %s", r.Status)
				continue
			}
			opened++
		}
	}
	t.Logf("proved: all of %d links open that were told just before a kill", opened)
}

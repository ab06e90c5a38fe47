package storms

import (
	"context"
	"flag"
	"fmt"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"partykit/client"
)

var players = flag.Int("players", 400, "how many are in parties of four when the server is killed")

// The server is killed and started again with everybody in it. All come back by
// themselves, each into its session and its party, and once they are back nobody
// is thrown out by the others who come.
func TestEverybodyComesBackAtOnce(t *testing.T) {
	room(t, *players)
	s := start(t)
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	crowd := parties(t, ctx, s, *players/4)
	t.Logf("%d players in %d parties", len(crowd), len(crowd)/4)

	w := watch(t, ctx, crowd)
	killed := time.Now()
	s.kill()
	select {
	case <-w.allLost: // and try in vain
	case <-ctx.Done():
		t.Fatalf("%d of %d lost their connection", w.lost.Load(), len(crowd))
	}
	s.run(t)
	down := time.Since(killed)
	select {
	case <-w.allBack:
	case <-ctx.Done():
		t.Fatalf("%d of %d came back", w.back.Load(), len(crowd))
	}
	took := make([]time.Duration, len(crowd))
	for i, at := range w.returned {
		took[i] = at.Sub(killed)
	}
	slices.Sort(took)
	user, kernel := s.cpu(t)
	t.Logf("the server was down for %v; half are back after %v, 99 of 100 after %v, all after %v; that took it %v of its own and %v of kernel",
		down.Round(time.Millisecond), took[len(took)/2].Round(time.Millisecond), took[len(took)*99/100].Round(time.Millisecond), took[len(took)-1].Round(time.Millisecond), user, kernel)

	// Whoever is back stays: no second wave.
	var checked sync.WaitGroup
	for i, c := range crowd {
		checked.Go(func() {
			if _, err := c.Rename(ctx, fmt.Sprint("Back", i)); err != nil {
				complain(t, &w.wrong, "player %d is refused after all are back: %v", i, err)
			}
			if n := len(c.Snapshot().Members); n != 4 {
				complain(t, &w.wrong, "player %d is in a party of %d", i, n)
			}
		})
	}
	checked.Wait()
	w.stop()
	if n := w.lost.Load(); n != int64(len(crowd)) {
		t.Errorf("connections were lost %d times, by %d players", n, len(crowd))
	}
}

// watched is what becomes of a crowd's connections.
type watched struct {
	returned         []time.Time // of each, to be read once all are back
	lost, back       atomic.Int64
	wrong            atomic.Int64
	allLost, allBack chan struct{}
	stop             func() // waits for what was not heard yet
}

func watch(t *testing.T, ctx context.Context, crowd []*client.Client) *watched {
	w := &watched{returned: make([]time.Time, len(crowd)), allLost: make(chan struct{}), allBack: make(chan struct{})}
	ctx, cancel := context.WithCancel(ctx)
	var reading sync.WaitGroup
	for i, c := range crowd {
		reading.Go(func() { w.follow(t, i, c.Events(ctx)) })
	}
	w.stop = func() {
		cancel()
		reading.Wait()
	}
	return w
}

// follow hears what becomes of one player's connection. Its first hello may be
// heard only after others were lost, and is not a return.
func (w *watched) follow(t *testing.T, i int, events iter.Seq[client.Event]) {
	everybody := int64(len(w.returned))
	lost := false
	for e := range events {
		switch e := e.(type) {
		case client.Disconnected:
			lost = true
			if w.lost.Add(1) == everybody {
				close(w.allLost)
			}
		case client.Connected:
			if !lost {
				continue
			}
			if !e.Resumed || e.Lost {
				complain(t, &w.wrong, "player %d comes back as somebody else: %+v", i, e)
			}
			w.returned[i] = time.Now()
			if w.back.Add(1) == everybody {
				close(w.allBack)
			}
		case client.Closed:
			complain(t, &w.wrong, "player %d gives up: %v", i, e.Err)
		}
	}
}

// parties connects players in parties of four.
func parties(t *testing.T, ctx context.Context, s *server, n int) []*client.Client {
	t.Helper()
	all := make([]*client.Client, 4*n)
	var made sync.WaitGroup
	var wrong atomic.Int64
	turns := make(chan struct{}, 64)
	for i := range n {
		made.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			party := all[4*i : 4*i+4]
			for j := range party {
				c, err := client.Dial(ctx, client.Options{URL: s.url, Game: "demo"})
				if err != nil {
					complain(t, &wrong, "party %d: %v", i, err)
					return
				}
				party[j] = c
			}
			link, err := party[0].Invite(ctx, client.InviteOptions{})
			for _, c := range party[1:] {
				if err == nil {
					err = c.Join(ctx, client.JoinOptions{Code: link.Code})
				}
			}
			if err != nil {
				complain(t, &wrong, "party %d: %v", i, err)
			}
		})
	}
	made.Wait()
	if t.Failed() {
		t.FailNow()
	}
	t.Cleanup(func() {
		for _, c := range all {
			c.Close()
		}
	})
	return all
}

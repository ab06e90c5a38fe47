package storms

import (
	"context"
	"flag"
	"fmt"
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
	if !room(*players) {
		t.Skip("this process may not open so many connections")
	}
	s := start(t)
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	crowd := parties(t, ctx, s, *players/4)
	t.Logf("%d players in %d parties", len(crowd), len(crowd)/4)

	w := watch(t, ctx, crowd)
	w.killed = time.Now()
	s.kill()
	<-w.allLost // and try in vain
	s.run(t)
	down := time.Since(w.killed)
	select {
	case <-w.allBack:
	case <-ctx.Done():
		t.Fatalf("%d of %d came back", w.back.Load(), len(crowd))
	}
	took := w.took
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
	killed           time.Time // before anybody is lost
	took             []time.Duration
	lost, back       atomic.Int64
	wrong            atomic.Int64
	allLost, allBack chan struct{}
	stop             func() // waits for what was not heard yet
}

func watch(t *testing.T, ctx context.Context, crowd []*client.Client) *watched {
	w := &watched{took: make([]time.Duration, len(crowd)), allLost: make(chan struct{}), allBack: make(chan struct{})}
	ctx, cancel := context.WithCancel(ctx)
	var reading sync.WaitGroup
	for i, c := range crowd {
		reading.Go(func() {
			for e := range c.Events(ctx) {
				w.hear(t, i, e)
			}
		})
	}
	w.stop = func() {
		cancel()
		reading.Wait()
	}
	return w
}

func (w *watched) hear(t *testing.T, i int, e client.Event) {
	everybody := int64(len(w.took))
	switch e := e.(type) {
	case client.Disconnected:
		if w.lost.Add(1) == everybody {
			close(w.allLost)
		}
	case client.Connected:
		if w.lost.Load() == 0 {
			return // the first hello
		}
		if !e.Resumed || e.Lost {
			complain(t, &w.wrong, "player %d comes back as somebody else: %+v", i, e)
		}
		w.took[i] = time.Since(w.killed)
		if w.back.Add(1) == everybody {
			close(w.allBack)
		}
	case client.Closed:
		complain(t, &w.wrong, "player %d gives up: %v", i, e.Err)
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

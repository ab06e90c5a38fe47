package storms

import (
	"context"
	"flag"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"partykit/client"
	"partykit/party"
)

var loading = flag.Int("loading", 40, "how many load at once in one party")

// A large party loads together, and everybody tells how far it is ten times a
// second. All see all of them come, and their last word.
func TestALargePartyLoads(t *testing.T) {
	s := start(t)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	s.set(t, "party_size=256")
	first := dial(t, s)
	if err := first.SetSettings(ctx, client.Settings{Size: *loading + 1}); err != nil {
		t.Fatal(err)
	}
	link, err := first.Invite(ctx, client.InviteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	friends := make([]*client.Client, *loading)
	for i := range friends {
		friends[i] = dial(t, s)
		if err := friends[i].Join(ctx, client.JoinOptions{Code: link.Code}); err != nil {
			t.Fatal(err)
		}
	}
	everybody := append([]*client.Client{first}, friends...)

	user, kernel := s.cpu(t)
	const steps, pause = 40, 100 * time.Millisecond
	var updates atomic.Int64
	listening, stop := context.WithCancel(ctx)
	var heard, told sync.WaitGroup
	for _, c := range everybody {
		heard.Go(func() {
			for e := range c.Events(listening) {
				if _, ok := e.(client.StatusChanged); ok {
					updates.Add(1)
				}
			}
		})
	}
	begun := time.Now()
	for i, c := range friends {
		told.Go(func() {
			<-time.After(pause * time.Duration(i) / time.Duration(len(friends))) // not in step
			tick := time.NewTicker(pause)
			defer tick.Stop()
			for step := range steps {
				c.Loading(client.Loading{Phase: "downloading", Progress: new(float64(step+1) / steps)})
				<-tick.C
			}
		})
	}
	told.Wait()
	for i, c := range everybody {
		all, err := c.Until(ctx, func(p party.Snapshot) bool {
			done := 0
			for _, m := range p.Members {
				if m.Loading != nil && m.Loading.Progress != nil && *m.Loading.Progress == 1 {
					done++
				}
			}
			return done >= len(friends)-1 // its own it need not be told
		})
		if err != nil {
			t.Fatalf("member %d does not see the others' last word: %v; %d members", i, err, len(all.Members))
		}
	}
	seconds := time.Since(begun).Seconds()
	after, afterKernel := s.cpu(t)
	stop()
	heard.Wait()
	t.Logf("%d members load: %.0f updates a second, of which each is told %.1f by each other; the server took %v of its own and %v of kernel in %.1f s",
		*loading, float64(updates.Load())/seconds, float64(updates.Load())/seconds/float64(*loading**loading), after-user, afterKernel-kernel, seconds)
	if most := int64(*loading * *loading * (int(4*seconds) + 10)); updates.Load() > most {
		t.Errorf("%d updates, more than four a second of each", updates.Load())
	}
}

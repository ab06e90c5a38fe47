package host

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// A game whose lookups all hang does not keep another's from beginning, and all
// of its own are done in the end.
func TestAGameWaitsForItsOwnLookups(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		h := w.hosts["a"]
		open := make(chan struct{})
		var begun, done, quiet atomic.Int32
		for range 5 * maxLookups {
			h.lookUp("noisy", func(context.Context) {
				begun.Add(1)
				<-open
				done.Add(1)
			})
		}
		h.lookUp("quiet", func(context.Context) { quiet.Add(1) })
		synctest.Wait()
		if begun.Load() != maxLookups || quiet.Load() != 1 {
			t.Errorf("%d lookups of the noisy game are under way, want %d; %d of the quiet one were done", begun.Load(), maxLookups, quiet.Load())
		}
		close(open)
		synctest.Wait()
		if done.Load() != 5*maxLookups || len(h.lookups.games) != 0 {
			t.Errorf("%d lookups were done, %d games are remembered", done.Load(), len(h.lookups.games))
		}
	})
}

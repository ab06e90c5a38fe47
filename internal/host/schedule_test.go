package host

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"partykit/internal/engine"
	"partykit/party"
)

// Where members do so much that there is always something under way, what time has
// made due goes before them.
func TestABusyPartyKeepsTime(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, _ := w.pair("a")
		b.drop()
		time.Sleep(party.DefaultRules.GraceIn - 3*time.Second)
		before := len(a.events())
		w.on("a", home, func(p *live) { p.follow.Stop() }) // what is under way does not end
		for i := range 3 {
			a.begin("data", map[string]any{"set": map[string]any{"level": i}})
		}
		time.Sleep(3*time.Second + tickLate + time.Second)
		w.on("a", home, func(p *live) {
			var err error
			if p.follow, err = p.h.o.Node.Follow(p.ref, p.arrived); err != nil {
				t.Error(err)
			}
			p.take(engine.Record{Ref: p.ref, Kind: engine.Gap, Seq: p.last})
		})
		synctest.Wait()
		if got, want := a.events()[before:], []string{"data", "left", "data", "data"}; !slices.Equal(got, want) {
			t.Errorf("events %v, want %v", got, want)
		}
		w.wantParty("a", home, "*1:in:connected")
	})
}

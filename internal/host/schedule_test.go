package host

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
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

// What time has made due and the storage refuses is tried again, now and then.
func TestAFullStorageIsAskedNowAndThen(t *testing.T) {
	dir := t.TempDir()
	story(t, func(t *testing.T, w *world) {
		w.crash("a")
		w.engine = enginetest.OpenWith(t, engine.Options{Dir: dir, Shards: 1, MaxBytes: 1}) // a megabyte for each stream
		w.host("a")
		_, b, home, _ := w.pair("a")
		b.drop()
		time.Sleep(party.DefaultRules.GraceIn / 2)
		w.fillLog(w.hosts["a"].o.Node)
		time.Sleep(party.DefaultRules.GraceIn) // and time goes on
		w.wantParty("a", home, "*1:in:connected 2:in:reconnecting")
		w.on("a", home, func(p *live) {
			if p.tickNext == 0 {
				t.Error("nothing was refused")
			}
		})
	})
}

// fillLog leaves no room for events.
func (w *world) fillLog(node *engine.Node) {
	w.t.Helper()
	for size := 128 << 10; size > 0; size /= 2 {
		for full := false; !full; {
			sent := make(chan error, 1)
			node.Send(engine.Ref{Game: "demo", Party: "filler"}, engine.Message, "", []byte(strings.Repeat("x", size)), func(_ uint64, err error) { sent <- err })
			err := <-sent
			if full = errors.Is(err, engine.ErrFull); err != nil && !full {
				w.t.Fatal(err)
			}
		}
	}
}

package enginetest_test

import (
	"testing"
	"testing/synctest"
	"time"

	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// This is how a test has two nodes over one real engine on fake time: the folder
// is made outside the bubble, everything else inside. Waiting for what a node
// calls back is synctest.Wait; waiting for time is time.Sleep, which takes none.
func TestTwoNodesInABubble(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		e := enginetest.OpenWith(t, engine.Options{Dir: dir})
		one, two := enginetest.Connect(t, e, "one"), enginetest.Connect(t, e, "two")
		ref := engine.Ref{Game: "demo", Party: "alpaca"}

		var shown []engine.Record
		if _, err := two.Follow(ref, func(r engine.Record) { shown = append(shown, r) }); err != nil {
			t.Fatal(err)
		}
		if err := two.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		var wrote error
		one.Append(ref, 0, []byte("made"), 24*time.Hour, func(_ uint64, err error) { wrote = err })
		synctest.Wait()
		if wrote != nil || len(shown) != 1 || string(shown[0].Data) != "made" {
			t.Fatalf("wrote: %v, shown: %v", wrote, shown)
		}

		time.Sleep(10 * time.Minute)
		if l, err := two.Load(t.Context(), ref); err != nil || len(l.Events) != 1 {
			t.Errorf("after ten minutes: %+v, %v", l, err)
		}
	})
}

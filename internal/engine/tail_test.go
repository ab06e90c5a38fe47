package engine_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
)

// The end of every log is shown, in order, by the time of its last entry and not
// by the clock; and whatever else lies there is not.
func TestTail(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		e := enginetest.OpenWith(t, engine.Options{Dir: dir, Shards: 2, Durability: engine.Relaxed})
		n := enginetest.Connect(t, e, "a")
		const parties, times = 8, 160 // more than a page of a shard
		last := map[engine.Ref]uint64{}
		write := func(text string, times int) {
			for p := range parties {
				ref := engine.Ref{Game: "demo", Party: fmt.Sprint("p", p)}
				for range times {
					last[ref] = mustAppend(t, n, ref, last[ref], text, time.Hour)
				}
			}
		}
		shown := func() (old, new int) {
			seq := map[engine.Ref]uint64{}
			err := n.Tail(t.Context(), func(r engine.Record) {
				switch {
				case r.Seq <= seq[r.Ref] || r.Kind != engine.Event:
					t.Errorf("%s: %c %d after %d", r.Ref, r.Kind, r.Seq, seq[r.Ref])
				case string(r.Data) == "old":
					old++
				default:
					new++
				}
				seq[r.Ref] = r.Seq
			})
			if err != nil {
				t.Fatal(err)
			}
			return old, new
		}
		if old, new := shown(); old+new != 0 {
			t.Errorf("an empty storage ends with %d and %d", old, new)
		}
		write("old", 3)
		time.Sleep(6 * time.Minute)
		n.Send(alpaca, engine.Message, "", []byte("no event"), func(uint64, error) {})
		write("new", times)
		time.Sleep(10 * time.Minute)
		if old, new := shown(); old != 0 || new != parties*times {
			t.Errorf("the logs end with %d old and %d new events, want 0 and %d", old, new, parties*times)
		}
	})
}

package host

import (
	"math/rand/v2"
	"slices"
	"testing"

	"partykit/internal/engine"
)

// What newest returns for a sequence is what the log holds after it, or nothing.
func TestTheNewestEntriesAreThoseOfTheLog(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	served := 0
	entry := make([]byte, 64<<10)
	for range 2000 {
		var n newest
		var log []engine.Record
		seq := uint64(0)
		for range random.IntN(200) {
			switch random.IntN(20) {
			case 0:
				n.keep(seq)
			case 1:
				n.stop()
			default:
				seq += 1 + uint64(random.IntN(3))
				r := engine.Record{Seq: seq, Data: entry[:random.IntN(2000)]}
				log = append(log, r)
				n.add(r)
			}
			for _, r := range n.entries {
				if len(r.Data) > 0 && &r.Data[0] == &entry[0] {
					t.Fatal("what is kept holds the whole entry that it shared")
				}
			}
			if len(n.entries) > newestEntries || n.bytes > newestBytes {
				t.Fatalf("%d entries of %d bytes are kept", len(n.entries), n.bytes)
			}
			after := seq - min(seq, uint64(random.IntN(100)))
			got, ok := n.after(after)
			if !ok {
				continue
			}
			served++
			want := slices.DeleteFunc(slices.Clone(log), func(r engine.Record) bool { return r.Seq <= after })
			if !slices.EqualFunc(got, want, func(a, b engine.Record) bool { return a.Seq == b.Seq }) {
				t.Fatalf("after %d there are %d entries, not %d", after, len(want), len(got))
			}
		}
	}
	if served < 1000 {
		t.Errorf("only %d times could anything be returned", served)
	}
}

// While somebody is away its party keeps what it misses, and nothing afterwards.
func TestWhatSomebodyMissesIsKeptWhileItIsAway(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, _ := w.pair("a")
		kept := func() (n int, keeping bool) {
			w.on("a", home, func(p *live) { n, keeping = len(p.newest.entries), p.newest.keeping })
			return n, keeping
		}
		if _, keeping := kept(); keeping {
			t.Error("entries are kept with everybody there")
		}
		b.drop()
		a.ok("rename", map[string]any{"name": "Ada"})
		a.ok("chat", map[string]any{"text": "Are you there?"})
		if n, _ := kept(); n != 2 {
			t.Errorf("%d entries are kept for who is away", n)
		}
		b.back("a")
		if _, keeping := kept(); keeping {
			t.Error("entries are kept when everybody is back")
		}
		// A host that starts keeps what comes from then on for all who will.
		w.crash("a")
		w.host("a")
		a.back("a")
		w.on("a", home, func(p *live) {
			if got, ok := p.newest.after(p.last); !ok || len(got) != 0 {
				t.Error("who missed nothing has the log read")
			}
		})
	})
}

package engine_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
)

var (
	manyParties = flag.Int("engine.parties", 1000, "how many parties lie in the storage that is opened; a million take ten minutes to make and 3 GB")
	manyFolder  = flag.String("engine.folder", "", "where they lie; made if absent, and kept")
)

// A start reads no party: it takes as long as the storage needs to know what it
// has. With what one party takes: an event, a snapshot, a link.
func TestOpenWithManyParties(t *testing.T) {
	dir := *manyFolder
	if dir == "" {
		dir = t.TempDir()
	}
	if _, err := os.Stat(dir + "/store"); err != nil {
		store(t, dir, *manyParties)
	}
	began := time.Now()
	e := enginetest.OpenWith(t, engine.Options{Dir: dir, Durability: engine.Relaxed})
	t.Logf("%d parties: open after %v", *manyParties, time.Since(began).Round(time.Millisecond))
	n := enginetest.Connect(t, e, "a")
	for range 100 {
		i := rand.IntN(*manyParties)
		ref, data := small(i)
		l, err := n.Load(t.Context(), ref)
		if err != nil || !bytes.Equal(l.Snapshot, data) || l.Last != l.Covered {
			t.Fatalf("party %d: %+v, %v", i, l, err)
		}
		if _, _, err := n.Get(t.Context(), "demo", engine.Invites, linkOf(i)); err != nil {
			t.Fatalf("link %d: %v", i, err)
		}
		if ends := readAll(t, n, ref, 0); len(ends) != 1 || !bytes.Equal(ends[0].Data, data) {
			t.Fatalf("log of party %d: %v", i, texts(ends))
		}
	}
}

// small is a party of two, about as long as one is written.
func small(i int) (engine.Ref, []byte) {
	return engine.Ref{Game: "demo", Party: fmt.Sprintf("p%020d", i)}, fmt.Appendf(nil, "%0700d", i)
}

func linkOf(i int) string { return fmt.Sprintf("%032x", i) }

func store(t *testing.T, dir string, parties int) {
	e := enginetest.OpenWith(t, engine.Options{Dir: dir, Durability: engine.Relaxed})
	defer e.Close()
	n := enginetest.Connect(t, e, "a")
	ctx := context.Background()
	const life = 48 * time.Hour
	var next atomic.Int64
	var makers sync.WaitGroup
	for range 256 {
		makers.Go(func() {
			for i := int(next.Add(1)) - 1; i < parties; i = int(next.Add(1)) - 1 {
				ref, data := small(i)
				o := appendEvent(n, ref, 0, string(data), life)
				err := o.Err
				if err == nil {
					err = n.SaveSnapshot(ctx, ref, o.Seq, data, life)
				}
				if err == nil {
					_, err = n.Put(ctx, "demo", engine.Invites, linkOf(i), []byte(ref.String()), 0, life)
				}
				if err != nil {
					t.Errorf("storing party %d: %v", i, err)
					return
				}
			}
		})
	}
	makers.Wait()
}

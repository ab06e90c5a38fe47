package engine_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
)

// follower gathers what a node is shown of a party.
type follower struct {
	mu   sync.Mutex
	got  []engine.Record
	more chan struct{}
}

func follow(t testing.TB, n *engine.Node, ref engine.Ref) *follower {
	t.Helper()
	f := &follower{more: make(chan struct{}, 1)}
	if _, err := n.Follow(ref, f.take); err != nil {
		t.Fatalf("follow: %v", err)
	}
	if err := n.Flush(t.Context()); err != nil {
		t.Fatalf("flush: %v", err)
	}
	return f
}

func (f *follower) take(r engine.Record) {
	f.mu.Lock()
	f.got = append(f.got, r)
	f.mu.Unlock()
	select {
	case f.more <- struct{}{}:
	default:
	}
}

// until waits until the follower was shown the entry seq and returns all it was
// shown.
func (f *follower) until(t testing.TB, seq uint64) []engine.Record {
	t.Helper()
	for {
		f.mu.Lock()
		got := slices.Clone(f.got)
		f.mu.Unlock()
		if slices.ContainsFunc(got, func(r engine.Record) bool { return r.Seq == seq && r.Kind != engine.Gap }) {
			return got
		}
		select {
		case <-f.more:
		case <-t.Context().Done():
			t.Fatal("the test ended before the entry was shown")
		}
	}
}

// Whoever follows, on whichever node, sees what reading gives: the same entries
// in the same order. Appends that lost are in neither.
func TestFollowShowsWhatReadGives(t *testing.T) {
	e := enginetest.OpenWith(t, engine.Options{Durability: engine.Relaxed})
	a, b := enginetest.Connect(t, e, "a"), enginetest.Connect(t, e, "b")
	onA, onB := follow(t, a, alpaca), follow(t, b, alpaca)
	other := follow(t, a, bison)

	var writers sync.WaitGroup
	for _, n := range []*engine.Node{a, b} {
		writers.Go(func() {
			var last uint64
			for i := range 60 {
				o := appendEvent(n, alpaca, last, fmt.Sprint("event ", i), 0)
				if o.Err == nil {
					last = o.Seq
				} else if l, err := n.Load(context.Background(), alpaca); err == nil {
					last = l.Last
				}
			}
		})
		writers.Go(func() {
			for i := range 60 {
				send(t, n, alpaca, engine.Message, "", fmt.Sprint("message ", i))
				send(t, n, alpaca, engine.Chat, "", fmt.Sprint("chat ", i))
			}
		})
	}
	writers.Wait()
	end := send(t, a, alpaca, engine.Message, "", "the end")
	elsewhere := send(t, a, bison, engine.Message, "", "elsewhere")

	held := readAll(t, b, alpaca, 0)
	for name, f := range map[string]*follower{"a": onA, "b": onB} {
		shown := f.until(t, end)
		if diff := cmp.Diff(texts(held), texts(shown)); diff != "" {
			t.Errorf("node %s was shown something else than is held (-held +shown):\n%s", name, diff)
		}
		before := map[engine.Kind]uint64{}
		for i, r := range shown {
			if r.Prev != before[r.Kind] {
				t.Errorf("entry %s says %d is before it, want %d", entryText(r), r.Prev, before[r.Kind])
			}
			before[r.Kind] = r.Seq
			if !r.Time.Equal(held[i].Time) || r.Ref != alpaca {
				t.Errorf("entry %s: time %v and party %v, read says %v", entryText(r), r.Time, r.Ref, held[i].Time)
			}
		}
	}
	if got := other.until(t, elsewhere); len(got) != 1 {
		t.Errorf("who follows another party was shown %v", texts(got))
	}
}

// A follower that does not keep up is told from where to read; with that it has
// everything, in order.
func TestGapAfterAStall(t *testing.T) {
	e := enginetest.OpenWith(t, engine.Options{Durability: engine.Relaxed, Backlog: 4})
	n := enginetest.Connect(t, e, "a")
	var last uint64
	for i := range 3 {
		last = mustAppend(t, n, alpaca, last, fmt.Sprint("before ", i), 0)
	}

	stalled, goOn := make(chan struct{}), make(chan struct{})
	f := &follower{more: make(chan struct{}, 1)}
	first := true
	if _, err := n.Follow(alpaca, func(r engine.Record) {
		if first {
			first = false
			close(stalled)
			<-goOn
		}
		f.take(r)
	}); err != nil {
		t.Fatal(err)
	}
	if err := n.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	last = mustAppend(t, n, alpaca, last, "shown", 0)
	shown := last
	<-stalled
	for i := range 30 {
		last = mustAppend(t, n, alpaca, last, fmt.Sprint("event ", i), 0)
		send(t, n, alpaca, engine.Message, "", fmt.Sprint("message ", i))
	}
	if err := n.Flush(t.Context()); err != nil { // all of it has reached the node, or was dropped by it
		t.Fatal(err)
	}
	close(goOn)

	var gap *engine.Record
	for gap == nil {
		select {
		case <-f.more:
		case <-t.Context().Done():
			t.Fatal("no gap was told")
		}
		f.mu.Lock()
		if i := slices.IndexFunc(f.got, func(r engine.Record) bool { return r.Kind == engine.Gap }); i >= 0 {
			gap = new(f.got[i])
		}
		f.mu.Unlock()
	}
	if gap.Seq > shown {
		t.Errorf("the gap is after %d, but nothing after %d was shown before the stall", gap.Seq, shown)
	}
	rest := readAll(t, n, alpaca, gap.Seq)
	if got, want := rest[len(rest)-1], fmt.Sprint("message ", 29); string(got.Data) != want || string(rest[0].Data) != "event 0" && rest[0].Seq > shown {
		t.Errorf("reading after the gap gives %v to %v", entryText(rest[0]), entryText(got))
	}
	// The next entry may tell of the loss once more; then it goes on as before.
	last = mustAppend(t, n, alpaca, last, "after", 0)
	f.until(t, last)
	f.mu.Lock()
	f.got = nil
	f.mu.Unlock()
	message := send(t, n, alpaca, engine.Message, "", "and")
	last = mustAppend(t, n, alpaca, last, "on", 0)
	if diff := cmp.Diff([]string{fmt.Sprintf("%dm:and", message), fmt.Sprintf("%de:on", last)}, texts(f.until(t, last))); diff != "" {
		t.Errorf("after the gap (-want +got):\n%s", diff)
	}
}

// The end of a burst may be what was dropped: the gap is told although nothing
// comes after it.
func TestGapAtTheEnd(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		e := enginetest.OpenWith(t, engine.Options{Dir: dir, Backlog: 1})
		n := enginetest.Connect(t, e, "a")
		goOn := make(chan struct{})
		var got []engine.Record
		if _, err := n.Follow(alpaca, func(r engine.Record) {
			<-goOn
			got = append(got, r)
		}); err != nil {
			t.Fatal(err)
		}
		var last uint64
		for range 5 {
			last = mustAppend(t, n, alpaca, last, "x", 0)
		}
		synctest.Wait()
		close(goOn)
		synctest.Wait()
		i := slices.IndexFunc(got, func(r engine.Record) bool { return r.Kind == engine.Gap })
		if i < 0 {
			t.Fatalf("of %d entries %v were shown and no gap told", last, texts(got))
		}
		if missing := got[i].Seq + 1; missing > last || slices.ContainsFunc(got[:i], func(r engine.Record) bool { return r.Seq >= missing }) {
			t.Errorf("the gap is after %d, shown was %v", got[i].Seq, texts(got))
		}
	})
}

func TestStopFollowing(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		n := enginetest.Connect(t, enginetest.OpenWith(t, engine.Options{Dir: dir}), "a")
		var got []engine.Record
		f, err := n.Follow(alpaca, func(r engine.Record) { got = append(got, r) })
		if err != nil {
			t.Fatal(err)
		}
		first := mustAppend(t, n, alpaca, 0, "seen", 0)
		synctest.Wait()
		f.Stop()
		mustAppend(t, n, alpaca, first, "unseen", 0)
		synctest.Wait()
		if diff := cmp.Diff([]string{"seen"}, dataOf(got)); diff != "" {
			t.Errorf("shown (-want +got):\n%s", diff)
		}
	})
}

// What was committed before Follow is in a Load that comes after it, so that
// the two together miss nothing.
func TestFollowThenLoadMissesNothing(t *testing.T) {
	e := enginetest.OpenWith(t, engine.Options{Durability: engine.Relaxed})
	writer, reader := enginetest.Connect(t, e, "writer"), enginetest.Connect(t, e, "reader")
	for round := range 20 {
		ref := engine.Ref{Game: "demo", Party: fmt.Sprintf("party%d", round)}
		written := make(chan uint64, 1)
		started := make(chan struct{})
		go func() {
			var last uint64
			for i := range 40 {
				last = appendEvent(writer, ref, last, "x", 0).Seq
				if i == 5 {
					close(started)
				}
			}
			written <- last
		}()
		<-started
		f := &follower{more: make(chan struct{}, 1)}
		following, err := reader.Follow(ref, f.take)
		if err != nil {
			t.Fatal(err)
		}
		l, err := reader.Load(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		seqs := map[uint64]bool{}
		for _, r := range l.Events {
			seqs[r.Seq] = true
		}
		last := <-written
		if l.Last != last {
			for _, r := range f.until(t, last) {
				seqs[r.Seq] = true
			}
		}
		if len(seqs) != 40 {
			t.Fatalf("round %d: loaded up to %d, and with what was shown there are %d events, want 40", round, l.Last, len(seqs))
		}
		following.Stop()
	}
}

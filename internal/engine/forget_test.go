package engine_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
)

const final = "it is over"

func forget(t testing.TB, n *engine.Node, over uint64) {
	t.Helper()
	if err := n.Forget(t.Context(), alpaca, over, []byte(final), time.Hour); err != nil {
		t.Fatalf("forgetting: %v", err)
	}
}

// begin begins a log and waits.
func begin(n *engine.Node, expect uint64, data string) outcome {
	told := make(chan outcome, 1)
	n.Begin(alpaca, expect, []byte(data), time.Hour, func(seq uint64, err error) { told <- outcome{seq, err} })
	return <-told
}

func TestForgetLeavesNothing(t *testing.T) {
	e := enginetest.Open(t)
	n := enginetest.Connect(t, e, "a")
	other := mustAppend(t, n, bison, 0, "another party", time.Hour)
	first := mustAppend(t, n, alpaca, 0, "made", time.Hour)
	send(t, n, alpaca, engine.Message, "", "a message")
	send(t, n, alpaca, engine.Chat, "", "a line")
	if err := n.SaveSnapshot(t.Context(), alpaca, first, []byte("{}"), time.Hour); err != nil {
		t.Fatal(err)
	}
	over := mustAppend(t, n, alpaca, first, "over", time.Hour)
	before := engine.Subjects(t, e)

	forget(t, n, over)
	if _, err := n.Load(t.Context(), alpaca); err == nil {
		t.Error("it is still there")
	}
	var left []string
	for subject := range engine.Subjects(t, e) {
		left = append(left, subject)
	}
	if len(left) != 1 || len(before) != 5 {
		t.Errorf("of %v there remains %v, want the other party's", before, left)
	}
	if got := readAll(t, n, bison, 0); len(got) != 1 || got[0].Seq != other {
		t.Errorf("the other party has %v", texts(got))
	}
	forget(t, n, over) // by another node, say
	if o := begin(n, 0, "again"); o.Err != nil {
		t.Errorf("beginning again: %v", o.Err)
	}
}

func TestForgetSparesWhatBeganSince(t *testing.T) {
	n := enginetest.Connect(t, enginetest.Open(t), "a")
	first := mustAppend(t, n, alpaca, 0, "made", time.Hour)
	over := mustAppend(t, n, alpaca, first, "over", time.Hour)
	again := begin(n, over, "again")
	if again.Err != nil {
		t.Fatal(again.Err)
	}
	next := mustAppend(t, n, alpaca, again.Seq, "more", time.Hour)
	for _, when := range []string{"before", "after"} {
		l, err := n.Load(t.Context(), alpaca)
		if err != nil {
			t.Fatalf("%s it is forgotten: %v", when, err)
		}
		if diff := cmp.Diff([]string{"again", "more"}, dataOf(l.Events)); diff != "" || l.Last != next {
			t.Errorf("%s it is forgotten, up to %d:\n%s", when, l.Last, diff)
		}
		forget(t, n, over)
	}
	if err := n.SaveSnapshot(t.Context(), alpaca, next, []byte("of the new"), time.Hour); err != nil {
		t.Fatal(err)
	}
	forget(t, n, over)
	if l, err := n.Load(t.Context(), alpaca); err != nil || string(l.Snapshot) != "of the new" {
		t.Errorf("the snapshot of what began since: %q, %v", l.Snapshot, err)
	}
}

// Whether the new log begins just before the old one goes, or just after.
func TestForgetWhileItBegins(t *testing.T) {
	e := enginetest.OpenWith(t, engine.Options{Durability: engine.Relaxed})
	n := enginetest.Connect(t, e, "a")
	var last uint64
	for round := range 30 {
		over := mustAppend(t, n, alpaca, last, "over", time.Hour)
		var both sync.WaitGroup
		both.Go(func() { forget(t, n, over) })
		name := fmt.Sprint("again ", round)
		o := begin(n, over, name)
		if o.Err != nil { // it is gone: begin where nothing is
			both.Wait()
			o = begin(n, 0, name)
		}
		both.Wait()
		l, err := n.Load(t.Context(), alpaca)
		if err != nil || o.Err != nil {
			t.Fatalf("round %d: %v, %v", round, o.Err, err)
		}
		if diff := cmp.Diff([]string{name}, dataOf(l.Events)); diff != "" {
			t.Fatalf("round %d:\n%s", round, diff)
		}
		last = o.Seq
	}
}

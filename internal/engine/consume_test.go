package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
)

// diary notes what it is handed.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) note(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, fmt.Sprintf(format, args...))
}

func (d *diary) sorted() []string {
	synctest.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(slices.Values(d.lines))
}

// grow appends events to a party and returns the last one's sequence.
func grow(t *testing.T, n *engine.Node, party string, expect uint64, data ...string) uint64 {
	t.Helper()
	for _, text := range data {
		type answer struct {
			seq uint64
			err error
		}
		done := make(chan answer, 1)
		n.Append(engine.Ref{Game: "demo", Party: party}, expect, []byte(text), 0, func(seq uint64, err error) { done <- answer{seq, err} })
		a := <-done
		if a.err != nil {
			t.Fatal(a.err)
		}
		expect = a.seq
	}
	return expect
}

func TestConsumeHandsOutEveryEventOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := enginetest.Open(t)
		n := enginetest.Connect(t, e, "a")
		grow(t, n, "old", 0, "before")
		time.Sleep(time.Minute)
		since := time.Now()
		last := grow(t, n, "p1", 0, "one", "two")
		var d diary
		failed := false
		fn := func(_ context.Context, r engine.Record) error {
			if string(r.Data) == "two" && !failed {
				failed = true
				return errors.New("not now")
			}
			d.note("%s %s", r.Ref, r.Data)
			return nil
		}
		ctx, cancel := context.WithCancel(t.Context())
		if err := n.Consume(ctx, "hooks", since, fn); err != nil {
			t.Fatal(err)
		}
		grow(t, n, "p2", 0, "three")
		time.Sleep(10 * time.Second) // what failed comes again
		want := []string{"demo/p1 one", "demo/p1 two", "demo/p2 three"}
		if diff := cmp.Diff(want, d.sorted()); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		// Stopped, and taken up by another node: it goes on where it was.
		cancel()
		synctest.Wait()
		grow(t, n, "p1", last, "four")
		other := enginetest.Connect(t, e, "b")
		if err := other.Consume(t.Context(), "hooks", since, fn); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if diff := cmp.Diff(slices.Insert(slices.Clone(want), 0, "demo/p1 four"), d.sorted()); diff != "" {
			t.Fatalf("after a break (-want +got):\n%s", diff)
		}
		other.Close()
		// Forgotten, it begins anew.
		if err := n.EndConsume(t.Context(), "hooks"); err != nil {
			t.Fatal(err)
		}
		if err := n.EndConsume(t.Context(), "hooks"); err != nil {
			t.Fatalf("once more: %v", err)
		}
		d.lines = nil
		if err := n.Consume(t.Context(), "hooks", time.Now(), fn); err != nil {
			t.Fatal(err)
		}
		grow(t, n, "p3", 0, "five")
		time.Sleep(time.Second)
		if diff := cmp.Diff([]string{"demo/p3 five"}, d.sorted()); diff != "" {
			t.Fatalf("begun anew (-want +got):\n%s", diff)
		}
	})
}

func TestTasksAreDoneAndTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := enginetest.Open(t)
		n := enginetest.Connect(t, e, "a")
		for _, task := range [][2]string{{"demo", "t1"}, {"demo", "t2"}, {"demo", "t1"}, {"other", "t1"}} {
			if err := n.Enqueue(t.Context(), task[0], task[1], []byte("do "+task[1])); err != nil {
				t.Fatal(err)
			}
		}
		var d diary
		start := time.Now()
		fn := func(_ context.Context, task engine.Task) time.Duration {
			if task.ID == "t2" && task.Tries < 3 {
				return time.Minute
			}
			d.note("%s %s %s try %d after %v", task.Game, task.ID, task.Data, task.Tries, time.Since(start).Round(time.Minute))
			return 0
		}
		if err := n.Work(t.Context(), "demo", 4, fn); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Minute)
		want := []string{"demo t1 do t1 try 1 after 0s", "demo t2 do t2 try 3 after 2m0s"}
		if diff := cmp.Diff(want, d.sorted()); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		// What is done may be asked for again.
		if err := n.Enqueue(t.Context(), "demo", "t1", []byte("again")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if got := d.sorted(); len(got) != 3 {
			t.Fatalf("%q", got)
		}
		// What waits is forgotten on demand.
		if err := n.EndWork(t.Context(), "other"); err != nil {
			t.Fatal(err)
		}
		if err := n.Work(t.Context(), "other", 1, fn); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if got := d.sorted(); len(got) != 3 {
			t.Fatalf("a forgotten task was done: %q", got)
		}
	})
}

func TestWhatNobodyDoesIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := enginetest.Connect(t, enginetest.Open(t), "a")
		for _, id := range []string{"t1", "t2", "t3"} {
			if err := n.Enqueue(t.Context(), "demo", id, []byte("do")); err != nil {
				t.Fatal(err)
			}
			time.Sleep(engine.QueueTime / 3)
		}
		time.Sleep(time.Minute) // the first is older than it may be, the others are not
		var d diary
		if err := n.Work(t.Context(), "demo", 1, func(_ context.Context, task engine.Task) time.Duration {
			d.note("%s", task.ID)
			return 0
		}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if diff := cmp.Diff([]string{"t2", "t3"}, d.sorted()); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func TestTheDeadAreKeptForAWeek(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := enginetest.Open(t)
		n := enginetest.Connect(t, e, "a")
		ids := func() (list []string) {
			t.Helper()
			tasks, err := n.Buried(t.Context(), "demo")
			if err != nil {
				t.Fatal(err)
			}
			for _, task := range tasks {
				list = append(list, task.ID+" "+string(task.Data))
			}
			return list
		}
		for _, id := range []string{"t1", "t2", "t3"} {
			if err := n.Bury(t.Context(), "demo", id, []byte("gone")); err != nil {
				t.Fatal(err)
			}
		}
		if err := n.Bury(t.Context(), "other", "t9", nil); err != nil {
			t.Fatal(err)
		}
		if err := n.Unbury(t.Context(), "demo", "t2"); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"t1 gone", "t3 gone"}, ids()); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		time.Sleep(engine.DeadTime + time.Minute)
		if got := ids(); len(got) != 0 {
			t.Fatalf("after a week: %q", got)
		}
	})
}

func TestTasksHaveValidNames(t *testing.T) {
	n := enginetest.Connect(t, enginetest.Open(t), "a")
	for _, bad := range []string{"", "a.b", "*", ">", "a b"} {
		for what, err := range map[string]error{
			"Enqueue": n.Enqueue(t.Context(), "demo", bad, nil),
			"Bury":    n.Bury(t.Context(), bad, "t1", nil),
			"Unbury":  n.Unbury(t.Context(), "demo", bad),
			"Work":    n.Work(t.Context(), bad, 1, nil),
			"EndWork": n.EndWork(t.Context(), bad),
			"Consume": n.Consume(t.Context(), bad, time.Now(), nil),
		} {
			if !errors.Is(err, engine.ErrInvalid) {
				t.Errorf("%s of %q: %v", what, bad, err)
			}
		}
		if _, err := n.Buried(t.Context(), bad); !errors.Is(err, engine.ErrInvalid) {
			t.Errorf("Buried of %q: %v", bad, err)
		}
	}
}

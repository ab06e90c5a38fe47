package engine_test

import (
	"bytes"
	"context"
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

// Of two writers that know the same last event one is told that it was late,
// and what it wanted to write is nowhere.
func TestAppendConflict(t *testing.T) {
	e := enginetest.Open(t)
	a, b := enginetest.Connect(t, e, "a"), enginetest.Connect(t, e, "b")

	first := mustAppend(t, a, alpaca, 0, "made", 0)
	second := mustAppend(t, b, alpaca, first, "joined", 0)
	wantErr(t, "appending on an old sequence", appendEvent(a, alpaca, first, "lost", 0).Err, engine.ErrConflict)
	wantErr(t, "appending to what should be empty", appendEvent(a, alpaca, 0, "lost", 0).Err, engine.ErrConflict)
	wantErr(t, "appending on the future", appendEvent(a, alpaca, second*2, "lost", 0).Err, engine.ErrConflict)

	if diff := cmp.Diff([]string{"made", "joined"}, dataOf(readAll(t, a, alpaca, 0))); diff != "" {
		t.Errorf("the log (-want +got):\n%s", diff)
	}
	if got := readAll(t, a, bison, 0); len(got) != 0 {
		t.Errorf("another party's log has %v", texts(got))
	}
}

// Many writers that race, each retrying with what it read, make one chain in
// which every acknowledged event stands once.
func TestAppendRace(t *testing.T) {
	e := enginetest.OpenWith(t, engine.Options{Durability: engine.Relaxed})
	const writers, each = 4, 25
	var wg sync.WaitGroup
	for w := range writers {
		n := enginetest.Connect(t, e, fmt.Sprintf("n%d", w))
		wg.Go(func() {
			var last uint64
			for i := range each {
				for {
					o := appendEvent(n, alpaca, last, fmt.Sprintf("%d.%d", w, i), 0)
					if o.Err == nil {
						last = o.Seq
						break
					}
					l, err := n.Load(context.Background(), alpaca)
					if err != nil {
						t.Errorf("load: %v", err)
						return
					}
					last = l.Last
				}
			}
		})
	}
	wg.Wait()
	got := dataOf(readAll(t, enginetest.Connect(t, e, "reader"), alpaca, 0))
	if len(got) != writers*each || len(slices.Compact(slices.Sorted(slices.Values(got)))) != writers*each {
		t.Errorf("%d events, want %d, each once: %v", len(got), writers*each, got)
	}
}

// Writes that are not waited for stand in the order in which they were made,
// across kinds.
func TestPipelinedOrder(t *testing.T) {
	e := enginetest.OpenWith(t, engine.Options{Durability: engine.Relaxed})
	n := enginetest.Connect(t, e, "a")
	kinds := []engine.Kind{engine.Message, engine.Chat}
	var want []string
	var wg sync.WaitGroup
	for i := range 300 {
		text := fmt.Sprint(i)
		want = append(want, text)
		wg.Add(1)
		n.Send(alpaca, kinds[i%2], "", []byte(text), func(_ uint64, err error) {
			if err != nil {
				t.Errorf("send %s: %v", text, err)
			}
			wg.Done()
		})
	}
	wg.Wait()
	if diff := cmp.Diff(want, dataOf(readAll(t, n, alpaca, 0))); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestSendTwiceIsOnce(t *testing.T) {
	e := enginetest.Open(t)
	n := enginetest.Connect(t, e, "a")
	first := send(t, n, alpaca, engine.Message, "s1.7", "hi")
	if again := send(t, n, alpaca, engine.Message, "s1.7", "hi"); again != first {
		t.Errorf("the same id got %d, then %d", first, again)
	}
	send(t, n, alpaca, engine.Message, "s1.8", "hi")
	if got := dataOf(readAll(t, n, alpaca, 0)); len(got) != 2 {
		t.Errorf("held: %v, want two", got)
	}
}

// Read gives the part that was asked for, over several pages.
func TestRead(t *testing.T) {
	e := enginetest.OpenWith(t, engine.Options{Durability: engine.Relaxed})
	n := enginetest.Connect(t, e, "a")
	var want []engine.Record
	var wg sync.WaitGroup
	var mu sync.Mutex
	for i := range engine.Held + 30 { // above the limit of one kind, and more than two pages
		wg.Add(1)
		n.Send(alpaca, engine.Message, fmt.Sprint("alone", i), bytes.Repeat([]byte{byte('a' + i%26)}, 2000), func(seq uint64, err error) {
			mu.Lock()
			defer mu.Unlock()
			want = append(want, engine.Record{Seq: seq})
			wg.Done()
		})
	}
	wg.Wait()
	chat := send(t, n, alpaca, engine.Chat, "", "hello")
	event := mustAppend(t, n, alpaca, 0, "made", 0)

	all := readAll(t, n, alpaca, 0)
	if len(all) != engine.Held+2 {
		t.Fatalf("%d entries, want the newest %d messages and two more", len(all), engine.Held)
	}
	if got := all[0].Seq; got != want[30].Seq {
		t.Errorf("the oldest held is %d, want %d", got, want[30].Seq)
	}
	if !slices.IsSortedFunc(all, func(a, b engine.Record) int { return int(a.Seq) - int(b.Seq) }) {
		t.Error("not in order")
	}
	rest := readAll(t, n, alpaca, all[len(all)-4].Seq)
	if diff := cmp.Diff(texts(all[len(all)-3:]), texts(rest)); diff != "" {
		t.Errorf("after a sequence (-want +got):\n%s", diff)
	}
	few := readAll(t, n, alpaca, 0, engine.Event, engine.Chat)
	if diff := cmp.Diff([]string{fmt.Sprintf("%dt:hello", chat), fmt.Sprintf("%de:made", event)}, texts(few)); diff != "" {
		t.Errorf("two kinds (-want +got):\n%s", diff)
	}
	if got := readAll(t, n, alpaca, 0, engine.Event); len(got) != 1 || got[0].Kind != engine.Event || got[0].Ref != alpaca {
		t.Errorf("one kind: %+v", got)
	}
}

// Loading gives the snapshot, the events after it, and what to expect next.
func TestLoad(t *testing.T) {
	e := enginetest.Open(t)
	n := enginetest.Connect(t, e, "a")
	load := func() engine.Loaded {
		t.Helper()
		l, err := n.Load(t.Context(), alpaca)
		if err != nil {
			t.Fatalf("load: %v", err)
		}
		both, all, err := n.LoadAll(t.Context(), alpaca)
		if err != nil {
			t.Fatalf("load all: %v", err)
		}
		if diff := cmp.Diff(l, both); diff != "" {
			t.Errorf("with all entries it is another state (-alone +with all):\n%s", diff)
		}
		if diff := cmp.Diff(readAll(t, n, alpaca, 0), all); diff != "" {
			t.Errorf("all entries (-read +loaded):\n%s", diff)
		}
		return l
	}
	_, err := n.Load(t.Context(), alpaca)
	wantErr(t, "loading nothing", err, engine.ErrNotFound)

	first := mustAppend(t, n, alpaca, 0, "one", 0)
	send(t, n, alpaca, engine.Message, "", "not an event")
	second := mustAppend(t, n, alpaca, first, "two", 0)
	if l := load(); l.Snapshot != nil || l.Covered != 0 || l.Last != second || len(l.Events) != 2 {
		t.Errorf("without a snapshot: %+v", l)
	}
	if err := n.SaveSnapshot(t.Context(), alpaca, first, []byte("state 1"), 0); err != nil {
		t.Fatal(err)
	}
	l := load()
	if diff := cmp.Diff([]string{"two"}, dataOf(l.Events)); diff != "" || string(l.Snapshot) != "state 1" || l.Covered != first || l.Last != second {
		t.Errorf("with a snapshot: %+v %s", l, diff)
	}
	if err := n.SaveSnapshot(t.Context(), alpaca, second, []byte("state 2"), 0); err != nil {
		t.Fatal(err)
	}
	if l := load(); len(l.Events) != 0 || l.Covered != second || l.Last != second {
		t.Errorf("with a snapshot of all: %+v", l)
	}
	mustAppend(t, n, alpaca, load().Last, "three", 0)
}

func TestSnapshotNeverGoesBack(t *testing.T) {
	e := enginetest.Open(t)
	n := enginetest.Connect(t, e, "a")
	var wg sync.WaitGroup
	for covered := range uint64(9) {
		wg.Go(func() {
			if err := n.SaveSnapshot(t.Context(), alpaca, covered+1, fmt.Append(nil, "state ", covered+1), time.Hour); err != nil {
				t.Errorf("saving %d: %v", covered+1, err)
			}
		})
	}
	wg.Wait()
	if err := n.SaveSnapshot(t.Context(), alpaca, 3, []byte("old"), 0); err != nil {
		t.Errorf("an older snapshot is no error, got %v", err)
	}
	l, err := n.Load(t.Context(), alpaca)
	if err != nil || l.Covered != 9 || string(l.Snapshot) != "state 9" {
		t.Errorf("loaded %+v, %v", l, err)
	}
	if err := n.SaveSnapshot(t.Context(), alpaca, 9, []byte("longer"), 0); err != nil {
		t.Fatal(err)
	}
	if l, _ := n.Load(t.Context(), alpaca); string(l.Snapshot) != "longer" {
		t.Errorf("one that covers the same did not replace: %q", l.Snapshot)
	}
}

func TestSizes(t *testing.T) {
	e := enginetest.Open(t)
	n := enginetest.Connect(t, e, "a")
	fits, over := make([]byte, engine.MaxEntry), make([]byte, engine.MaxEntry+1)
	if o := appendEvent(n, alpaca, 0, string(fits), 0); o.Err != nil {
		t.Errorf("the largest event: %v", o.Err)
	}
	wantErr(t, "append", appendEvent(n, alpaca, 1, string(over), 0).Err, engine.ErrTooLarge)
	if err := n.SaveSnapshot(t.Context(), alpaca, 1, make([]byte, engine.MaxSnapshot), 0); err != nil {
		t.Errorf("the largest snapshot: %v", err)
	}
	wantErr(t, "snapshot", n.SaveSnapshot(t.Context(), alpaca, 2, make([]byte, engine.MaxSnapshot+1), 0), engine.ErrTooLarge)
	_, err := n.Put(t.Context(), "", engine.Config, "game.demo", over, 0, 0)
	wantErr(t, "record", err, engine.ErrTooLarge)
	wantErr(t, "publish", n.Publish("v.demo.alpaca", over), engine.ErrTooLarge)
}

// When time has taken the events, Last says what the next append must expect.
// It runs on fake time, with a real server and a real folder, in a bubble.
func TestEventsExpire(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		n := enginetest.Connect(t, enginetest.OpenWith(t, engine.Options{Dir: dir}), "a")
		load := func() engine.Loaded {
			t.Helper()
			l, err := n.Load(t.Context(), alpaca)
			if err != nil {
				t.Fatalf("load: %v", err)
			}
			return l
		}
		first := mustAppend(t, n, alpaca, 0, "long", 10*time.Hour)
		second := mustAppend(t, n, alpaca, first, "short", time.Hour)
		if err := n.SaveSnapshot(t.Context(), alpaca, second, []byte("state"), 24*time.Hour); err != nil {
			t.Fatal(err)
		}
		if l := load(); l.Last != second {
			t.Errorf("fresh: last is %d, want %d", l.Last, second)
		}
		time.Sleep(2 * time.Hour)
		if l := load(); l.Last != first || l.Covered != second || len(l.Events) != 0 {
			t.Errorf("after the newer event expired: %+v, want last %d", l, first)
		}
		time.Sleep(10 * time.Hour)
		if l := load(); l.Last != 0 || l.Covered != second || len(l.Events) != 0 {
			t.Errorf("after all events expired: %+v, want last 0", l)
		}
		third := mustAppend(t, n, alpaca, load().Last, "again", time.Hour)
		if third <= second {
			t.Errorf("sequences must rise: %d after %d", third, second)
		}
		if l := load(); l.Last != third || len(l.Events) != 1 {
			t.Errorf("after a new event: %+v", l)
		}
		time.Sleep(30 * time.Hour)
		_, err := n.Load(t.Context(), alpaca)
		wantErr(t, "loading when all has expired", err, engine.ErrNotFound)
	})
}

// Messages are held five minutes, chat a day.
func TestMessagesExpire(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		n := enginetest.Connect(t, enginetest.OpenWith(t, engine.Options{Dir: dir}), "a")
		send(t, n, alpaca, engine.Message, "", "message")
		send(t, n, alpaca, engine.Chat, "", "chat")
		time.Sleep(4*time.Minute + 50*time.Second)
		if diff := cmp.Diff([]string{"message", "chat"}, dataOf(readAll(t, n, alpaca, 0))); diff != "" {
			t.Errorf("before five minutes (-want +got):\n%s", diff)
		}
		time.Sleep(20 * time.Second)
		if diff := cmp.Diff([]string{"chat"}, dataOf(readAll(t, n, alpaca, 0))); diff != "" {
			t.Errorf("after five minutes (-want +got):\n%s", diff)
		}
		time.Sleep(24 * time.Hour)
		if got := readAll(t, n, alpaca, 0); len(got) != 0 {
			t.Errorf("after a day: %v", texts(got))
		}
	})
}

// An event that expired before one that followed it, without a snapshot that
// covers it, makes a state that cannot be told: that is said, not guessed.
func TestHoleIsTold(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		n := enginetest.Connect(t, enginetest.OpenWith(t, engine.Options{Dir: dir}), "a")
		first := mustAppend(t, n, alpaca, 0, "one", 10*time.Hour)
		second := mustAppend(t, n, alpaca, first, "two", time.Hour)
		third := mustAppend(t, n, alpaca, second, "three", 10*time.Hour)
		time.Sleep(2 * time.Hour)
		_, err := n.Load(t.Context(), alpaca)
		wantErr(t, "loading one and three", err, engine.ErrHole)
		if err := n.SaveSnapshot(t.Context(), alpaca, second, []byte("one, two"), 0); err != nil {
			t.Fatal(err)
		}
		if l, err := n.Load(t.Context(), alpaca); err != nil || l.Last != third || len(l.Events) != 1 {
			t.Errorf("with a snapshot that covers it: %+v, %v", l, err)
		}
	})
}

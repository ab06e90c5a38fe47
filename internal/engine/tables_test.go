package engine_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
)

func TestRecords(t *testing.T) {
	e := enginetest.Open(t)
	n := enginetest.Connect(t, e, "a")
	ctx := t.Context()
	for _, table := range []engine.Table{engine.Invites, engine.Tickets, engine.Config} {
		_, _, err := n.Get(ctx, "demo", table, "key")
		wantErr(t, "get of nothing", err, engine.ErrNotFound)

		first, err := n.Put(ctx, "demo", table, "key", []byte("one"), 0, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		_, err = n.Put(ctx, "demo", table, "key", []byte("lost"), 0, time.Hour)
		wantErr(t, "making what is there", err, engine.ErrConflict)
		second, err := n.Put(ctx, "demo", table, "key", []byte("two"), first, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		_, err = n.Put(ctx, "demo", table, "key", []byte("lost"), first, time.Hour)
		wantErr(t, "writing on an old revision", err, engine.ErrConflict)
		if value, revision, err := n.Get(ctx, "demo", table, "key"); string(value) != "two" || revision != second || err != nil {
			t.Errorf("got %q at %d, %v; want two at %d", value, revision, err, second)
		}
		if _, _, err := n.Get(ctx, "demo", table, "other"); err == nil {
			t.Error("another key has a value")
		}

		if err := n.Delete(ctx, table, "key"); err != nil {
			t.Fatal(err)
		}
		_, _, err = n.Get(ctx, "demo", table, "key")
		wantErr(t, "get after delete", err, engine.ErrNotFound)
		_, err = n.Put(ctx, "demo", table, "key", []byte("lost"), second, time.Hour)
		wantErr(t, "writing on a deleted revision", err, engine.ErrConflict)
		if _, err := n.Put(ctx, "demo", table, "key", []byte("three"), 0, time.Hour); err != nil {
			t.Errorf("making it again: %v", err)
		}
		if err := n.Delete(ctx, table, "never-there"); err != nil {
			t.Errorf("deleting nothing: %v", err)
		}
	}
}

// The last use of an invite goes to exactly one of those who race for it.
func TestPutRace(t *testing.T) {
	e := enginetest.Open(t)
	const racers = 20
	nodes := []*engine.Node{enginetest.Connect(t, e, "a"), enginetest.Connect(t, e, "b")}
	revision, err := nodes[0].Put(t.Context(), "demo", engine.Invites, "last-seat", []byte("free"), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range racers {
		wg.Go(func() {
			_, err := nodes[i%2].Put(context.Background(), "demo", engine.Invites, "last-seat", []byte("taken"), revision, 0)
			if err == nil {
				mu.Lock()
				won++
				mu.Unlock()
				return
			}
			wantErr(t, "a late one", err, engine.ErrConflict)
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("%d of %d got it", won, racers)
	}
}

// A record goes when its time is over, and can then be made again, with and
// without the mark that an expiry leaves. Each write sets the time anew.
func TestRecordsExpire(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		n := enginetest.Connect(t, enginetest.OpenWith(t, engine.Options{Dir: dir}), "a")
		for _, table := range []engine.Table{engine.Invites, engine.Config} { // Config leaves marks, Invites does not
			first, err := n.Put(t.Context(), "demo", table, "key", []byte("one"), 0, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(40 * time.Minute)
			second, err := n.Put(t.Context(), "demo", table, "key", []byte("two"), first, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(40 * time.Minute)
			if _, _, err := n.Get(t.Context(), "demo", table, "key"); err != nil {
				t.Errorf("%c: it went with the time of its first write: %v", table, err)
			}
			time.Sleep(25 * time.Minute)
			_, _, err = n.Get(t.Context(), "demo", table, "key")
			wantErr(t, "get after its time", err, engine.ErrNotFound)
			_, err = n.Put(t.Context(), "demo", table, "key", []byte("lost"), second, time.Hour)
			wantErr(t, "writing on an expired revision", err, engine.ErrConflict)
			if _, err := n.Put(t.Context(), "demo", table, "key", []byte("again"), 0, 0); err != nil {
				t.Errorf("%c: making it again: %v", table, err)
			}
			time.Sleep(48 * time.Hour)
			if value, _, err := n.Get(t.Context(), "demo", table, "key"); string(value) != "again" || err != nil {
				t.Errorf("%c: without a time it should stay, got %q, %v", table, value, err)
			}
		}
	})
}

// What was there is told before WatchConfig returns; what changes, is deleted or
// expires is told afterwards, also when another node did it.
func TestWatchConfig(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		e := enginetest.OpenWith(t, engine.Options{Dir: dir})
		a, b := enginetest.Connect(t, e, "a"), enginetest.Connect(t, e, "b")
		put := func(key, value string, ttl time.Duration) {
			t.Helper()
			_, revision, _ := b.Get(t.Context(), "", engine.Config, key)
			if _, err := b.Put(t.Context(), "", engine.Config, key, []byte(value), revision, ttl); err != nil {
				t.Fatal(err)
			}
		}
		put("game.demo", "demo", 0)
		put("art.demo.cover", "png", 0)
		put("game.gone", "x", 0)
		if err := b.Delete(t.Context(), engine.Config, "game.gone"); err != nil {
			t.Fatal(err)
		}

		ctx, cancel := context.WithCancel(t.Context())
		var got []string
		if err := a.WatchConfig(ctx, func(key string, value []byte) {
			if value == nil {
				got = append(got, key+" gone")
				return
			}
			got = append(got, key+"="+string(value))
		}); err != nil {
			t.Fatal(err)
		}
		expect := func(when string, want ...string) {
			t.Helper()
			synctest.Wait()
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", when, diff)
			}
			got = nil
		}
		expect("at first", "game.demo=demo", "art.demo.cover=png")
		put("game.demo", "changed", 0)
		put("key.demo.old", "", time.Hour)
		expect("after changes", "game.demo=changed", "key.demo.old=")
		if err := b.Delete(t.Context(), engine.Config, "art.demo.cover"); err != nil {
			t.Fatal(err)
		}
		expect("after a delete", "art.demo.cover gone")
		time.Sleep(2 * time.Hour)
		expect("after an expiry", "key.demo.old gone")
		cancel()
		synctest.Wait()
		put("game.demo", "unseen", 0)
		expect("after its end")
	})
}

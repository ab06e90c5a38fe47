package loop_test

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/google/go-cmp/cmp"

	"partykit/internal/loop"
)

// start runs a loop until the test ends, or until the returned function.
func start(t testing.TB) (*loop.Loop, func()) {
	t.Helper()
	l := loop.New()
	var running sync.WaitGroup
	running.Go(l.Run)
	stop := sync.OnceFunc(func() {
		l.Close()
		running.Wait()
	})
	t.Cleanup(stop)
	return l, stop
}

// ender is what a test wants done at the end of a pass.
type ender func()

func (e ender) End() { e() }

func TestTasksRunInOrder(t *testing.T) {
	l, stop := start(t)
	var got []int
	for i := range 1000 {
		l.Post("", func() { got = append(got, i) })
	}
	stop()
	if len(got) != 1000 || !slices.IsSorted(got) {
		t.Errorf("ran %d tasks, in order: %v", len(got), slices.IsSorted(got))
	}
}

// A game with a thousand tasks waiting does not hold another's up, and each
// game's own tasks keep their order.
func TestGamesTakeTurns(t *testing.T) {
	l := loop.New()
	var ran []string
	post := func(game string, n int) {
		l.Post(game, func() { ran = append(ran, fmt.Sprint(game, n)) })
	}
	for n := range 1000 {
		post("noisy", n)
	}
	for n := range 3 {
		post("quiet", n)
	}
	l.Close()
	l.Run()

	at := map[string]int{}
	next := map[string]int{}
	for i, name := range ran {
		at[name] = i
		var game string
		var n int
		fmt.Sscanf(name, "%5s%d", &game, &n)
		if n != next[game] {
			t.Fatalf("%s ran where task %d was next", name, next[game])
		}
		next[game]++
	}
	if diff := cmp.Diff(map[string]int{"noisy": 1000, "quiet": 3}, next); diff != "" {
		t.Errorf("not every task ran (-want +got):\n%s", diff)
	}
	if at["quiet0"] > loop.AtOnce || at["quiet2"] > loop.AtOnce+2 {
		t.Errorf("the quiet game's tasks ran as number %d to %d behind a noisy one", at["quiet0"], at["quiet2"])
	}
}

func TestTasksOfManyRunOneAtATime(t *testing.T) {
	l, stop := start(t)
	count := 0
	var senders sync.WaitGroup
	for range 8 {
		senders.Go(func() {
			for range 1000 {
				l.Post("", func() { count++ })
			}
		})
	}
	senders.Wait()
	stop()
	if count != 8000 {
		t.Errorf("%d of 8000 tasks ran", count)
	}
}

func TestTheEndOfAPassComesAfterItsTasks(t *testing.T) {
	l := loop.New()
	var got []string
	note := func(s string) func() { return func() { got = append(got, s) } }
	l.Post("", func() {
		l.AtEnd(ender(note("end of the first pass")))
		l.Post("", note("in the second"))
	})
	l.Post("", note("in the first"))
	l.Close()
	l.Run()
	want := []string{"in the first", "end of the first pass"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what was posted after the close must not run (-want +got):\n%s", diff)
	}
}

func TestAnEndIsRunThoughNothingIsPosted(t *testing.T) {
	l, _ := start(t)
	ended := make(chan struct{})
	l.AtEnd(ender(func() { close(ended) }))
	<-ended
}

func TestALoopThatWatchesNothingRunsOnFakeTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, stop := start(t)
		begun := time.Now()
		ran := make(chan time.Duration, 1)
		time.AfterFunc(time.Hour, func() { l.Post("", func() { ran <- time.Since(begun) }) })
		if d := <-ran; d != time.Hour {
			t.Errorf("ran after %v", d)
		}
		stop()
	})
}

// What gives way waits for every other task, also for those that come later, and
// each such task for the one before.
func TestWhatGivesWayGoesLast(t *testing.T) {
	l := loop.New()
	var got []string
	note := func(s string) func() { return func() { got = append(got, s) } }
	l.Later("", func() {
		note("later 1")()
		l.Later("", note("later 3"))
		l.Post("", note("posted by it"))
	})
	l.Later("", note("later 2"))
	l.Post("one", func() {
		note("one")()
		l.Post("other", note("posted by one"))
		l.AtEnd(ender(note("the end of its pass")))
	})
	l.Post("other", note("other"))
	l.Later("", l.Close)
	l.Run()
	want := []string{"one", "the end of its pass", "other", "posted by one", "later 1", "posted by it", "later 2", "later 3"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Of what gives way the games take turns, too.
func TestGamesTakeTurnsToGiveWay(t *testing.T) {
	l := loop.New()
	noisy, before := 0, -1
	for range 1000 {
		l.Later("noisy", func() { noisy++ })
	}
	l.Later("quiet", func() { before = noisy })
	l.Close()
	l.Run()
	if noisy != 1000 || before < 0 || before > 1 {
		t.Errorf("the quiet game's task ran after %d of %d", before, noisy)
	}
}

// What has given way and run is forgotten, though more of its game waits behind it.
func TestWhatGaveWayIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, _ := start(t)
		forgotten := make(chan bool)
		l.Post("", func() {
			kept := new([64]byte)
			gone := weak.Make(kept)
			l.Later("", func() { kept[0]++ })
			l.Later("", func() {
				runtime.GC()
				forgotten <- gone.Value() == nil
			})
			l.Post("", func() { time.Sleep(20 * time.Millisecond) }) // the loop is busy
			l.Post("", func() {})
		})
		if !<-forgotten {
			t.Error("memory holds a task that has run")
		}
	})
}

// On a loop that always has something else to do, what gives way runs every 20 ms,
// more than one task of it, and not before.
func TestWhatGivesWayRunsOnABusyLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, _ := start(t)
		begun := time.Now()
		var ran []time.Duration
		done := make(chan struct{})
		var busy func()
		busy = func() {
			if time.Sleep(time.Millisecond); time.Since(begun) > time.Second {
				close(done)
				return
			}
			l.Post("", busy)
		}
		l.Post("", func() {
			for _, game := range []string{"one", "other"} {
				for range loop.AtOnce {
					l.Later(game, func() { ran = append(ran, time.Since(begun)) })
				}
			}
			busy()
		})
		<-done
		if len(ran) != 2*loop.AtOnce {
			t.Fatalf("%d of %d tasks ran within a second", len(ran), 2*loop.AtOnce)
		}
		if first, last := ran[0], ran[len(ran)-1]; first < 20*time.Millisecond || first > 22*time.Millisecond || last < 40*time.Millisecond || last > 44*time.Millisecond {
			t.Errorf("the first ran after %v, the last after %v", first, last)
		}
	})
}

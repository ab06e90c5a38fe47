package main

import (
	"context"
	"runtime"
	"slices"
	"testing"
	"time"
)

func TestPlacesFollowWhatIsWritten(t *testing.T) {
	var p places
	looks := func(writes ...int) (more []bool) {
		for _, n := range writes {
			more = append(more, p.look(n))
		}
		return more
	}
	if got := looks(0, 15, 3); slices.Contains(got, true) {
		t.Errorf("few writes: %v", got)
	}
	if got := looks(16, 1, 1, 64); slices.Contains(got, false) {
		t.Errorf("many writes with pauses: %v", got)
	}
	few := slices.Repeat([]int{15}, fewWritesFor)
	if got := looks(few...); slices.Index(got, false) != fewWritesFor-1 {
		t.Errorf("few writes again: %v", got)
	}
	if got := looks(few...); slices.Contains(got, true) {
		t.Errorf("and still: %v", got)
	}
}

// Go has the places that were decided on, and its own number again afterwards.
func TestMakeRoom(t *testing.T) {
	t.Setenv("GOMAXPROCS", "")
	set := runtime.GOMAXPROCS(0) // by go test -cpu, too
	t.Cleanup(func() { runtime.GOMAXPROCS(set) })
	runtime.SetDefaultGOMAXPROCS()
	usual := runtime.GOMAXPROCS(0)
	ticks, writes := make(chan time.Time), make(chan int)
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan bool)
	go func() {
		makeRoom(ctx, ticks, func() int { return <-writes })
		close(ended)
	}()
	look := func(n, times int) {
		for range times {
			ticks <- time.Time{}
			writes <- n
		}
		ticks <- time.Time{} // taken when the look before is done
		if got, want := runtime.GOMAXPROCS(0), usual+morePlaces; n >= manyWrites && got != want {
			t.Errorf("with many writes %d places, want %d", got, want)
		} else if n < manyWrites && got != usual {
			t.Errorf("with few writes %d places, want %d", got, usual)
		}
		writes <- n
	}
	look(0, 1)
	look(100, 1)
	runtime.GOMAXPROCS(usual + 7) // what was usual when many began to write, and no longer is
	look(100, renewEvery)
	look(0, fewWritesFor)
	end()
	<-ended
}

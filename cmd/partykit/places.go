package main

import (
	"context"
	"os"
	"runtime"
	"time"
)

// A goroutine that waits for the disk keeps its place among those that run until
// Go's monitor takes it away, 20 µs later at the earliest, and there are only as
// many places as processors. On one processor a third of the time went there when
// many wrote: with two places more it writes nearly twice as much. They are there
// only meanwhile, because messages of a saturated loop seem to cost some hundredths
// more with places that nobody needs (ADR 14).
const (
	morePlaces = 2
	// manyWrites are under way when places are added, fewWritesFor how many looks
	// in a row must find fewer before they go again.
	manyWrites   = 16
	fewWritesFor = 10
	// writesEvery is how often is looked: what takes shorter does not matter.
	writesEvery = 100 * time.Millisecond
	// renewEvery is after how many looks, while there are more places, Go's own
	// number is asked for again, which it does not follow meanwhile: what a
	// container may take can change.
	renewEvery = int(time.Minute / writesEvery)
)

// places decides how many goroutines may run at once.
type places struct {
	more bool
	few  int // looks in a row that found few writes
}

// look takes how many writes are under way, and reports whether there should be
// more places now than processors.
func (p *places) look(writes int) (more bool) {
	switch {
	case writes >= manyWrites:
		p.more, p.few = true, 0
	case p.more:
		p.few++
		p.more = p.few < fewWritesFor
	}
	return p.more
}

// makeRoom adds places while many writes wait for the disk. GOMAXPROCS overrules
// it. It ends with ctx.
func makeRoom(ctx context.Context, ticks <-chan time.Time, writes func() int) {
	if os.Getenv("GOMAXPROCS") != "" {
		return
	}
	var p places
	looks := 0 // that found there should be more, since places were last added
	for {
		select {
		case <-ticks:
			switch more := p.look(writes()); {
			case more && looks%renewEvery == 0:
				runtime.SetDefaultGOMAXPROCS()
				runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + morePlaces)
				looks = 1
			case more:
				looks++
			case looks > 0:
				runtime.SetDefaultGOMAXPROCS()
				looks = 0
			}
		case <-ctx.Done():
			return
		}
	}
}

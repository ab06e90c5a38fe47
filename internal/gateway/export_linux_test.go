package gateway

import (
	"sync/atomic"
	"time"
)

// Advance lets time pass for connections that loops read. It must be taken
// before the first of them is there.
func (g *Gateway) Advance() func(time.Duration) {
	var skew atomic.Int32
	clock := g.clock
	g.clock = func() second { return clock() + second(skew.Load()) }
	return func(d time.Duration) {
		skew.Add(int32(seconds(d)))
		g.lanes.mu.Lock()
		defer g.lanes.mu.Unlock()
		for _, l := range g.lanes.of {
			l.loop.Post("", l.tick)
		}
	}
}

// Freeze lets no time pass for connections that loops read.
func (g *Gateway) Freeze() { g.clock = func() second { return 0 } }

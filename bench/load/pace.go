//go:build linux

package load

import (
	"context"
	"time"
)

// atOnce is how many messages are sent before what has come is read, when the
// generator is late.
const atOnce = 64

// tenth is what is counted by itself, too: so short that a machine that stalls some
// times in a second leaves most of them alone.
const tenth = time.Second / 10

// Pace sends at a fixed rate, the players in turn, so that as many deliveries a
// second are due, and measures each from when its message was to be sent: if
// the server holds the load up, what waits behind counts as late as a player
// would feel it (the correction of coordinated omission). What is lost counts
// as two seconds.
func (c *Crowd) Pace(ctx context.Context, d time.Duration, perSecond int, meter Meter) (Result, error) {
	var r Result
	c.run++
	gap := time.Second * time.Duration(c.size-1) / time.Duration(perSecond)
	counting := false
	var begin, end time.Duration
	c.arrived = func(payload []byte) {
		s, ok := readStamp(payload)
		if !ok || s.run != c.run || int(s.sender) >= len(c.players) {
			return
		}
		c.players[s.sender].flight.left--
		if s.due >= begin && counting {
			took := time.Since(c.began) - s.due
			r.Delivered++
			r.Latency.Add(took)
			if i := int((s.due - begin) / tenth); i < len(r.Tenths) {
				r.Tenths[i].Add(took)
			}
		}
	}
	defer c.idle()
	c.now = time.Since(c.began)
	next, who := c.now, 0
	begin = c.now + warmUp
	for ctx.Err() == nil {
		sent := 0
		for c.now = time.Since(c.began); c.now >= next && sent < atOnce; next += gap {
			sent++
			r.Late.Add(c.now - next)
			p := &c.players[who]
			// The one before is due to have arrived long ago.
			lost := p.flight.left
			if err := c.send(who, next, &r); err != nil {
				return r, err
			}
			p.flight.left += max(lost, 0)
			who = (who + 1) % len(c.players)
		}
		if !counting && c.now >= begin {
			r = Result{Tenths: make([]Histogram, max(d/tenth, 1))}
			counting = true
			meter()
			begin = time.Since(c.began)
			end = begin + d
		} else if counting && c.now >= end {
			r.Took = time.Since(c.began) - begin
			err := c.settle()
			meter() // now that the last has arrived
			if err != nil {
				return r, err
			}
			for i := range c.players {
				for range max(c.players[i].flight.left, 0) {
					r.Lost++
					r.Latency.Add(patience)
				}
			}
			return r, nil
		}
		if err := c.pass(max(next-time.Since(c.began), 0)); err != nil {
			return r, err
		}
	}
	return r, ctx.Err()
}

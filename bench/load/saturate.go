//go:build linux

package load

import (
	"context"
	"time"
)

// flight is the message that a player has under way.
type flight struct {
	due  time.Duration // when it was sent, or was to be
	left int           // who has not got it yet
}

const (
	warmUp   = 300 * time.Millisecond // before anything is counted
	patience = 2 * time.Second        // after which a message counts as lost
)

// A Meter reads what the server has used so far. It is read when counting
// begins and when it ends.
type Meter func()

// Result is what one run brought.
type Result struct {
	Took      time.Duration // counted time
	Sent      int64         // messages
	Delivered int64         // to one receiver each
	Lost      int64         // deliveries that had not come after two seconds
	Latency   Histogram     // paced: of each delivery, from when its message was due
	Late      Histogram     // paced: of each message, from then until it was sent
	Tenths    []Histogram   // paced: Latency of what was due in each tenth of a second
}

// Saturate has every player send a message, and the next as soon as the one
// before has reached all others of its party. It runs for a short while first
// and then counts for as long as told.
func (c *Crowd) Saturate(ctx context.Context, d time.Duration, meter Meter) (Result, error) {
	var r Result
	c.run++
	var landed []int // senders whose message has reached everybody
	c.arrived = func(payload []byte) {
		s, ok := readStamp(payload)
		if !ok || s.run != c.run || int(s.sender) >= len(c.players) {
			return
		}
		p := &c.players[s.sender]
		if p.flight.due != s.due || p.flight.left == 0 {
			return // of a message that was given up
		}
		r.Delivered++
		if p.flight.left--; p.flight.left == 0 {
			landed = append(landed, int(s.sender))
		}
	}
	defer c.idle()
	c.now = time.Since(c.began)
	for i := range c.players {
		if err := c.send(i, c.now, &r); err != nil {
			return r, err
		}
	}
	begin, end, looked := c.now+warmUp, time.Duration(0), c.now
	for ctx.Err() == nil {
		if err := c.pass(10 * time.Millisecond); err != nil {
			return r, err
		}
		if end == 0 && c.now >= begin {
			r = Result{}
			meter()
			begin = time.Since(c.began)
			end = begin + d
		} else if end > 0 && c.now >= end && (r.Delivered > 0 || c.now > end+patience) {
			meter()
			r.Took = time.Since(c.began) - begin
			return r, c.settle()
		}
		for _, i := range landed {
			if err := c.send(i, c.now, &r); err != nil {
				return r, err
			}
		}
		landed = landed[:0]
		if c.now-looked > patience/4 {
			looked = c.now
			if err := c.resend(&r); err != nil {
				return r, err
			}
		}
	}
	return r, ctx.Err()
}

// send sends the next message of a player, which was due at a time.
func (c *Crowd) send(i int, due time.Duration, r *Result) error {
	p := &c.players[i]
	p.flight = flight{due: due, left: c.size - 1}
	var message [MessageSize]byte
	stamp{c.run, uint32(i), due}.write(message[:])
	c.out = p.codec.AppendSend(c.out[:0], message[:])
	r.Sent++
	return c.write(i, c.out)
}

// resend gives messages up that are overdue, so that their senders go on.
func (c *Crowd) resend(r *Result) error {
	for i := range c.players {
		if f := c.players[i].flight; f.left > 0 && c.now-f.due > patience {
			r.Lost += int64(f.left)
			if err := c.send(i, c.now, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// settle reads on until everything under way has arrived, or is lost.
func (c *Crowd) settle() error {
	for until := c.now + patience; c.now < until && c.waiting(); {
		if err := c.pass(10 * time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

func (c *Crowd) waiting() bool {
	for i := range c.players {
		if c.players[i].flight.left > 0 {
			return true
		}
	}
	return false
}

// idle forgets what a run was about.
func (c *Crowd) idle() {
	c.arrived = func([]byte) {}
	for i := range c.players {
		c.players[i].flight = flight{}
	}
}

package gateway

import (
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"

	"partykit/party"
	"partykit/protocol"
)

// budget is how many bytes a client may still send. Over it a frame is refused
// and the client is read more slowly, so that none gets far above it.
type budget struct {
	bytes   *rate.Limiter
	answers rate.Sometimes // about volatile messages
}

func newBudget() *budget {
	return &budget{rate.NewLimiter(bytesPerSec, byteBurst), rate.Sometimes{First: 1, Interval: time.Second}}
}

// take counts a frame of n bytes; a wait above 0 says that it is too much, and
// when there is room again.
func (b *budget) take(n int) (wait time.Duration) {
	return b.bytes.ReserveN(time.Now(), max(n, minCost)).Delay()
}

// overBudget tells the client which request was refused.
func (g *Gateway) overBudget(c *Conn, b *budget, kind websocket.MessageType, data []byte, wait time.Duration) {
	e := protocol.Error{T: protocol.TError, Failure: g.opts.Failure(&party.Error{Code: party.RateLimited, RetryAfter: wait})}
	if kind == websocket.MessageText {
		command, _ := protocol.DecodeCommand(data)
		e.ID = command.ID
		c.Send(false, protocol.Encode(e))
		return
	}
	m, _ := protocol.DecodeMessage(data)
	if m.Reliable {
		e.MID = m.ID
		c.Send(false, protocol.Encode(e))
		return
	}
	b.answers.Do(func() { c.Send(false, protocol.Encode(e)) })
}

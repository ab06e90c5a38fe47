package gateway

import (
	"time"

	"github.com/coder/websocket"

	"partykit/internal/limit"
	"partykit/party"
	"partykit/protocol"
)

// budget is how many bytes a client may still send. Over it a frame is refused
// and the client is read more slowly, so that none gets far above it.
type budget struct {
	bytes limit.Bucket
	told  time.Time // when a refused volatile message was last answered
}

// take counts a frame of n bytes at so many a second; a wait above 0 says that
// it is too much, and when there is room again.
func (b *budget) take(n, perSecond int) (wait time.Duration) {
	return b.bytes.Spend(max(n, minCost), limit.PerSecond(perSecond, max(2*perSecond, 2*protocol.MaxFrame)), time.Now())
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
	if now := time.Now(); now.Sub(b.told) >= time.Second {
		b.told = now
		c.Send(false, protocol.Encode(e))
	}
}

package gateway

import (
	"time"

	"partykit/internal/limit"
	"partykit/internal/ws"
	"partykit/party"
	"partykit/protocol"
)

// budget is how many bytes a client may still send. Over it a frame is refused
// and the client is read more slowly, so that none gets far above it. A frame that
// the session refuses counts more than its bytes: who is refused very often is
// read more slowly, too, and others on the loop do not wait for its refusals.
type budget struct {
	bytes limit.Bucket
	told  limit.Once // that a volatile message is refused
}

// take counts n bytes at so many a second; a wait above 0 says that
// it is too much, and when there is room again.
func (b *budget) take(n, perSecond int) (wait time.Duration) {
	return b.bytes.Spend(max(n, minCost), limit.PerSecond(perSecond, max(2*perSecond, 2*protocol.MaxFrame)), time.Now())
}

// overBudget tells the client which request was refused.
func (c *Conn) overBudget(m ws.Message, wait time.Duration) {
	e := protocol.Error{T: protocol.TError, Failure: c.g.opts.Failure(&party.Error{Code: party.RateLimited, RetryAfter: wait})}
	if m.Op == ws.Text {
		command, _ := protocol.DecodeCommand(m.Data)
		e.ID = command.ID
		c.Send(false, protocol.Encode(e))
		return
	}
	message, _ := protocol.DecodeMessage(m.Data)
	if message.Reliable {
		e.MID = message.ID
		c.Send(false, protocol.Encode(e))
		return
	}
	if c.budget.told.Take(time.Now()) {
		c.Send(false, protocol.Encode(e))
	}
}

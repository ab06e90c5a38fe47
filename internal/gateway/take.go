package gateway

import (
	"bytes"
	"errors"
	"time"

	"partykit/internal/loop"
	"partykit/internal/ws"
	"partykit/protocol"
)

const (
	// framesAtOnce is how many frames of one connection are handled before it is
	// another's turn. A command counts as commandWorth: to decode one, and to
	// answer it, takes that much longer than a message.
	framesAtOnce = 64
	commandWorth = 16
	// breather is how long a client over its byte budget is not read at least. To
	// read it again as soon as there is room for one more frame would cost more
	// than the frames.
	breather = 50 * time.Millisecond
)

// take handles what a client sent after its hello: on a loop, or with nil on the
// goroutine that reads the connection. It returns what is left for another turn,
// and for how long nothing more is to be read.
func (c *Conn) take(on *loop.Loop, b []byte) (rest []byte, wait time.Duration) {
	if c.broken {
		return nil, 0
	}
	for left := framesAtOnce; left > 0; left-- {
		m, more, err := c.parser.Next(b)
		if err != nil {
			c.fail(err)
			return nil, 0
		}
		c.heard += int32(len(b) - len(more))
		b = more
		if c.answered.Load() || m.Op == 0 && c.heard <= maxHeard {
			return nil, 0
		}
		perSecond, refused := c.g.opts.Games.Settings(c.game).Bytes, false
		wait := c.budget.take(int(c.heard), perSecond)
		c.heard = 0
		if m.Op == 0 { // frames that bring nothing count as others do
			if wait > 0 {
				wait = max(wait, breather)
			}
			return nil, wait
		}
		c.frames++
		switch {
		case m.Op != ws.Text && m.Op != ws.Binary:
			c.control(m)
		case c.closing.Load():
		case wait > 0:
			c.overBudget(m, wait)
		case m.Op == ws.Binary:
			refused = c.session.Binary(on, m.Data)
		case isPing(m.Data):
			c.Send(false, pong)
		default:
			refused = c.session.Text(on, m.Data)
			left -= commandWorth - 1
		}
		if refused {
			wait = c.budget.take(refusal, perSecond)
		}
		if wait > 0 {
			return b, max(wait, breather)
		}
		if len(b) == 0 {
			return nil, 0
		}
	}
	return b, 0
}

// control handles a control frame.
func (c *Conn) control(m ws.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case m.Op == ws.Ping && !c.closing.Load() && !c.over:
		c.put(ws.Pong, m.Data)
	case m.Op == ws.Close:
		c.answered.Store(true)
		code, _ := ws.CloseCode(m.Data) // the parser has read it, too
		c.close(code, "")
		c.wire.rouse()
	}
}

// fail tells a client that what it sent is no WebSocket.
func (c *Conn) fail(err error) {
	c.broken = true
	e, ok := errors.AsType[*ws.Error](err)
	if !ok {
		e = &ws.Error{Code: ws.CodeProtocol}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.close(e.Code, e.Reason)
}

var pong = protocol.Encode(struct {
	T string `json:"t"`
}{protocol.TPong})

// isPing recognises a ping without decoding every frame twice.
func isPing(data []byte) bool {
	if len(data) > 64 || !bytes.Contains(data, []byte(`"ping"`)) {
		return false
	}
	c, err := protocol.DecodeCommand(data)
	return err == nil && c.T == protocol.TPing
}

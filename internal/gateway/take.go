package gateway

import (
	"bytes"
	"errors"
	"time"

	"partykit/internal/loop"
	"partykit/internal/ws"
	"partykit/protocol"
)

// framesAtOnce is how many frames of one connection are handled before it is
// another's turn.
const framesAtOnce = 64

// take handles what a client sent after its hello: on a loop, or with nil on the
// goroutine that reads the connection. It returns what is left for another turn,
// and for how long nothing more is to be read.
func (c *Conn) take(on *loop.Loop, b []byte) (rest []byte, wait time.Duration) {
	if c.broken {
		return nil, 0
	}
	for range framesAtOnce {
		m, more, err := c.parser.Next(b)
		if err != nil {
			c.fail(err)
			return nil, 0
		}
		b = more
		if m.Op == 0 || c.answered.Load() {
			return nil, 0
		}
		c.frames++
		wait := c.budget.take(len(m.Data), c.g.opts.Games.Settings(c.game).Bytes)
		switch {
		case m.Op != ws.Text && m.Op != ws.Binary:
			c.control(m)
		case c.closing.Load():
		case wait > 0:
			c.overBudget(m, wait)
		case m.Op == ws.Binary:
			c.session.Binary(on, m.Data)
		case isPing(m.Data):
			c.Send(false, pong)
		default:
			c.session.Text(on, m.Data)
		}
		if wait > 0 {
			return b, wait
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

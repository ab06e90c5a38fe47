//go:build linux

package kit

import (
	"bytes"
	"fmt"

	"partykit/bench/target"
	"partykit/bench/wire"
	"partykit/protocol"
)

// volatileCodec sends what may be lost: positions, aims, hands.
type volatileCodec struct{}

// toAll is the head of a volatile message on channel 0 to everyone else.
var toAll = protocol.AppendMessage(nil, protocol.Message{})

func (volatileCodec) AppendSend(b, payload []byte) []byte {
	return wire.AppendFrame(b, wire.Binary, toAll, payload)
}

func (volatileCodec) Read(b []byte, s *target.Sink) (int, error) { return wire.Frames(b, s, take(s)) }

func (volatileCodec) AppendKeepalive(b []byte) []byte { return wire.AppendFrame(b, wire.Text, ping) }

// reliableCodec sends what must arrive, numbered.
type reliableCodec struct {
	sent uint64
	head []byte
}

func (c *reliableCodec) AppendSend(b, payload []byte) []byte {
	c.sent++
	c.head = protocol.AppendMessage(c.head[:0], protocol.Message{Reliable: true, ID: c.sent})
	return wire.AppendFrame(b, wire.Binary, c.head, payload)
}

func (*reliableCodec) Read(b []byte, s *target.Sink) (int, error) { return wire.Frames(b, s, take(s)) }

func (*reliableCodec) AppendKeepalive(b []byte) []byte { return wire.AppendFrame(b, wire.Text, ping) }

var (
	ping    = []byte(`{"t":"ping"}`)
	isError = []byte(`{"t":"error"`)
)

// take reads what a session of the server sends: messages, and of the rest only
// that nothing was refused.
func take(s *target.Sink) func(op byte, frame []byte) error {
	return func(op byte, frame []byte) error {
		if op == wire.Text {
			if bytes.HasPrefix(frame, isError) {
				return fmt.Errorf("refused: %s", frame)
			}
			return nil
		}
		if frame[0] == protocol.KindAck {
			return nil
		}
		m, err := protocol.DecodeMessage(frame)
		if err != nil {
			return err
		}
		s.Deliver(m.Payload)
		return nil
	}
}

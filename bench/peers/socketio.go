//go:build linux

package peers

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync/atomic"

	"partykit/bench/target"
	"partykit/bench/wire"
)

// Engine.IO's packets are text with a digit in front; what is binary is a
// message of Socket.IO, here in MessagePack.
const (
	engineOpen = '0'
	enginePing = '2'
	enginePong = "3"
)

// A client enters with {"type": 0, "data": {"room": "…"}, "nsp": "/"}. This is
// what stands before the room, a string below 32 bytes, and after it.
const (
	socketConnect = "\x83\xa4type\x00\xa4data\x81\xa4room"
	socketEnd     = "\xa3nsp\xa1/"
)

// socketEvent begins a message, {"type": 2, "data": ["m", bytes], "nsp": "/"};
// the number of bytes follows, below 256.
const socketEvent = "\x83\xa4type\x02\xa4data\x92\xa1m\xc4"

// SocketIO is socket.io: a player names its room when it connects.
func SocketIO() *target.System {
	var rooms atomic.Uint32
	return &target.System{
		Name:    "socket.io",
		About:   "socket.io 4.8, WebSocket only, MessagePack",
		Prepare: npm("socket.io"),
		Command: node("socket.io"),
		Form: func(ctx context.Context, addr string, size int) ([]*target.Link, error) {
			room := strconv.Itoa(int(rooms.Add(1)))
			return form(ctx, size, func(ctx context.Context) (*wire.Client, target.Codec, error) {
				c, err := openSocket(ctx, addr, room)
				return c, socketCodec{}, err
			})
		},
	}
}

func openSocket(ctx context.Context, addr, room string) (*wire.Client, error) {
	c, err := wire.Dial(ctx, addr, "/socket.io/?EIO=4&transport=websocket")
	if err != nil {
		return nil, err
	}
	op, frame, err := c.Read()
	if err == nil && (op != wire.Text || len(frame) == 0 || frame[0] != engineOpen) {
		err = fmt.Errorf("socket.io: it opens with %q", frame)
	}
	if err == nil {
		err = c.Write(wire.Binary, slices.Concat([]byte(socketConnect), []byte{0xa0 | byte(len(room))}, []byte(room), []byte(socketEnd)))
	}
	if err == nil {
		// {"type": 0, "data": {"sid": …}, "nsp": "/"}
		if op, frame, err = c.Read(); err == nil && (op != wire.Binary || !bytes.HasPrefix(frame, []byte("\x83\xa4type\x00"))) {
			err = fmt.Errorf("socket.io: entering was answered %q", frame)
		}
	}
	if err != nil {
		c.Conn.Close()
		return nil, err
	}
	return c, nil
}

type socketCodec struct{}

func (socketCodec) AppendSend(b, payload []byte) []byte {
	return wire.AppendFrame(b, wire.Binary, []byte(socketEvent), []byte{byte(len(payload))}, payload, []byte(socketEnd))
}

func (socketCodec) Read(b []byte, s *target.Sink) (int, error) {
	return wire.Frames(b, s, func(op byte, frame []byte) error {
		if op == wire.Text && len(frame) == 1 && frame[0] == enginePing {
			s.Reply = wire.AppendFrame(s.Reply, wire.Text, []byte(enginePong))
			return nil
		}
		rest, begins := bytes.CutPrefix(frame, []byte(socketEvent))
		payload, ends := bytes.CutSuffix(rest, []byte(socketEnd))
		if op != wire.Binary || !begins || !ends || len(payload) == 0 || int(payload[0]) != len(payload)-1 {
			return fmt.Errorf("socket.io: not a message: %q", frame)
		}
		s.Deliver(payload[1:])
		return nil
	})
}

func (socketCodec) AppendKeepalive(b []byte) []byte { return b }

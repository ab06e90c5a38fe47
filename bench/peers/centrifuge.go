//go:build linux

package peers

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"

	"partykit/bench/target"
	"partykit/bench/wire"
)

// Centrifuge is the library that Centrifugo is made of: a channel is a party.
// Its protocol is Protocol Buffers, several messages to a frame, each with its
// length in front.
func Centrifuge() *target.System {
	var channels atomic.Uint32
	return &target.System{
		Name:  "centrifuge",
		About: "centrifuge 0.40, protobuf; senders get their own, too",
		Prepare: func(ctx context.Context, cache string) error {
			root, err := sources()
			if err != nil {
				return err
			}
			cmd := exec.CommandContext(ctx, "go", "build", "-C", filepath.Join(root, "centrifuge"), "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(cache, "centrifuge"), ".")
			cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0")
			if out, err := cmd.CombinedOutput(); err != nil {
				return fmt.Errorf("building centrifuge: %w\n%s", err, out)
			}
			return nil
		},
		Command: func(cache, _, addr string) *exec.Cmd {
			return exec.Command(filepath.Join(cache, "centrifuge"), port(addr))
		},
		Form: func(ctx context.Context, addr string, size int) ([]*target.Link, error) {
			channel := []byte(strconv.Itoa(int(channels.Add(1))))
			return form(ctx, size, func(ctx context.Context) (*wire.Client, target.Codec, error) {
				c, err := subscribe(ctx, addr, channel)
				return c, &centrifugeCodec{channel: channel, commands: 2}, err
			})
		},
	}
}

// The fields of Centrifuge's messages.
const (
	commandConnect, commandSubscribe, commandPublish = 4, 5, 7
	subscribeChannel                                 = 1
	publishChannel, publishData                      = 1, 2
	replyError, replyPush                            = 2, 4
	pushPublication                                  = 4
	publicationData                                  = 4
)

func subscribe(ctx context.Context, addr string, channel []byte) (*wire.Client, error) {
	c, err := wire.Dial(ctx, addr, "/connection/websocket?format=protobuf")
	if err != nil {
		return nil, err
	}
	ask := func(id uint64, kind int, request []byte) error {
		if err := c.Write(wire.Binary, appendSized(nil, appendCommand(nil, id, kind, request))); err != nil {
			return err
		}
		_, frame, err := c.Read()
		if err != nil {
			return err
		}
		var replies [][]byte
		err = eachReply(frame, func(reply []byte) error {
			replies = append(replies, reply)
			return refused(reply)
		})
		if err == nil && len(replies) != 1 {
			err = fmt.Errorf("centrifuge: %d answers to a command", len(replies))
		}
		return err
	}
	if err = ask(1, commandConnect, nil); err == nil {
		err = ask(2, commandSubscribe, appendField(nil, subscribeChannel, channel))
	}
	if err != nil {
		c.Conn.Close()
		return nil, err
	}
	return c, nil
}

type centrifugeCodec struct {
	channel          []byte
	commands         uint64
	own              []byte // messages sent and not yet come back, one after the other
	request, command []byte
	frame            []byte
}

func (c *centrifugeCodec) AppendSend(b, payload []byte) []byte {
	c.commands++
	c.own = append(c.own, payload...)
	c.request = appendField(appendField(c.request[:0], publishChannel, c.channel), publishData, payload)
	c.command = appendCommand(c.command[:0], c.commands, commandPublish, c.request)
	c.frame = appendSized(c.frame[:0], c.command)
	return wire.AppendFrame(b, wire.Binary, c.frame)
}

func (c *centrifugeCodec) Read(b []byte, s *target.Sink) (int, error) {
	return wire.Frames(b, s, func(_ byte, frame []byte) error {
		return eachReply(frame, func(reply []byte) error { return c.take(reply, s) })
	})
}

// take reads one reply. An empty one is a ping, to be answered by an empty
// command.
func (c *centrifugeCodec) take(reply []byte, s *target.Sink) error {
	if len(reply) == 0 {
		s.Reply = wire.AppendFrame(s.Reply, wire.Binary, []byte{0})
		return nil
	}
	push, err := field(reply, replyPush)
	if err != nil {
		return err
	}
	if push == nil {
		return refused(reply)
	}
	publication, err := field(push, pushPublication)
	if err != nil {
		return err
	}
	payload, err := field(publication, publicationData)
	if err != nil {
		return err
	}
	// A client's own messages come back in order.
	if bytes.HasPrefix(c.own, payload) {
		c.own = append(c.own[:0], c.own[len(payload):]...)
		return nil
	}
	s.Deliver(payload)
	return nil
}

func (*centrifugeCodec) AppendKeepalive(b []byte) []byte { return b }

// refused is the error that a reply tells.
func refused(reply []byte) error {
	why, err := field(reply, replyError)
	if err == nil && why != nil {
		err = fmt.Errorf("centrifuge: refused: %q", why)
	}
	return err
}

// eachReply hands on what a frame holds.
func eachReply(frame []byte, do func(reply []byte) error) error {
	for len(frame) > 0 {
		reply, rest, err := cutSized(frame)
		if err != nil {
			return err
		}
		if err := do(reply); err != nil {
			return err
		}
		frame = rest
	}
	return nil
}

func appendCommand(b []byte, id uint64, kind int, request []byte) []byte {
	return appendField(appendNumber(b, 1, id), kind, request)
}

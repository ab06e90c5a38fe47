//go:build linux

package wire

import (
	"errors"

	"partykit/bench/target"
)

// Frames reads the whole frames at the front of b, answers pings, and hands
// text and binary frames on. It is what a Codec's Read is made of where a
// system speaks WebSocket.
func Frames(b []byte, s *target.Sink, each func(op byte, payload []byte) error) (used int, err error) {
	for {
		op, payload, n, err := Next(b[used:])
		if err != nil || n == 0 {
			return used, err
		}
		used += n
		switch op {
		case Ping:
			s.Reply = AppendFrame(s.Reply, Pong, payload)
		case Close:
			return used, errors.New("wire: the server closed: " + closeReason(payload))
		case Text, Binary:
			if err := each(op, payload); err != nil {
				return used, err
			}
		}
	}
}

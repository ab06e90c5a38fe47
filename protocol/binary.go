package protocol

import (
	"encoding/binary"
	"math"

	"partykit/party"
)

// The first byte of a binary frame.
const (
	KindVolatile = 0x01
	KindReliable = 0x02
	KindAck      = 0x03
)

// Flags of a game message.
const (
	FlagJSON   = 1 << 0 // the payload is JSON
	FlagDirect = 1 << 1 // sent to you alone; set by the server
)

// MaxVarint is the largest integer on the wire: what every language's number
// holds exactly.
const MaxVarint = 1<<53 - 1

// Message is a game message in either direction. To the server Peer is the
// receiver's n, 0 for everyone else; to a client it is the sender's.
type Message struct {
	Reliable bool
	Channel  byte // volatile
	Flags    byte
	ID       uint64 // reliable: the client's id to the server, the sequence to a client
	Peer     int
	Payload  []byte // shares the frame's memory
}

var errBinary = party.Errorf(party.BadRequest, "The binary frame is not as the protocol wants it.")

// DecodeMessage reads a game message. The error is a BadRequest or TooLarge,
// with the message's id in Message when it could be read.
func DecodeMessage(frame []byte) (Message, error) {
	if len(frame) < 3 {
		return Message{}, errBinary
	}
	var m Message
	rest := frame[1:]
	switch frame[0] {
	case KindVolatile:
		m.Channel, m.Flags, rest = rest[0], rest[1], rest[2:]
	case KindReliable:
		m.Reliable = true
		m.Flags, rest = rest[0], rest[1:]
		var ok bool
		if m.ID, rest, ok = varint(rest); !ok || m.ID == 0 {
			return Message{}, errBinary
		}
	default:
		return Message{}, errBinary
	}
	peer, rest, ok := varint(rest)
	if !ok || peer > math.MaxInt32 || m.Flags&^(FlagJSON|FlagDirect) != 0 {
		return m, errBinary
	}
	m.Peer, m.Payload = int(peer), rest
	if len(rest) > MaxPayload {
		return m, party.Errorf(party.TooLarge, "A game message has at most %d bytes; this has %d.", MaxPayload, len(rest))
	}
	return m, nil
}

// AppendMessage appends the frame of a message.
func AppendMessage(b []byte, m Message) []byte {
	if m.Reliable {
		b = append(b, KindReliable, m.Flags)
		b = binary.AppendUvarint(b, m.ID)
	} else {
		b = append(b, KindVolatile, m.Channel, m.Flags)
	}
	b = binary.AppendUvarint(b, uint64(m.Peer))
	return append(b, m.Payload...)
}

// AppendAck appends the frame that acknowledges a reliable message.
func AppendAck(b []byte, id, seq uint64) []byte {
	b = append(b, KindAck)
	b = binary.AppendUvarint(b, id)
	return binary.AppendUvarint(b, seq)
}

// DecodeAck reads an acknowledgement.
func DecodeAck(frame []byte) (id, seq uint64, ok bool) {
	if len(frame) == 0 || frame[0] != KindAck {
		return 0, 0, false
	}
	id, rest, ok := varint(frame[1:])
	if !ok {
		return 0, 0, false
	}
	seq, rest, ok = varint(rest)
	return id, seq, ok && len(rest) == 0
}

// varint reads an integer in its shortest form, the only one there is.
func varint(b []byte) (v uint64, rest []byte, ok bool) {
	v, n := binary.Uvarint(b)
	if n <= 0 || v > MaxVarint || n > 1 && b[n-1] == 0 {
		return 0, b, false
	}
	return v, b[n:], true
}

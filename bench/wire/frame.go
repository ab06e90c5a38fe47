package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
)

// The opcodes of RFC 6455.
const (
	Text   = 0x1
	Binary = 0x2
	Close  = 0x8
	Ping   = 0x9
	Pong   = 0xa
)

// ErrFrame says that the server sent what is no frame for a client, or one in
// parts, which no server that is measured here does.
var ErrFrame = errors.New("wire: not a whole, unmasked frame")

// maxFrame bounds what a server may announce.
const maxFrame = 1 << 24

// AppendFrame appends a client's frame: whole, and masked as the standard
// demands.
func AppendFrame(b []byte, op byte, payload ...[]byte) []byte {
	size := 0
	for _, p := range payload {
		size += len(p)
	}
	b = append(b, 0x80|op)
	switch {
	case size < 126:
		b = append(b, 0x80|byte(size))
	case size < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(size))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(size))
	}
	key := rand.Uint32()
	b = binary.LittleEndian.AppendUint32(b, key)
	start := len(b)
	for _, p := range payload {
		b = append(b, p...)
	}
	mask(b[start:], key)
	return b
}

// mask applies a key, whose first byte is the lowest, to all of b.
func mask(b []byte, key uint32) {
	wide := uint64(key)<<32 | uint64(key)
	for len(b) >= 8 {
		binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)^wide)
		b = b[8:]
	}
	for i := range b {
		b[i] ^= byte(key >> (8 * (i & 3)))
	}
}

// Next reads the frame at the front of b, in place. used is 0 while it is not
// whole.
func Next(b []byte) (op byte, payload []byte, used int, err error) {
	if len(b) < 2 {
		return 0, nil, 0, nil
	}
	op = b[0] & 0xf
	if b[0]&0xf0 != 0x80 || op == 0 || b[1]&0x80 != 0 {
		return 0, nil, 0, ErrFrame
	}
	size, head := uint64(b[1]), 2
	switch {
	case size == 126 && len(b) >= 4:
		size, head = uint64(binary.BigEndian.Uint16(b[2:])), 4
	case size == 127 && len(b) >= 10:
		size, head = binary.BigEndian.Uint64(b[2:]), 10
	case size >= 126:
		return 0, nil, 0, nil
	}
	if size > maxFrame {
		return 0, nil, 0, ErrFrame
	}
	if uint64(len(b)-head) < size {
		return 0, nil, 0, nil
	}
	used = head + int(size)
	return op, b[head:used], used, nil
}

// closeReason reads a close frame for people.
func closeReason(payload []byte) string {
	if len(payload) < 2 {
		return "no reason"
	}
	return fmt.Sprintf("%d %s", binary.BigEndian.Uint16(payload), payload[2:])
}

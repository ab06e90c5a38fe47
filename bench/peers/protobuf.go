//go:build linux

package peers

import (
	"encoding/binary"
	"errors"
)

// The parts of Protocol Buffers' wire format that Centrifuge's messages need.
const (
	typeNumber = 0
	typeSized  = 2
)

var errProtobuf = errors.New("peers: not a message of Protocol Buffers")

// appendNumber appends a numeric field.
func appendNumber(b []byte, number int, value uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(b, uint64(number)<<3|typeNumber), value)
}

// appendField appends a field of bytes, or a message.
func appendField(b []byte, number int, value []byte) []byte {
	return appendSized(binary.AppendUvarint(b, uint64(number)<<3|typeSized), value)
}

// appendSized appends bytes with their length in front.
func appendSized(b, value []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(value))), value...)
}

// cutSized returns the bytes at the front of b that have their length in front,
// and what follows.
func cutSized(b []byte) (value, rest []byte, err error) {
	size, n := binary.Uvarint(b)
	if n <= 0 || uint64(len(b)-n) < size {
		return nil, nil, errProtobuf
	}
	return b[n : n+int(size)], b[n+int(size):], nil
}

// field returns the last field of bytes with a number; nil: there is none.
func field(b []byte, number int) (value []byte, err error) {
	for len(b) > 0 {
		tag, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, errProtobuf
		}
		b = b[n:]
		switch tag & 7 {
		case typeNumber:
			if _, n = binary.Uvarint(b); n <= 0 {
				return nil, errProtobuf
			}
			b = b[n:]
		case typeSized:
			v, rest, err := cutSized(b)
			if err != nil {
				return nil, err
			}
			if tag>>3 == uint64(number) {
				value = v
			}
			b = rest
		default:
			return nil, errProtobuf
		}
	}
	return value, nil
}

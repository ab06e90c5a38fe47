package ws

import "encoding/binary"

// Op says what a frame is.
type Op byte

// The opcodes there are.
const (
	More   Op = 0x0 // continues a message
	Text   Op = 0x1
	Binary Op = 0x2
	Close  Op = 0x8
	Ping   Op = 0x9
	Pong   Op = 0xa
)

// control reports whether the frame is about the connection itself.
func (o Op) control() bool { return o&0x8 != 0 }

const (
	final     = 0x80 // first byte: the message's last frame
	reserved  = 0x70
	masked    = 0x80 // second byte
	extended  = 126  // second byte: the length is in the next two bytes
	extended8 = 127  // or in the next eight
	// maxControl is how many bytes a control frame carries at most.
	maxControl = 125
)

// AppendFrame appends the frame of a whole message, or of a control frame.
func AppendFrame(b []byte, op Op, payload []byte) []byte {
	switch n := len(payload); {
	case n < extended:
		b = append(b, final|byte(op), byte(n))
	case n < 1<<16:
		b = append(b, final|byte(op), extended, byte(n>>8), byte(n))
	default:
		b = append(b, final|byte(op), extended8)
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return append(b, payload...)
}

// AppendClose appends a close frame; code 0 is none. A reason is cut at 123
// bytes.
func AppendClose(b []byte, code int, reason string) []byte {
	if code == 0 {
		return append(b, final|byte(Close), 0)
	}
	reason = reason[:min(len(reason), maxControl-2)]
	b = append(b, final|byte(Close), byte(2+len(reason)), byte(code>>8), byte(code))
	return append(b, reason...)
}

// FrameLen is the length of the frame of ours that b begins with.
func FrameLen(b []byte) int {
	switch n := b[1]; n {
	case extended:
		return 4 + int(binary.BigEndian.Uint16(b[2:]))
	case extended8:
		return 10 + int(binary.BigEndian.Uint64(b[2:]))
	default:
		return 2 + int(n)
	}
}

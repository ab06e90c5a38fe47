package load

import (
	"encoding/binary"
	"time"
)

// MessageSize is the length of a message: what a game's update of a position
// and some state takes.
const MessageSize = 64

// stamp is what a message says of itself, at its front.
type stamp struct {
	run    uint32
	sender uint32
	due    time.Duration // when it was to be sent
}

func (s stamp) write(b []byte) {
	binary.LittleEndian.PutUint32(b, s.run)
	binary.LittleEndian.PutUint32(b[4:], s.sender)
	binary.LittleEndian.PutUint64(b[8:], uint64(s.due))
}

func readStamp(b []byte) (s stamp, ok bool) {
	if len(b) != MessageSize {
		return stamp{}, false
	}
	return stamp{
		run:    binary.LittleEndian.Uint32(b),
		sender: binary.LittleEndian.Uint32(b[4:]),
		due:    time.Duration(binary.LittleEndian.Uint64(b[8:])),
	}, true
}

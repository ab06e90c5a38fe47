package engine

import (
	"encoding/binary"
	"errors"
)

const (
	placeBits = 8
	// together is how many messages share an entry at most.
	together = 1 << placeBits
)

// sequence is the place of something in the order of a party: the number of its
// entry in the log and, where messages share one, which of them it is. It stays
// below 2^53, up to which JavaScript counts, for the first 2^45 entries.
func sequence(entry uint64, which int) uint64 { return entry<<placeBits | uint64(which) }

// entryOf is the number of the entry in which a sequence lies.
func entryOf(seq uint64) uint64 { return seq >> placeBits }

// appendMessage adds a message to an entry: its length, and itself.
func appendMessage(b, message []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(message)))
	return append(b, message...)
}

var errMessages = errors.New("engine: an entry of messages cannot be read")

// messagesOf takes an entry of messages apart.
func messagesOf(b []byte) (messages [][]byte, err error) {
	for len(b) > 0 {
		size, n := binary.Uvarint(b)
		if n <= 0 || size > uint64(len(b)-n) || len(messages) == together {
			return nil, errMessages
		}
		end := n + int(size)
		messages, b = append(messages, b[n:end:end]), b[end:]
	}
	if len(messages) == 0 {
		return nil, errMessages
	}
	return messages, nil
}

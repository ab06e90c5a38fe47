package ws

import (
	"encoding/binary"
	"math/bits"
)

// unmask takes a client's mask off b and returns the key turned to where the
// next byte begins. The key's first byte is its lowest.
func unmask(b []byte, key uint32) uint32 {
	wide := uint64(key)<<32 | uint64(key)
	for len(b) >= 8 {
		binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)^wide)
		b = b[8:]
	}
	for i := range b {
		b[i] ^= byte(key)
		key = bits.RotateLeft32(key, -8)
	}
	return key
}

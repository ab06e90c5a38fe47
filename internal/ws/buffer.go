package ws

import "sync"

// A Buffer is borrowed for as long as bytes are under way, so that a connection
// with nothing under way has none.
type Buffer struct{ B []byte }

const (
	freshBuffer = 1 << 10  // what a borrowed buffer holds without growing
	keepBuffer  = 32 << 10 // larger ones are not kept
)

var buffers = sync.Pool{New: func() any { return &Buffer{make([]byte, 0, freshBuffer)} }}

// Borrow returns an empty buffer.
func Borrow() *Buffer { return buffers.Get().(*Buffer) }

// Return gives a buffer back; nothing may use it any more. nil is none.
func (b *Buffer) Return() {
	if b == nil || cap(b.B) > keepBuffer {
		return
	}
	b.B = b.B[:0]
	buffers.Put(b)
}

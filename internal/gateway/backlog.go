package gateway

import "partykit/internal/ws"

// backlog is what waits to be written to a client: frames, of the first of which
// a part may be written. Its zero value is empty, and holds no memory.
type backlog struct {
	out  *ws.Buffer // nil: nothing waits
	edge int        // where the first frame begins that is not all written
	sent int        // how much of out is written
	late second     // when no more than maxWaiting must wait any more; 0: no more waits
}

func (b *backlog) add(op ws.Op, data []byte) {
	b.borrow()
	b.out.B = ws.AppendFrame(b.out.B, op, data)
}

func (b *backlog) addClose(code int, reason string) {
	b.borrow()
	b.out.B = ws.AppendClose(b.out.B, code, reason)
}

func (b *backlog) borrow() {
	if b.out == nil {
		b.out = ws.Borrow()
	}
}

// waiting is what is to be written, until anything else happens to the backlog.
func (b *backlog) waiting() []byte {
	if b.out == nil {
		return nil
	}
	return b.out.B[b.sent:]
}

// much reports whether more than maxWaiting waits. It mostly does not, and no
// call is made to see that.
func (b *backlog) much() bool { return len(b.waiting()) > maxWaiting }

// tooMuch reports whether more than maxBurst waits, or more than maxWaiting has
// waited at every moment of writeTime. It is asked when something was added.
func (b *backlog) tooMuch(clock func() second) bool {
	switch {
	case !b.much():
		return false
	case len(b.waiting()) > maxBurst:
		return true
	case b.late == 0:
		b.late = clock() + seconds(writeTime) + 1 // this second is not over
		return false
	}
	return clock() >= b.late
}

// wrote notes that n bytes of what waits are written, and gives the memory back
// when that was all.
func (b *backlog) wrote(n int) {
	b.sent += n
	left := len(b.waiting())
	if left == 0 {
		b.drop()
		return
	}
	if left <= maxWaiting {
		b.late = 0
	}
	for b.edge+2 <= b.sent {
		next := b.edge + ws.FrameLen(b.out.B[b.edge:])
		if next > b.sent {
			break
		}
		b.edge = next
	}
	if b.edge > len(b.out.B)/2 {
		b.out.B = append(b.out.B[:0], b.out.B[b.edge:]...)
		b.sent, b.edge = b.sent-b.edge, 0
	}
}

// cut drops what waits, and the memory it took, but for the rest of a frame of
// which a part is written.
func (b *backlog) cut() {
	if b.out == nil {
		return
	}
	end := b.edge
	for end < b.sent {
		end += ws.FrameLen(b.out.B[end:])
	}
	kept := ws.Borrow()
	kept.B = append(kept.B, b.out.B[b.edge:end]...)
	b.out.Return()
	*b = backlog{out: kept, sent: b.sent - b.edge}
}

// drop drops all that waits.
func (b *backlog) drop() {
	b.out.Return()
	*b = backlog{}
}

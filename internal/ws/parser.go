package ws

import (
	"encoding/binary"
	"unicode/utf8"
)

// A Message is what a client said: a whole message, or a control frame. The zero
// Message is none.
type Message struct {
	Op   Op
	Data []byte
}

// A Parser reads what one client sends. Messages are at most Limit bytes long.
// Between two messages it holds no memory.
type Parser struct {
	Limit int

	part    *Buffer // of a header, or of a control frame, that is not all there
	message *Buffer // what came of a message, unmasked
	spent   *Buffer // in which the message is that Next returned last

	op      Op // of the message
	inside  bool
	last    bool // the frame is the message's last
	key     uint32
	left    int // bytes of the frame that are still to come
	checked int // bytes of a text that are whole runes
}

// Next takes a message out of b and returns what follows it. Where there is no
// whole message it takes all of b, and returns the zero Message. Data is in b or
// in the parser's memory, and is good until the next call; b is written over.
// After an error the parser is of no use.
func (p *Parser) Next(b []byte) (Message, []byte, error) {
	p.spent.Return()
	p.spent = nil
	for len(b) > 0 {
		if p.left > 0 {
			n := min(p.left, len(b))
			if err := p.take(b[:n]); err != nil {
				return Message{}, nil, err
			}
			if b = b[n:]; p.left > 0 {
				return Message{}, nil, nil
			}
			if p.last {
				return p.whole(), b, nil
			}
		}
		m, rest, err := p.frame(b)
		if err != nil || m.Op != 0 {
			return m, rest, err
		}
		b = rest
	}
	return Message{}, nil, nil
}

// Release gives back what the parser has borrowed. It is of no use afterwards.
func (p *Parser) Release() {
	p.part.Return()
	p.message.Return()
	p.spent.Return()
	p.part, p.message, p.spent = nil, nil, nil
}

// frame begins a frame. One that is all there, and is a message or a control
// frame, is returned; of a part of a message the payload is left to take.
func (p *Parser) frame(b []byte) (Message, []byte, error) {
	head, rest := b, b
	if p.part != nil {
		head = p.part.B
	}
	for {
		need, err := p.need(head)
		if err != nil {
			return Message{}, nil, err
		}
		if need <= len(head) {
			break
		}
		if len(rest) == 0 || p.part == nil { // keep what there is of it
			if p.part == nil && len(b) > 0 {
				p.part = Borrow()
				p.part.B = append(p.part.B, b...)
			}
			return Message{}, nil, nil
		}
		n := min(need-len(head), len(rest))
		p.part.B = append(p.part.B, rest[:n]...)
		head, rest = p.part.B, rest[n:]
	}
	h := parseHeader(head)
	if p.part == nil {
		rest = b[h.size:]
	}
	if h.op.control() {
		return p.control(h, head, rest)
	}
	p.begin(h)
	if p.part != nil {
		p.part.Return()
		p.part = nil
	} else if h.final && p.message == nil && h.length <= len(rest) {
		return p.atOnce(h, rest)
	}
	if p.left == 0 && p.last {
		if err := p.take(nil); err != nil {
			return Message{}, nil, err
		}
		return p.whole(), rest, nil
	}
	return Message{}, rest, nil
}

// begin notes a frame of a message.
func (p *Parser) begin(h header) {
	if h.op != More {
		p.op, p.checked = h.op, 0
	}
	p.inside, p.last, p.key, p.left = !h.final, h.final, h.key, h.length
}

// atOnce returns a message that is all in b.
func (p *Parser) atOnce(h header, b []byte) (Message, []byte, error) {
	data := b[:h.length:h.length]
	unmask(data, h.key)
	p.left = 0
	if p.op == Text && !utf8.Valid(data) {
		return Message{}, nil, ErrUTF8
	}
	return Message{p.op, data}, b[h.length:], nil
}

// control returns a control frame, which is all there: in head, behind its
// header, if that is the parser's, else at the beginning of rest.
func (p *Parser) control(h header, head, rest []byte) (Message, []byte, error) {
	data := head[h.size : h.size+h.length]
	if p.part == nil {
		rest = rest[h.length:]
	} else {
		p.part, p.spent = nil, p.part
	}
	unmask(data, h.key)
	if h.op == Close {
		if _, err := CloseCode(data); err != nil {
			return Message{}, nil, err
		}
	}
	return Message{h.op, data}, rest, nil
}

// take adds bytes of the frame to the message.
func (p *Parser) take(b []byte) error {
	if p.message == nil {
		p.message = Borrow()
	}
	p.key = unmask(b, p.key)
	p.left -= len(b)
	p.message.B = append(p.message.B, b...)
	if p.op != Text {
		return nil
	}
	n, ok := runes(p.message.B[p.checked:])
	p.checked += n
	if !ok || p.last && p.left == 0 && p.checked < len(p.message.B) {
		return ErrUTF8
	}
	return nil
}

// whole returns the message that was gathered.
func (p *Parser) whole() Message {
	p.message, p.spent = nil, p.message
	return Message{p.op, p.spent.B}
}

// runes returns how many bytes at the beginning of a text are whole runes. It
// reports false if what follows them is not the beginning of one.
func runes(text []byte) (n int, ok bool) {
	if utf8.Valid(text) {
		return len(text), true
	}
	for n = len(text) - 1; n >= 0 && n >= len(text)-utf8.UTFMax+1; n-- {
		if utf8.RuneStart(text[n]) {
			return n, !utf8.FullRune(text[n:]) && utf8.Valid(text[:n])
		}
	}
	return 0, false
}

// header is a frame's head.
type header struct {
	op     Op
	final  bool
	size   int // of the head
	length int // of the payload
	key    uint32
}

// parseHeader reads a header that need has found whole and right.
func parseHeader(b []byte) header {
	h := header{op: Op(b[0] & 0x0f), final: b[0]&final != 0, size: 2, length: int(b[1] &^ masked)}
	switch h.length {
	case extended:
		h.length, h.size = int(binary.BigEndian.Uint16(b[2:])), 4
	case extended8:
		h.length, h.size = int(binary.BigEndian.Uint64(b[2:])), 10
	}
	h.key = binary.LittleEndian.Uint32(b[h.size:])
	h.size += 4
	return h
}

// need says how many bytes must be there to go on with a frame that begins with
// b: its header, of a control frame all of it. It refuses what can be refused by
// the bytes that are there.
func (p *Parser) need(b []byte) (int, error) {
	if len(b) == 0 {
		return 2, nil
	}
	op := Op(b[0] & 0x0f)
	switch {
	case b[0]&reserved != 0:
		return 0, ErrReserved
	case op > Binary && op < Close || op > Pong:
		return 0, ErrOpcode
	case op.control() && b[0]&final == 0:
		return 0, ErrControl
	case op == More && !p.inside:
		return 0, ErrContinuation
	case (op == Text || op == Binary) && p.inside:
		return 0, ErrInterrupted
	case len(b) == 1:
		return 2, nil
	}
	n := int(b[1] &^ masked)
	switch {
	case b[1]&masked == 0:
		return 0, ErrUnmasked
	case op.control() && n > maxControl:
		return 0, ErrControl
	case op.control():
		return 2 + 4 + n, nil
	case n == extended && len(b) < 4:
		return 4, nil
	case n == extended8 && len(b) < 10:
		return 10, nil
	}
	size, length := 2, uint64(n)
	switch n {
	case extended:
		size, length = 4, uint64(binary.BigEndian.Uint16(b[2:]))
		if length < extended {
			return 0, ErrLength
		}
	case extended8:
		size, length = 10, binary.BigEndian.Uint64(b[2:])
		if length < 1<<16 || length > 1<<63-1 {
			return 0, ErrLength
		}
	}
	have := 0
	if p.message != nil {
		have = len(p.message.B)
	}
	if length > uint64(p.Limit-have) {
		return 0, ErrTooBig
	}
	return size + 4, nil
}

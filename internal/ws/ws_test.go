package ws_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"partykit/internal/ws"
)

const limit = 64 << 10

// masked is a client's frame.
func masked(first byte, payload string) []byte {
	b := []byte{first}
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	key := []byte{0x12, 0x34, 0x56, 0x78}
	b = append(b, key...)
	for i := range len(payload) {
		b = append(b, payload[i]^key[i%4])
	}
	return b
}

func frames(list ...[]byte) []byte { return bytes.Join(list, nil) }

// read parses what a client sends in pieces of a size, up to its close, and
// writes down what it said.
func read(b []byte, piece int) (said []string, err error) {
	p := &ws.Parser{Limit: limit}
	defer p.Release()
	b = bytes.Clone(b)
	for len(b) > 0 {
		n := min(piece, len(b))
		rest := b[:n]
		b = b[n:]
		for len(rest) > 0 {
			var m ws.Message
			if m, rest, err = p.Next(rest); err != nil {
				return said, err
			}
			if m.Op != 0 {
				said = append(said, fmt.Sprintf("%x:%s", byte(m.Op), m.Data))
			}
			if m.Op == ws.Close {
				return said, nil
			}
		}
	}
	return said, nil
}

func TestWhatAClientSays(t *testing.T) {
	long := strings.Repeat("0123456789", 6000)
	for name, c := range map[string]struct {
		sent []byte
		want []string
		err  *ws.Error
	}{
		"a text":                     {masked(0x81, "hello"), []string{"1:hello"}, nil},
		"bytes that are no text":     {masked(0x82, "\xff\x00"), []string{"2:\xff\x00"}, nil},
		"nothing":                    {masked(0x81, ""), []string{"1:"}, nil},
		"two messages":               {frames(masked(0x81, "a"), masked(0x82, "b")), []string{"1:a", "2:b"}, nil},
		"lengths of two bytes":       {masked(0x81, long[:126]), []string{"1:" + long[:126]}, nil},
		"the largest":                {masked(0x82, strings.Repeat("x", limit)), []string{"2:" + strings.Repeat("x", limit)}, nil},
		"in parts":                   {frames(masked(0x01, "a"), masked(0x00, ""), masked(0x80, "b")), []string{"1:ab"}, nil},
		"in parts, the last empty":   {frames(masked(0x01, "a"), masked(0x80, "")), []string{"1:a"}, nil},
		"in parts that are all none": {frames(masked(0x02, ""), masked(0x80, "")), []string{"2:"}, nil},
		"a rune torn apart":          {frames(masked(0x01, "\xe2\x82"), masked(0x80, "\xac")), []string{"1:€"}, nil},
		"a ping between parts":       {frames(masked(0x01, "a"), masked(0x89, "p"), masked(0x80, "b")), []string{"9:p", "1:ab"}, nil},
		"a pong":                     {masked(0x8a, ""), []string{"a:"}, nil},
		"a close":                    {masked(0x88, "\x03\xe8bye"), []string{"8:\x03\xe8bye"}, nil},
		"after parts":                {frames(masked(0x01, "a"), masked(0x80, "b"), masked(0x82, "c")), []string{"1:ab", "2:c"}, nil},

		"reserved bits":          {masked(0xc1, "a"), nil, ws.ErrReserved},
		"an opcode for messages": {masked(0x83, "a"), nil, ws.ErrOpcode},
		"an opcode for control":  {masked(0x8b, "a"), nil, ws.ErrOpcode},
		"no mask":                {[]byte{0x81, 1, 'a'}, nil, ws.ErrUnmasked},
		"a long way to say 5":    {[]byte{0x81, 0x80 | 126, 0, 5}, nil, ws.ErrLength},
		"a longer way to say 5":  {[]byte{0x81, 0x80 | 127, 0, 0, 0, 0, 0, 0, 0, 5}, nil, ws.ErrLength},
		"a length below zero":    {[]byte{0x82, 0x80 | 127, 0xff, 0, 0, 0, 0, 0, 0, 0}, nil, ws.ErrLength},
		"a long ping":            {masked(0x89, long[:126]), nil, ws.ErrControl},
		"a ping in parts":        {masked(0x09, "p"), nil, ws.ErrControl},
		"a part of nothing":      {masked(0x80, "a"), nil, ws.ErrContinuation},
		"a message in another":   {frames(masked(0x01, "a"), masked(0x81, "b")), nil, ws.ErrInterrupted},
		"a text that is none":    {masked(0x81, "a\xff"), nil, ws.ErrUTF8},
		"half a rune":            {masked(0x81, "a\xe2\x82"), nil, ws.ErrUTF8},
		"a surrogate":            {masked(0x81, "\xed\xa0\x80"), nil, ws.ErrUTF8},
		"a text that cannot become one": {
			append([]byte{0x01, 0x80 | 3, 0, 0, 0, 0}, "\xf4\x90"...), nil, ws.ErrUTF8, // its third byte has not come
		},
		"a part too much":    {frames(masked(0x02, strings.Repeat("x", limit)), masked(0x00, "x")), nil, ws.ErrTooBig},
		"too big":            {masked(0x82, strings.Repeat("x", limit+1))[:14], nil, ws.ErrTooBig},
		"a close of 1 byte":  {masked(0x88, "\x03"), nil, ws.ErrClose},
		"close code 1005":    {masked(0x88, "\x03\xed"), nil, ws.ErrClose},
		"close code 5000":    {masked(0x88, "\x13\x88"), nil, ws.ErrClose},
		"a close in no text": {masked(0x88, "\x03\xe8\xff"), nil, ws.ErrUTF8},
	} {
		t.Run(name, func(t *testing.T) {
			for _, piece := range []int{1 << 20, 1, 2, 3, 7, 1000} {
				said, err := read(c.sent, piece)
				if e, _ := errors.AsType[*ws.Error](err); e != c.err {
					t.Errorf("in pieces of %d: %v; want %v", piece, err, c.err)
				}
				if strings.Join(said, "|") != strings.Join(c.want, "|") {
					t.Errorf("in pieces of %d: %.100q", piece, said)
				}
			}
		})
	}
}

// What a client claims costs nothing until it comes.
func TestAClaimTakesNoMemory(t *testing.T) {
	head := masked(0x82, strings.Repeat("x", limit))[:14]
	got := testing.AllocsPerRun(100, func() {
		p := ws.Parser{Limit: limit}
		p.Next(head)
		p.Release()
	})
	if got > 0 {
		t.Errorf("%v allocations", got)
	}
}

func TestFramesOfOurs(t *testing.T) {
	for _, n := range []int{0, 1, 125, 126, 127, 65535, 65536, 1 << 20} {
		b := ws.AppendFrame([]byte("before"), ws.Binary, make([]byte, n))[6:]
		if got := ws.FrameLen(append(b, "after"...)); got != len(b) {
			t.Errorf("the frame of %d bytes is %d long, and said to be %d", n, len(b), got)
		}
	}
	b := ws.AppendClose(nil, 4001, strings.Repeat("x", 200))
	if len(b) != 127 || b[1] != 125 || binary.BigEndian.Uint16(b[2:]) != 4001 {
		t.Errorf("a close frame is % x", b[:4])
	}
	if got := ws.AppendClose(nil, 0, "unheard"); !bytes.Equal(got, []byte{0x88, 0}) {
		t.Errorf("a close frame without a code is % x", got)
	}
}

func BenchmarkNext(b *testing.B) {
	sent := masked(0x82, strings.Repeat("x", 64))
	buffer := make([]byte, len(sent))
	p := ws.Parser{Limit: limit}
	b.ReportAllocs()
	for b.Loop() {
		copy(buffer, sent)
		if m, _, err := p.Next(buffer); err != nil || len(m.Data) != 64 {
			b.Fatal(err)
		}
	}
}

func BenchmarkNextTorn(b *testing.B) {
	sent := masked(0x82, strings.Repeat("x", 64))
	buffer := make([]byte, len(sent))
	p := ws.Parser{Limit: limit}
	b.ReportAllocs()
	for b.Loop() {
		copy(buffer, sent)
		p.Next(buffer[:20])
		if m, _, err := p.Next(buffer[20:]); err != nil || len(m.Data) != 64 {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendFrame(b *testing.B) {
	payload := make([]byte, 64)
	var out []byte
	b.ReportAllocs()
	for b.Loop() {
		out = ws.AppendFrame(out[:0], ws.Binary, payload)
	}
}

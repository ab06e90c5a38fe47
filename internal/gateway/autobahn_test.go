package gateway_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"partykit/internal/gateway"
	"partykit/internal/loop"
	"partykit/internal/ws"
)

// step is what a client of a case sends at once, byte by byte or in pieces.
type step struct {
	bytes []byte
	piece int // 0: at once
}

// outcome is how a case ends: with a close code of ours, 0 is one without a
// code; or, with -1, with the client's close being answered.
const answered = -1

// check is a case of the well-known Autobahn suite, by its number: what is sent,
// what comes back until the close, and how it closes.
type check struct {
	number string
	sent   []step
	want   []string // "1:text", "2:bytes", "a:pong"
	code   int
}

// checks are the cases of the suite that concern a server without extensions.
// Those with large messages (9) are scaled to what a frame may be here.
func checks() []check {
	var list []check
	add := func(number string, sent []byte, code int, want ...string) {
		list = append(list, check{number, []step{{bytes: sent}}, want, code})
	}
	pieces := func(number string, sent []byte, piece, code int, want ...string) {
		list = append(list, check{number, []step{{sent, piece}}, want, code})
	}
	join := func(frames ...[]byte) []byte { return bytes.Join(frames, nil) }
	fill := func(n int) string { return strings.Repeat("*", n) }
	text := func(s string) []byte { return fromClient(0x81, s) }

	// 1: framing.
	for i, size := range []int{0, 125, 126, 127, 128, 65535, 65536} {
		add(fmt.Sprintf("1.1.%d", i+1), text(fill(size)), answered, "1:"+fill(size))
		add(fmt.Sprintf("1.2.%d", i+1), fromClient(0x82, strings.Repeat("\xfe", size)), answered, "2:"+strings.Repeat("\xfe", size))
	}
	pieces("1.1.8", text(fill(65536)), 997, answered, "1:"+fill(65536))
	pieces("1.2.8", fromClient(0x82, strings.Repeat("\xfe", 65536)), 997, answered, "2:"+strings.Repeat("\xfe", 65536))

	// 2: pings and pongs.
	add("2.1", fromClient(0x89, ""), answered, "a:")
	add("2.2", fromClient(0x89, "Hello, world!"), answered, "a:Hello, world!")
	add("2.3", fromClient(0x89, "\x00\xff\xfe\xfd\xfc\xfb\x00\xff"), answered, "a:\x00\xff\xfe\xfd\xfc\xfb\x00\xff")
	add("2.4", fromClient(0x89, strings.Repeat("\xfe", 125)), answered, "a:"+strings.Repeat("\xfe", 125))
	add("2.5", fromClient(0x89, strings.Repeat("\xfe", 126)), 1002)
	pieces("2.6", fromClient(0x89, strings.Repeat("\xfe", 125)), 1, answered, "a:"+strings.Repeat("\xfe", 125))
	add("2.7", fromClient(0x8a, ""), answered)
	add("2.8", fromClient(0x8a, "unsolicited pong payload"), answered)
	add("2.9", join(fromClient(0x8a, "unsolicited pong payload"), fromClient(0x89, "ping payload")), answered, "a:ping payload")
	var ten []byte
	var tenPongs []string
	for i := range 10 {
		ten = append(ten, fromClient(0x89, fmt.Sprint("payload-", i))...)
		tenPongs = append(tenPongs, fmt.Sprint("a:payload-", i))
	}
	add("2.10", ten, answered, tenPongs...)
	pieces("2.11", ten, 1, answered, tenPongs...)

	// 3: reserved bits.
	add("3.1", fromClient(0x81|0x10, "small payload"), 1002)
	add("3.2", join(text("small payload"), fromClient(0x81|0x20, "small payload")), 1002, "1:small payload")
	add("3.3", join(text("small payload"), fromClient(0x81|0x30, "small payload")), 1002, "1:small payload")
	pieces("3.4", join(text("small payload"), fromClient(0x81|0x40, "small payload")), 1, 1002, "1:small payload")
	add("3.5", fromClient(0x82|0x50, "\x00\xff\xfe\xfd"), 1002)
	add("3.6", fromClient(0x89|0x60, ""), 1002)
	add("3.7", fromClient(0x88|0x70, ""), 1002)

	// 4: opcodes that are reserved.
	for i, op := range []byte{3, 4, 5, 6, 7} {
		sent := fromClient(0x80|op, "")
		if i > 0 {
			sent = join(text("Hello"), fromClient(0x80|op, fill(i-1)))
		}
		want := []string{"1:Hello"}[:min(i, 1)]
		add(fmt.Sprintf("4.1.%d", i+1), sent, 1002, want...)
	}
	for i, op := range []byte{11, 12, 13, 14, 15} {
		sent := fromClient(0x80|op, "")
		if i > 0 {
			sent = join(text("Hello"), fromClient(0x80|op, fill(i-1)))
		}
		want := []string{"1:Hello"}[:min(i, 1)]
		add(fmt.Sprintf("4.2.%d", i+1), sent, 1002, want...)
	}

	// 5: fragments.
	add("5.1", join(fromClient(0x09, "fragment1"), fromClient(0x80, "fragment2")), 1002)
	add("5.2", join(fromClient(0x0a, "fragment1"), fromClient(0x80, "fragment2")), 1002)
	add("5.3", join(fromClient(0x01, "fragment1"), fromClient(0x80, "fragment2")), answered, "1:fragment1fragment2")
	list = append(list, check{"5.4", []step{{bytes: fromClient(0x01, "fragment1")}, {bytes: fromClient(0x80, "fragment2")}}, []string{"1:fragment1fragment2"}, answered})
	pieces("5.5", join(fromClient(0x01, "fragment1"), fromClient(0x80, "fragment2")), 1, answered, "1:fragment1fragment2")
	withPing := join(fromClient(0x01, "fragment1"), fromClient(0x89, "ping payload"), fromClient(0x80, "fragment2"))
	add("5.6", withPing, answered, "a:ping payload", "1:fragment1fragment2")
	list = append(list, check{"5.7", []step{{bytes: withPing[:15]}, {bytes: withPing[15:33]}, {bytes: withPing[33:]}}, []string{"a:ping payload", "1:fragment1fragment2"}, answered})
	pieces("5.8", withPing, 1, answered, "a:ping payload", "1:fragment1fragment2")
	nothing := join(fromClient(0x80, "non-continuation payload"), text("Hello, world!"))
	add("5.9", nothing, 1002)
	list = append(list, check{"5.10", []step{{bytes: nothing[:30]}, {bytes: nothing[30:]}}, nil, 1002})
	pieces("5.11", nothing, 1, 1002)
	nothing = join(fromClient(0x00, "non-continuation payload"), text("Hello, world!"))
	add("5.12", nothing, 1002)
	list = append(list, check{"5.13", []step{{bytes: nothing[:30]}, {bytes: nothing[30:]}}, nil, 1002})
	pieces("5.14", nothing, 1, 1002)
	add("5.15", join(fromClient(0x01, "fragment1"), fromClient(0x80, "fragment2"), fromClient(0x00, "fragment3"), fromClient(0x81, "fragment4")), 1002, "1:fragment1fragment2")
	add("5.16", join(fromClient(0x00, "fragment1"), fromClient(0x01, "fragment2"), fromClient(0x80, "fragment3")), 1002)
	add("5.17", join(fromClient(0x80, "fragment1"), fromClient(0x01, "fragment2"), fromClient(0x80, "fragment3")), 1002)
	add("5.18", join(fromClient(0x01, "fragment1"), text("fragment2")), 1002)
	five := join(fromClient(0x01, "fragment1"), fromClient(0x00, "fragment2"), fromClient(0x89, "pongme 1!"), fromClient(0x00, "fragment3"),
		fromClient(0x00, "fragment4"), fromClient(0x89, "pongme 2!"), fromClient(0x80, "fragment5"))
	all := "1:fragment1fragment2fragment3fragment4fragment5"
	list = append(list, check{"5.19", []step{{bytes: five[:30]}, {bytes: five[30:]}}, []string{"a:pongme 1!", "a:pongme 2!", all}, answered})
	add("5.20", five, answered, "a:pongme 1!", "a:pongme 2!", all)

	// 6: UTF-8. A text that is none is refused whole, in fragments, and byte by
	// byte; one that is comes back however it is torn.
	utf := func(number, s string) {
		sent, want, code := text(s), []string{"1:" + s}, answered
		if !utf8.ValidString(s) {
			want, code = nil, 1007
		}
		add(number, sent, code, want...)
	}
	add("6.1.1", text(""), answered, "1:")
	add("6.1.2", join(fromClient(0x01, ""), fromClient(0x00, ""), fromClient(0x80, "")), answered, "1:")
	add("6.1.3", join(fromClient(0x01, ""), fromClient(0x00, "middle frame payload"), fromClient(0x80, "")), answered, "1:middle frame payload")
	greek := "Hello-µ@ßöäüàá-UTF-8!!"
	add("6.2.1", text(greek), answered, "1:"+greek)
	add("6.2.2", join(fromClient(0x01, greek[:12]), fromClient(0x80, greek[12:])), answered, "1:"+greek)
	single := func(s string) []byte {
		var b []byte
		for i := range len(s) {
			first := byte(0)
			if i == 0 {
				first = 0x01
			}
			b = append(b, fromClient(first, s[i:i+1])...)
		}
		return append(b, fromClient(0x80, "")...)
	}
	add("6.2.3", single(greek), answered, "1:"+greek)
	kosme := "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5"
	add("6.2.4", single(kosme), answered, "1:"+kosme)
	surrogate := kosme + "\xed\xa0\x80edited"
	utf("6.3.1", surrogate)
	add("6.3.2", single(surrogate), 1007)
	// 6.4: refused as soon as it shows, before the message is whole.
	add("6.4.1", join(fromClient(0x01, kosme), fromClient(0x00, "\xf4\x90\x80\x80")), 1007)
	add("6.4.2", join(fromClient(0x01, kosme+"\xf4"), fromClient(0x00, "\x90")), 1007)
	early := fromClient(0x81, kosme+"\xf4\x90\x80\x80edited")
	add("6.4.3", early[:6+len(kosme)+4], 1007)
	add("6.4.4", early[:6+len(kosme)+2], 1007)
	for group, texts := range utf8Texts {
		for i, s := range texts {
			utf(fmt.Sprintf("6.%d.%d", group+5, i+1), s)
		}
	}

	// 7: closing.
	add("7.1.1", text("Hello World!"), answered, "1:Hello World!")
	add("7.1.2", join(fromClient(0x88, ""), fromClient(0x88, "")), 0)
	add("7.1.3", join(fromClient(0x88, ""), fromClient(0x89, "")), 0)
	add("7.1.4", join(fromClient(0x88, ""), text("Hello World!")), 0)
	add("7.1.5", join(fromClient(0x01, "fragment1"), fromClient(0x88, ""), fromClient(0x80, "fragment2")), 0)
	add("7.1.6", join(text(fill(65536)), text("Hello World!"), fromClient(0x88, "")), 0, "1:"+fill(65536), "1:Hello World!")
	closing := func(code int, reason string) []byte {
		return fromClient(0x88, string(binary.BigEndian.AppendUint16(nil, uint16(code)))+reason)
	}
	add("7.3.1", fromClient(0x88, ""), 0)
	add("7.3.2", fromClient(0x88, "a"), 1002)
	add("7.3.3", closing(1000, ""), 1000)
	add("7.3.4", closing(1000, "Hello World!"), 1000)
	add("7.3.5", closing(1000, fill(123)), 1000)
	add("7.3.6", closing(1000, fill(124)), 1002)
	add("7.5.1", closing(1000, "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited"), 1007)
	for i, code := range []int{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999} {
		add(fmt.Sprintf("7.7.%d", i+1), closing(code, ""), code)
	}
	for i, code := range []int{0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999} {
		add(fmt.Sprintf("7.9.%d", i+1), closing(code, ""), 1002)
	}
	add("7.13.1", closing(5000, ""), 1002)
	add("7.13.2", closing(65535, ""), 1002)

	// 9: size and number.
	sizes := []int{64, 256, 1 << 10, 4 << 10, 8 << 10, 16 << 10}
	for i, size := range sizes {
		add(fmt.Sprintf("9.1.%d", i+1), text(fill(4*size)), answered, "1:"+fill(4*size))
		add(fmt.Sprintf("9.2.%d", i+1), fromClient(0x82, strings.Repeat("\xfe", 4*size)), answered, "2:"+strings.Repeat("\xfe", 4*size))
		pieces(fmt.Sprintf("9.5.%d", i+1), text(fill(16<<10)), size, answered, "1:"+fill(16<<10))
		pieces(fmt.Sprintf("9.6.%d", i+1), fromClient(0x82, fill(16<<10)), size, answered, "2:"+fill(16<<10))
	}
	for i := range 9 { // a message of 64 KiB in fragments of a size
		for group, op := range []byte{1, 2} {
			size := 64 << (i + 2)
			whole := fill(64 << 10)
			var b []byte
			for at := 0; at < len(whole); at += size {
				first := byte(0)
				if at == 0 {
					first = op
				}
				if at+size >= len(whole) {
					first |= 0x80
				}
				b = append(b, fromClient(first, whole[at:min(at+size, len(whole))])...)
			}
			add(fmt.Sprintf("9.%d.%d", 3+group, i+1), b, answered, fmt.Sprintf("%d:%s", op, whole))
		}
	}
	for i, size := range []int{0, 16, 64, 256, 1 << 10, 4 << 10} {
		for group, op := range []byte{1, 2} {
			var b []byte
			var want []string
			for range 100 {
				b = append(b, fromClient(0x80|op, fill(size))...)
				want = append(want, fmt.Sprintf("%d:%s", op, fill(size)))
			}
			add(fmt.Sprintf("9.%d.%d", 7+group, i+1), b, answered, want...)
		}
	}

	// 10: one fragment that is torn from its header.
	list = append(list, check{"10.1.1", []step{{fromClient(0x81, fill(65536)), 1300}}, []string{"1:" + fill(65536)}, answered})
	return list
}

// utf8Texts are groups 6.5 to 6.23, by their order.
var utf8Texts = [][]string{
	{"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xf4\x90\x80\x80edited", "\xf4\x90", "\xf4\x90\x80", "\xf4\x90\x80\x80", "\xed\xa0\x80"},
	{"\xce", "\xce\xba", "\xce\xba\xe1", "\xce\xba\xe1\xbd", "\xce\xba\xe1\xbd\xb9", "\xce\xba\xe1\xbd\xb9\xcf", "\xce\xba\xe1\xbd\xb9\xcf\x83",
		"\xce\xba\xe1\xbd\xb9\xcf\x83\xce", "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc", "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce", "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5"},
	{"\x00", "\xc2\x80", "\xe0\xa0\x80", "\xf0\x90\x80\x80"},
	{"\xf8\x88\x80\x80\x80", "\xfc\x84\x80\x80\x80\x80"},
	{"\x7f", "\xdf\xbf", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf"},
	{"\xf7\xbf\xbf\xbf", "\xfb\xbf\xbf\xbf\xbf", "\xfd\xbf\xbf\xbf\xbf\xbf"},
	{"\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbd", "\xf4\x8f\xbf\xbf", "\xf4\x90\x80\x80"},
	{"\x80", "\xbf", "\x80\xbf", "\x80\xbf\x80", "\x80\xbf\x80\xbf", "\x80\xbf\x80\xbf\x80", "\x80\xbf\x80\xbf\x80\xbf", continuations},
	{leads(0xc0, 0xdf), leads(0xe0, 0xef), leads(0xf0, 0xf7), leads(0xf8, 0xfb), leads(0xfc, 0xfd)},
	{"\xc0", "\xe0\x80", "\xf0\x80\x80", "\xf8\x80\x80\x80", "\xfc\x80\x80\x80\x80", "\xdf", "\xef\xbf", "\xf7\xbf\xbf", "\xfb\xbf\xbf\xbf", "\xfd\xbf\xbf\xbf\xbf"},
	{"\xc0\xe0\x80\xf0\x80\x80\xf8\x80\x80\x80\xfc\x80\x80\x80\x80\xdf\xef\xbf\xf7\xbf\xbf\xfb\xbf\xbf\xbf\xfd\xbf\xbf\xbf\xbf"},
	{"\xfe", "\xff", "\xfe\xfe\xff\xff"},
	{"\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xf8\x80\x80\x80\xaf", "\xfc\x80\x80\x80\x80\xaf"},
	{"\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xf8\x87\xbf\xbf\xbf", "\xfc\x83\xbf\xbf\xbf\xbf"},
	{"\xc0\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80", "\xf8\x80\x80\x80\x80", "\xfc\x80\x80\x80\x80\x80"},
	{"\xed\xa0\x80", "\xed\xad\xbf", "\xed\xae\x80", "\xed\xaf\xbf", "\xed\xb0\x80", "\xed\xbe\x80", "\xed\xbf\xbf"},
	{"\xed\xa0\x80\xed\xb0\x80", "\xed\xa0\x80\xed\xbf\xbf", "\xed\xad\xbf\xed\xb0\x80", "\xed\xad\xbf\xed\xbf\xbf",
		"\xed\xae\x80\xed\xb0\x80", "\xed\xae\x80\xed\xbf\xbf", "\xed\xaf\xbf\xed\xb0\x80", "\xed\xaf\xbf\xed\xbf\xbf"},
	nonCharacters(),
	{"\ufeff", "\ufffb", "\ufffc", "\ufffd", "\u2028", "\u2029", "\ufff9"},
}

// continuations are all bytes that continue a rune, without a beginning.
var continuations = func() string {
	var b []byte
	for c := 0x80; c <= 0xbf; c++ {
		b = append(b, byte(c))
	}
	return string(b)
}()

// leads are bytes that begin a rune, each followed by a space.
func leads(from, to byte) string {
	var b []byte
	for c := from; c <= to; c++ {
		b = append(b, c, ' ')
	}
	return string(b)
}

// nonCharacters are the last two code points of every plane: no characters, but
// well-formed.
func nonCharacters() (list []string) {
	for plane := range rune(17) {
		list = append(list, string(plane<<16|0xfffe), string(plane<<16|0xffff))
	}
	return list
}

// echoer sends back what it is sent.
type echoer struct {
	conn *gateway.Conn
	loop *loop.Loop
	gone chan struct{}
}

func (e *echoer) Loop() *loop.Loop                   { return e.loop }
func (e *echoer) Text(_ *loop.Loop, b []byte) bool   { e.conn.Send(false, b); return false }
func (e *echoer) Binary(_ *loop.Loop, b []byte) bool { e.conn.Send(true, b); return false }
func (e *echoer) Gone()                              { close(e.gone) }

func TestAutobahn(t *testing.T) {
	list := checks()
	seen := map[string]bool{}
	for _, c := range list {
		if seen[c.number] {
			t.Fatalf("case %s is there twice", c.number)
		}
		seen[c.number] = true
	}
	if len(list) < 300 {
		t.Fatalf("%d cases", len(list))
	}
	both(t, func(o *gateway.Options) { o.Games = generous{o.Games} }, func(t *testing.T, w *world) {
		gone := make(chan *echoer, 1)
		w.hello = func(c gateway.Caller) (gateway.Session, error) {
			e := &echoer{c.Conn, w.loop, make(chan struct{})}
			gone <- e
			return e, nil
		}
		for _, c := range list {
			conn := w.greeted()
			e := <-gone
			got, code := talk(t, conn, c)
			if strings.Join(got, "|") != strings.Join(c.want, "|") || code != c.code {
				t.Errorf("case %s: %.200q, closed with %d; want %.200q, %d", c.number, got, code, c.want, c.code)
			}
			conn.Close()
			<-e.gone
		}
	})
}

// greeted is a bare connection after its upgrade and a hello.
func (w *world) greeted() net.Conn {
	w.t.Helper()
	conn, err := w.dialer(w.t.Context(), "", "")
	if err != nil {
		w.t.Fatal(err)
	}
	request := "GET /connect?game=demo HTTP/1.1\r\nHost: host.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	if _, err := conn.Write([]byte(request)); err != nil {
		w.t.Fatal(err)
	}
	var head []byte
	for one := make([]byte, 1); !bytes.HasSuffix(head, []byte("\r\n\r\n")); head = append(head, one...) {
		if _, err := io.ReadFull(conn, one); err != nil {
			w.t.Fatalf("answered %q, %v", head, err)
		}
	}
	if !strings.HasPrefix(string(head), fmt.Sprintf("HTTP/1.1 %d", http.StatusSwitchingProtocols)) {
		w.t.Fatalf("answered %q", head)
	}
	conn.Write(fromClient(0x81, `{"t":"hello","v":1,"key":"k"}`))
	return conn
}

// talk sends what a case sends, and a close where the client ends it, and
// returns what came back and the code that ended it.
func talk(t *testing.T, conn net.Conn, c check) (got []string, code int) {
	t.Helper()
	go func() {
		for _, s := range c.sent {
			piece := s.piece
			if piece == 0 {
				piece = len(s.bytes)
			}
			for b := s.bytes; len(b) > 0; {
				n := min(piece, len(b))
				if _, err := conn.Write(b[:n]); err != nil {
					return
				}
				b = b[n:]
			}
		}
		if c.code == answered {
			conn.Write(fromClient(0x88, "\x0f\xa7")) // 4007
		}
	}()
	for {
		op, data, err := fromServer(conn)
		switch {
		case err != nil:
			t.Fatalf("case %s: %v after %.100q", c.number, err, got)
		case op != ws.Close:
			got = append(got, fmt.Sprintf("%x:%s", byte(op), data))
			continue
		case len(data) == 0:
			return got, 0
		}
		if code = int(binary.BigEndian.Uint16(data)); code == 4007 && c.code == answered {
			code = answered
		}
		return got, code
	}
}

// fromServer reads a frame of ours.
func fromServer(r io.Reader) (ws.Op, []byte, error) {
	head := make([]byte, 2, 10)
	if _, err := io.ReadFull(r, head); err != nil {
		return 0, nil, err
	}
	if head[0]&0xf0 != 0x80 {
		return 0, nil, fmt.Errorf("a frame begins with %x", head[0])
	}
	more := map[byte]int{126: 2, 127: 8}[head[1]]
	head = head[:2+more]
	if _, err := io.ReadFull(r, head[2:]); err != nil {
		return 0, nil, err
	}
	size := int(head[1])
	switch more {
	case 2:
		size = int(binary.BigEndian.Uint16(head[2:]))
	case 8:
		size = int(binary.BigEndian.Uint64(head[2:]))
	}
	data := make([]byte, size)
	_, err := io.ReadFull(r, data)
	return ws.Op(head[0] & 0x0f), data, err
}

// fromClient is a frame as a client sends it.
func fromClient(first byte, payload string) []byte {
	b := ws.AppendFrame(nil, 0, []byte(payload))
	size := len(b) - len(payload)
	b[0], b[1] = first, b[1]|0x80
	key := [4]byte{1, 2, 3, 4}
	out := append(append([]byte{}, b[:size]...), key[:]...)
	for i := range len(payload) {
		out = append(out, payload[i]^key[i%4])
	}
	return out
}

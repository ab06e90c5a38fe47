package ws_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"partykit/internal/ws"
)

// server answers every message with itself, by a connection that it accepted.
func server(t testing.TB) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, came, ok := ws.Accept(w, r, time.Minute)
		if !ok {
			return
		}
		defer conn.Close()
		echo(conn, came)
	}))
	t.Cleanup(s.Close)
	return s
}

// echo answers every message with itself until either side closes.
func echo(conn net.Conn, came []byte) {
	p := &ws.Parser{Limit: limit}
	defer p.Release()
	buffer := make([]byte, 1000) // odd, so that frames are torn
	for rest := came; ; {
		for len(rest) > 0 {
			m, more, err := p.Next(rest)
			if e, ok := errors.AsType[*ws.Error](err); ok {
				conn.Write(ws.AppendClose(nil, e.Code, e.Reason))
				io.Copy(io.Discard, conn)
				return
			}
			rest = more
			switch m.Op {
			case ws.Text, ws.Binary:
				conn.Write(ws.AppendFrame(nil, m.Op, m.Data))
			case ws.Ping:
				conn.Write(ws.AppendFrame(nil, ws.Pong, m.Data))
			case ws.Close:
				code, _ := ws.CloseCode(m.Data)
				conn.Write(ws.AppendClose(nil, code, ""))
				return
			}
		}
		n, err := conn.Read(buffer)
		if err != nil {
			return
		}
		rest = buffer[:n]
	}
}

func dial(t testing.TB, s *httptest.Server) *websocket.Conn {
	t.Helper()
	c, _, err := websocket.Dial(t.Context(), s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.SetReadLimit(-1)
	t.Cleanup(func() { c.CloseNow() })
	return c
}

func TestTheLibraryAgrees(t *testing.T) {
	c := dial(t, server(t))
	for _, n := range []int{0, 1, 125, 126, 127, 4096, 65535, 65536} {
		sent := bytes.Repeat([]byte("a"), n)
		for _, kind := range []websocket.MessageType{websocket.MessageText, websocket.MessageBinary} {
			if err := c.Write(t.Context(), kind, sent); err != nil {
				t.Fatal(err)
			}
			got, b, err := c.Read(t.Context())
			if err != nil || got != kind || !bytes.Equal(b, sent) {
				t.Fatalf("of %d bytes came %d, %v, %v", n, len(b), got, err)
			}
		}
	}
	read := c.CloseRead(t.Context()) // so that the pong is read
	if err := c.Ping(read); err != nil {
		t.Error(err)
	}
	if err := c.Close(3000, "done"); err != nil {
		t.Errorf("closing: %v", err)
	}
}

func TestTheLibraryIsToldWhyItIsClosed(t *testing.T) {
	c := dial(t, server(t))
	if err := c.Write(t.Context(), websocket.MessageText, make([]byte, limit+1)); err != nil {
		t.Fatal(err)
	}
	_, _, err := c.Read(t.Context())
	if websocket.CloseStatus(err) != websocket.StatusMessageTooBig {
		t.Errorf("closed with %v", err)
	}
}

func TestRequestsThatAreNoHandshake(t *testing.T) {
	s := server(t)
	for name, change := range map[string]func(*http.Request){
		"another version": func(r *http.Request) { r.Header.Set("Sec-WebSocket-Version", "8") },
		"no key":          func(r *http.Request) { r.Header.Del("Sec-WebSocket-Key") },
		"a short key":     func(r *http.Request) { r.Header.Set("Sec-WebSocket-Key", "YWJj") },
		"two keys":        func(r *http.Request) { r.Header.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==") },
		"another upgrade": func(r *http.Request) { r.Header.Set("Upgrade", "h2c") },
		"no upgrade":      func(r *http.Request) { r.Header.Set("Connection", "keep-alive") },
		"POST":            func(r *http.Request) { r.Method = http.MethodPost },
	} {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, nil)
		r.Header.Set("Connection", "keep-alive, Upgrade")
		r.Header.Set("Upgrade", "WebSocket")
		r.Header.Set("Sec-WebSocket-Version", "13")
		r.Header.Set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
		change(r)
		response, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusBadRequest || response.Header.Get("Sec-WebSocket-Version") != "13" {
			t.Errorf("%s: answered %s", name, response.Status)
		}
	}
}

// The example of RFC 6455, section 1.3; and what a client sends before it has
// the answer is not lost.
func TestHandshakeAndWhatCameWithIt(t *testing.T) {
	s := server(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.Write(append([]byte("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"), masked(0x81, "early")...))
	want := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n\x81\x05early"
	got := make([]byte, len(want))
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != want {
		t.Errorf("answered %q, %v", got, err)
	}
}

// wire is a connection on which a client has sent all it will.
type wire struct {
	net.Conn
	sent io.Reader
}

func (w wire) Read(b []byte) (int, error) {
	n, err := w.sent.Read(b)
	if err == io.EOF {
		err = net.ErrClosed // the library takes an EOF for the end of a message
	}
	return n, err
}
func (w wire) Write(b []byte) (int, error) { return len(b), nil }
func (w wire) Close() error                { return nil }

// hijacked is a response that is a wire.
type hijacked struct {
	*httptest.ResponseRecorder
	wire
}

func (h hijacked) Write(b []byte) (int, error) { return len(b), nil }
func (h hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.wire, bufio.NewReadWriter(bufio.NewReader(h.wire), bufio.NewWriter(h.wire)), nil
}

// library is what the library hears of what a client sends.
func library(t *testing.T, sent []byte) (said []string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for name, value := range map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="} {
		r.Header.Set(name, value)
	}
	c, err := websocket.Accept(hijacked{httptest.NewRecorder(), wire{sent: bytes.NewReader(sent)}}, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	c.SetReadLimit(limit)
	for {
		kind, b, err := c.Read(t.Context())
		if err != nil {
			return said
		}
		said = append(said, fmt.Sprintf("%x:%s", int(kind), b))
	}
}

// FuzzParser holds the parser to itself, however the bytes are torn, and to the
// library, which is less strict: what is heard here it hears, too, and where
// nothing is wrong they hear the same.
func FuzzParser(f *testing.F) {
	f.Add(masked(0x81, "hello"), 3)
	f.Add(frames(masked(0x01, "a\xe2"), masked(0x89, "p"), masked(0x80, "\x82\xac"), masked(0x88, "\x03\xe8")), 1)
	f.Add(frames(masked(0x82, strings.Repeat("x", 200)), masked(0x80, "")), 60)
	f.Add([]byte{0x82, 0x80 | 127, 0xff, 0, 0, 0, 0, 0, 0, 0}, 2)
	f.Fuzz(func(t *testing.T, sent []byte, piece int) {
		whole, err := read(sent, len(sent)+1)
		torn, tornErr := read(sent, max(1, piece%70))
		if !slices.Equal(whole, torn) || err != tornErr {
			t.Fatalf("at once %q (%v), torn %q (%v)", whole, err, torn, tornErr)
		}
		ours := slices.DeleteFunc(whole, func(s string) bool { return s[0] != '1' && s[0] != '2' })
		theirs := library(t, sent)
		if len(ours) > len(theirs) || !slices.Equal(ours, theirs[:len(ours)]) || err == nil && len(ours) < len(theirs) {
			t.Fatalf("here %q (%v), the library's %q", ours, err, theirs)
		}
	})
}

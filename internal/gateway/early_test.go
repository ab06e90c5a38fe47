package gateway_test

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"partykit/internal/ws"
	"partykit/protocol"
)

// toldUntilClose reads what the server says until the connection is over: all but
// the close, and its code.
func toldUntilClose(t *testing.T, conn net.Conn) (told []byte, code int) {
	t.Helper()
	all, _ := io.ReadAll(conn)
	for rest := all; len(rest) > 1; {
		n := ws.FrameLen(rest)
		if len(rest) < n {
			break
		}
		if ws.Op(rest[0]&0x0f) == ws.Close {
			code, err := ws.CloseCode(rest[2:n])
			if err != nil {
				t.Fatal(err)
			}
			return all[:len(all)-len(rest)], code
		}
		rest = rest[n:]
	}
	t.Fatalf("%d bytes and no close", len(all))
	return nil, 0
}

// What is answered before the hello waits in the server's memory until the hello
// has come: it is not much.
func TestAHelloComesBeforeMuchElse(t *testing.T) {
	ping := fromClient(0x89, strings.Repeat("x", 125))
	inBubble(t, nil, func(t *testing.T, w *world) {
		conn := w.upgraded()
		go func() {
			for {
				if _, err := conn.Write(ping); err != nil {
					return
				}
			}
		}()
		told, code := toldUntilClose(t, conn)
		if code != int(protocol.Broken) || !bytes.Contains(told, []byte("The first frame is a hello")) {
			t.Errorf("closed with %d", code)
		}
		if len(told) > 70<<10 {
			t.Errorf("%d bytes of answers waited for a hello", len(told))
		}
	})
	inBubble(t, nil, func(t *testing.T, w *world) {
		large := fromClient(0x81, strings.Repeat(" ", protocol.MaxText-29)+`{"t":"hello","v":1,"key":"k"}`)
		conn := w.upgraded()
		for _, f := range [][]byte{ping, ping, large} {
			if _, err := conn.Write(f); err != nil {
				t.Fatal(err)
			}
		}
		<-w.sessions
	})
}

// An endless message of nothing uses up what a client may send, as any other.
func TestFramesThatBringNothingCount(t *testing.T) {
	both(t, nil, func(t *testing.T, w *world) {
		conn := w.raw()
		r := <-w.sessions
		start := time.Now()
		conn.Write(fromClient(0x01, ""))
		for range 6 { // as much as may come at once, and as in two seconds more
			if _, err := conn.Write(bytes.Repeat(fromClient(0x00, ""), 8<<10)); err != nil {
				t.Fatal(err)
			}
		}
		conn.Write(fromClient(0x88, "")) // which may come within a message
		<-r.gone
		if d := time.Since(start); d < time.Second/2 {
			t.Errorf("288 KiB of empty frames were read in %v; above 128 KiB a client is read at 64 KiB/s", d)
		}
	})
}

package wire

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// unmask is the server's side of a client's frame, the slow way.
func unmask(t *testing.T, frame []byte) (op byte, payload []byte) {
	t.Helper()
	op, head := frame[0]&0xf, 2
	if frame[0]&0xf0 != 0x80 || frame[1]&0x80 == 0 {
		t.Fatalf("% x is no whole, masked frame", frame[:2])
	}
	switch frame[1] & 0x7f {
	case 126:
		head = 4
	case 127:
		head = 10
	}
	key := frame[head : head+4]
	for i, b := range frame[head+4:] {
		payload = append(payload, b^key[i%4])
	}
	return op, payload
}

func TestFramesOfAllLengths(t *testing.T) {
	for _, n := range []int{0, 1, 7, 8, 125, 126, 65535, 65536, 70001} {
		want := bytes.Repeat([]byte("abcdefg"), n/7+1)[:n]
		op, got := unmask(t, AppendFrame(nil, Binary, want[:n/2], want[n/2:]))
		if op != Binary || !bytes.Equal(got, want) {
			t.Errorf("%d bytes came back as %d of opcode %d", n, len(got), op)
		}
	}
}

// A real server's frames are read in whatever pieces they arrive, and it takes
// ours.
func TestAgainstAServer(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer ws.CloseNow()
		ws.SetReadLimit(1 << 20)
		for {
			kind, b, err := ws.Read(r.Context())
			if err != nil {
				return
			}
			if string(b) == "bye" {
				ws.Close(4000, "gone")
				return
			}
			if ws.Write(r.Context(), kind, b) != nil {
				return
			}
		}
	}))
	defer s.Close()
	c, err := Dial(context.Background(), strings.TrimPrefix(s.URL, "http://"), "/")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Conn.Close()
	for _, n := range []int{0, 3, 200, 70000} {
		want := bytes.Repeat([]byte{byte(n), 1, 2}, n)[:n]
		if err := c.Write(Text+byte(n%2), want); err != nil {
			t.Fatal(err)
		}
		op, got, err := c.Read()
		if err != nil || op != Text+byte(n%2) || !bytes.Equal(got, want) {
			t.Errorf("%d bytes came back as %d of opcode %d, %v", n, len(got), op, err)
		}
	}
	if err := c.Write(Text, []byte("bye")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Read(); err == nil || !strings.Contains(err.Error(), "4000 gone") {
		t.Errorf("a close reads as %v", err)
	}
}

func FuzzNext(f *testing.F) {
	f.Add([]byte{0x82, 3, 1, 2, 3, 0x81})
	f.Add([]byte{0x82, 126, 0, 200})
	f.Add([]byte{0x82, 127, 0xff, 0, 0, 0, 0, 0, 0, 1})
	f.Add([]byte{0x02, 0x80})
	f.Fuzz(func(t *testing.T, b []byte) {
		_, payload, used, err := Next(b)
		if used > len(b) || len(payload) > used || err != nil && used != 0 {
			t.Fatalf("% x: used %d of %d, payload %d, %v", b, used, len(b), len(payload), err)
		}
		for cut := range min(used, len(b)) { // a part of a frame is none
			if _, _, n, err := Next(b[:cut]); n != 0 || err != nil {
				t.Fatalf("% x is taken as a frame of %d, %v", b[:cut], n, err)
			}
		}
	})
}

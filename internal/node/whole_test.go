package node

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"testing"
)

// anybody is a door that lets everybody in.
func anybody() *door {
	return &door{most: 1000, exempt: func(netip.Addr) bool { return true }}
}

// dialled is both ends of a connection, the server's as it is accepted.
func dialled(t *testing.T) (*wholeConn, net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server, err := wholeListener{newDoorkeeper(l, anybody())}.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); server.Close() })
	return server.(*wholeConn), client
}

func TestAPageLeavesInOneWrite(t *testing.T) {
	c, client := dialled(t)
	write := func(n int, kept int) {
		t.Helper()
		if m, err := c.Write(bytes.Repeat([]byte{'x'}, n)); m != n || err != nil {
			t.Fatalf("%d of %d bytes written: %v", m, n, err)
		}
		switch {
		case kept == 0 && c.kept != nil:
			t.Errorf("%d bytes are kept of what should have left", len(*c.kept))
		case kept > 0 && (c.kept == nil || len(*c.kept) != kept):
			t.Errorf("not %d bytes are kept", kept)
		}
	}
	write(25, 0)  // 100 Continue
	c.due = 10000 // of a page, before which come 700 bytes of headers
	write(4096, 4096)
	write(4096, 8192)
	write(2508, 0)
	write(300, 0) // whatever comes next
	if n, err := io.CopyN(io.Discard, client, 25+10700+300); err != nil {
		t.Errorf("%d bytes came: %v", n, err)
	}
}

// Whatever a page's length, also where it fills net/http's buffer to the last byte,
// all of it arrives before the next is asked for, and so does what is no page.
func TestPagesArriveWhole(t *testing.T) {
	server := &http.Server{ConnContext: withConn, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("n"))
		body := bytes.Repeat([]byte("page"), n)[:n]
		w.Header().Set("Content-Length", strconv.Itoa(n))
		w.WriteHeader(http.StatusOK)
		switch r.URL.Path {
		case "/page":
			whole(w, r, body)
		default:
			w.Write(body)
		}
	})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(wholeListener{newDoorkeeper(l, anybody())})
	defer server.Close()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	from := bufio.NewReader(conn)
	get := func(path string, n int) {
		t.Helper()
		fmt.Fprintf(conn, "GET %s?n=%d HTTP/1.1\r\nHost: x\r\n\r\n", path, n)
		r, err := http.ReadResponse(from, nil)
		if err != nil {
			t.Fatalf("%s of %d bytes: %v", path, n, err)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil || !bytes.Equal(body, bytes.Repeat([]byte("page"), n)[:n]) {
			t.Fatalf("%s of %d bytes: %d came, %v", path, n, len(body), err)
		}
	}
	sizes := []int{0, 1, 2047, 2048, 2049, 8192, 14000, 100_000}
	for n := 3900; n < 4200; n++ { // the headers are some 100 bytes
		sizes = append(sizes, n, n+4096)
	}
	for _, n := range sizes {
		get("/page", n)
		get("/other", n%5000)
	}
}

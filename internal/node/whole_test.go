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
	"strings"
	"testing"
	"time"

	"partykit/internal/testlog"
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
	server, err := wholeListener{newDoorkeeper(l, anybody()), testlog.New(t)}.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); server.Close() })
	return server.(*wholeConn), client
}

// Whatever a page's length, and whatever came before it on its connection, all of it
// arrives before the next is asked for, and so does what is no page.
func TestPagesArriveWhole(t *testing.T) {
	server := &http.Server{ConnContext: withConn, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("n"))
		body := bytes.Repeat([]byte("page"), n)[:n]
		w.Header().Set("By", "net/http")
		if r.URL.Path != "/page" {
			w.Write(body)
			return
		}
		if !whole(r, "Own: yes\r\n", fmt.Appendf(nil, "Content-Length: %d\r\n", n), body) {
			t.Error("the connection cannot send it")
		}
		w.WriteHeader(http.StatusGone)
	})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(wholeListener{newDoorkeeper(l, anybody()), testlog.New(t)})
	defer server.Close()
	dial := func() (net.Conn, *bufio.Reader) {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		conn.SetDeadline(time.Now().Add(time.Minute))
		return conn, bufio.NewReader(conn)
	}
	conn, from := dial()
	var ask strings.Builder
	asks := func(path string, n int, version, more string) {
		fmt.Fprintf(&ask, "GET %s?n=%d HTTP/%s\r\nHost: x\r\n%s", path, n, version, more)
	}
	send := func() {
		io.WriteString(conn, ask.String())
		ask.Reset()
	}
	gets := func(path string, n int) *http.Response {
		t.Helper()
		r, err := http.ReadResponse(from, nil)
		if err != nil {
			t.Fatalf("%s of %d bytes: %v", path, n, err)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil || !bytes.Equal(body, bytes.Repeat([]byte("page"), n)[:n]) || r.Header.Get("By") == "" || r.Header.Get("Date") == "" {
			t.Fatalf("%s of %d bytes: %d came, %v, %v", path, n, len(body), r.Header, err)
		}
		if page := path == "/page"; page != (r.Header.Get("Own") == "yes") || page != (r.StatusCode == http.StatusGone) || page && r.ContentLength != int64(n) {
			t.Fatalf("%s of %d bytes: %d %v", path, n, r.StatusCode, r.Header)
		}
		return r
	}
	get := func(path string, n int, version, more string) *http.Response {
		t.Helper()
		asks(path, n, version, more)
		send()
		return gets(path, n)
	}
	sizes := []int{0, 1, 2047, 2048, 2049, 4095, 4096, 8192, 14000, 100_000}
	for n := 3900; n < 4200; n++ { // about net/http's buffer, of which headers take some 100 bytes
		sizes = append(sizes, n, n+4096)
	}
	for _, n := range sizes {
		get("/page", n, "1.1", "\r\n")
		get("/other", n%5000, "1.1", "\r\n")
		get("/page", n, "1.1", "Content-Length: 4\r\n\r\nbody")
	}
	asks("/page", 5000, "1.1", "\r\n") // all at once
	asks("/other", 300, "1.1", "\r\n")
	asks("/page", 3000, "1.1", "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n")
	send()
	gets("/page", 5000)
	gets("/other", 300)
	if r := gets("/page", 3000); !r.Close {
		t.Error("nobody knows whether the body that nobody asked for still comes")
	}
	conn, from = dial()
	if r := get("/page", 5000, "1.0", "Connection: keep-alive\r\n\r\n"); r.Close {
		t.Error("the connection was to be kept")
	}
	for _, last := range []struct{ version, more string }{{"1.1", "Connection: close\r\n\r\n"}, {"1.0", "\r\n"}} {
		get("/page", 5000, last.version, last.more)
		if _, err := from.ReadByte(); err != io.EOF {
			t.Errorf("after the last answer by HTTP/%s: %v", last.version, err)
		}
		conn, from = dial()
	}
}

// What was written by somebody else goes out as it is, and what was written besides a
// whole answer not at all.
func TestNothingIsMixedIntoAPage(t *testing.T) {
	c, client := dialled(t)
	before, page := []byte("HTTP/1.1 100 Continue\r\n\r\n"), []byte("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwords")
	if n, err := c.Write(before); n != len(before) || err != nil {
		t.Fatal(n, err)
	}
	c.own, c.headers, c.body = "Own: 1\r\n", []byte("Content-Length: 4\r\n"), []byte("page")
	if n, err := c.Write(page); n != 0 || err != errWritten {
		t.Errorf("%d bytes of another answer are written, %v", n, err)
	}
	client.SetReadDeadline(time.Now().Add(time.Minute))
	c.Close()
	if got, err := io.ReadAll(client); err != nil || !bytes.Equal(got, before) {
		t.Errorf("%q came, %v", got, err)
	}
}

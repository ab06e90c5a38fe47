package node_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"testing"

	"golang.org/x/sys/unix"

	"partykit/client"
	"partykit/internal/node"
)

// A node sends a page that is kept in one write: as the kernel counts, on loopback
// it is one packet. It is more than net/http has room for at once.
func TestAPageOutOfMemoryIsOnePacket(t *testing.T) {
	n := start(t, node.Options{Dev: true})
	invite, err := dial(t, n, client.Options{}).Invite(t.Context(), client.InviteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(n.URL())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", at.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	packets := func() (n uint32) {
		raw, err := conn.(*net.TCPConn).SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		raw.Control(func(fd uintptr) {
			info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
			if err != nil {
				t.Fatal(err)
			}
			n = info.Data_segs_in
		})
		return n
	}
	from := bufio.NewReader(conn)
	get := func() (bytes int64, took uint32) {
		before := packets()
		fmt.Fprintf(conn, "GET /join/%s HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: gzip\r\n\r\n", invite.Code, at.Host)
		r, err := http.ReadResponse(from, nil)
		if err != nil {
			t.Fatal(err)
		}
		bytes, err = io.Copy(io.Discard, r.Body)
		if err != nil || r.StatusCode != http.StatusOK {
			t.Fatalf("status %d, %v", r.StatusCode, err)
		}
		return bytes, packets() - before
	}
	get() // makes it
	if bytes, took := get(); took != 1 || bytes < 4<<10 {
		t.Errorf("%d bytes came in %d packets", bytes, took)
	}
}

package outbound

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"code.dny.dev/ssrf"
)

// names answers questions for addresses: the first with one, every later with
// another. It becomes the resolver of the whole test.
func names(t *testing.T, first, later netip.Addr) {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	asked := 0
	go func() {
		packet := make([]byte, 1500)
		for {
			n, from, err := server.ReadFrom(packet)
			if err != nil {
				return
			}
			answer, isAddress := answerTo(packet[:n], first)
			if isAddress {
				if asked++; asked > 1 {
					answer, _ = answerTo(packet[:n], later)
				}
			}
			server.WriteTo(answer, from)
		}
	}()
	former := net.DefaultResolver
	t.Cleanup(func() { net.DefaultResolver = former })
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

// answerTo answers a DNS query (RFC 1035): one for an IPv4 address with it, any
// other with nothing.
func answerTo(query []byte, address netip.Addr) (answer []byte, isAddress bool) {
	const header = 12
	end := header + bytes.IndexByte(query[header:], 0) + 5 // the name, its end, type and class
	isAddress = binary.BigEndian.Uint16(query[end-4:]) == 1
	answer = slices.Clone(query[:end])
	answer[2], answer[3] = 0x81, 0x80 // an answer, from who may ask others
	clear(answer[6:header])
	if isAddress {
		answer[7] = 1
		answer = append(answer, 0xc0, header, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4) // the same name, an address, for now
		answer = append(answer, address.AsSlice()...)
	}
	return answer, isAddress
}

// A name that leads to a public address when somebody looks at it and into the
// network when it is dialled leads nowhere.
func TestASecondAnswerLeadsNowhere(t *testing.T) {
	var hits atomic.Int32
	inner := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	defer inner.Close()
	names(t, netip.MustParseAddr("93.184.216.34"), netip.MustParseAddr("127.0.0.1"))
	address := strings.Replace(inner.URL, "127.0.0.1", "rebind.example", 1)
	seen, err := net.DefaultResolver.LookupHost(t.Context(), "rebind.example")
	if err != nil || !slices.Equal(seen, []string{"93.184.216.34"}) {
		t.Fatalf("at first it leads to %v, %v", seen, err)
	}
	if _, err := get(t.Context(), Client(time.Second, false), address); !errors.Is(err, ssrf.ErrProhibitedIP) {
		t.Errorf("then it is not refused: %v", err)
	}
	if n := hits.Load(); n != 0 {
		t.Errorf("the server inside was reached %d times", n)
	}
	if _, err := get(t.Context(), Client(time.Second, true), address); err != nil || hits.Load() != 1 {
		t.Errorf("the name does not lead inside: %v", err)
	}
}

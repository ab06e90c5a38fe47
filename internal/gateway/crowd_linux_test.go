package gateway_test

import (
	"net/netip"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"partykit/internal/gateway"
	"partykit/internal/loop"
)

// guest is a session of somebody who waits.
type guest struct{ loop *loop.Loop }

func (g *guest) Loop() *loop.Loop             { return g.loop }
func (*guest) Text(*loop.Loop, []byte) bool   { return false }
func (*guest) Binary(*loop.Loop, []byte) bool { return false }
func (*guest) Gone()                          {}

// idle connects that many clients and returns what each takes of the heap and
// of stacks. The clients' ends are bare descriptors, which take none.
func (w *world) idle(clients int) float64 {
	w.t.Helper()
	addr := netip.MustParseAddrPort(w.addr)
	request := append([]byte("GET /connect?game=demo HTTP/1.1\r\nHost: host.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"),
		fromClient(0x81, `{"t":"hello","v":1,"key":"k"}`)...)
	fds := make([]int, 0, clients+1)
	w.t.Cleanup(func() {
		for _, fd := range fds {
			unix.Close(fd)
		}
	})
	connect := func() {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			w.t.Fatal(err)
		}
		fds = append(fds, fd)
		if err := unix.Connect(fd, &unix.SockaddrInet4{Addr: addr.Addr().As4(), Port: int(addr.Port())}); err != nil {
			w.t.Fatal(err)
		}
		unix.Write(fd, request)
		for n, b := 0, make([]byte, 129); n < len(b); {
			m, err := unix.Read(fd, b[n:])
			if err != nil || m == 0 {
				w.t.Fatal(m, err)
			}
			n += m
		}
	}
	connect() // what is made once is made
	before := live()
	for range clients {
		connect()
	}
	for int(w.open.Load()) < clients {
		runtime.Gosched()
	}
	w.quiet(w.loop)
	return (live() - before) / float64(clients)
}

// live is what of this process is not garbage.
func live() float64 {
	for range 3 { // what was pooled goes with the second
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc + m.StackInuse)
}

func TestAnIdleConnectionIsSmall(t *testing.T) {
	const most = 900 // bytes; half as many, and as many again for what a test does meanwhile
	w := newTCPWorld(t, nil, func(w *world) {
		w.hello = func(gateway.Caller) (gateway.Session, error) { return &guest{w.loop}, nil }
	})
	if got := w.idle(1000); got > most {
		t.Errorf("an idle connection takes %.0f bytes; want %d at most", got, most)
	} else {
		t.Logf("an idle connection takes %.0f bytes", got)
	}
}

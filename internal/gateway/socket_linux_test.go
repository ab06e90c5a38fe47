package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"partykit/internal/gateway"
	"partykit/internal/loop"
	"partykit/protocol"
)

// onLoop runs a test with connections that a loop reads.
func onLoop(t *testing.T, change func(*gateway.Options), do func(*testing.T, *world)) {
	t.Helper()
	do(t, newTCPWorld(t, change))
}

func newTCPWorld(t *testing.T, change func(*gateway.Options), ready ...func(*world)) *world {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String())
	}
	return newWorldOn(t, l, dial, change, func(w *world) {
		w.pass, w.addr = w.gateway.Advance(), l.Addr().String()
		for _, fn := range ready {
			fn(w)
		}
	})
}

// quiet waits until the loop has done what it had to do.
func (w *world) quiet(l *loop.Loop) {
	done := make(chan struct{})
	l.Post("", func() { close(done) })
	<-done
}

func TestWhatComesWithTheHelloIsNotLost(t *testing.T) {
	w := newTCPWorld(t, nil)
	conn := w.raw(fromClient(0x82, "one"), fromClient(0x01, "t"), fromClient(0x80, "wo")[:4])
	r := <-w.sessions
	conn.Write(fromClient(0x80, "wo")[4:])
	conn.Write(fromClient(0x88, ""))
	<-r.gone
	if diff := cmp.Diff([]string{"binary one", "text two"}, r.seen()); diff != "" {
		t.Errorf("frames (-want +got):\n%s", diff)
	}
	answer := make([]byte, 10)
	if n, err := io.ReadAtLeast(conn, answer, 2); err != nil || string(answer[:n]) != "\x88\x00" {
		t.Errorf("the close was answered % x, %v", answer[:n], err)
	}
}

// Far more frames than one connection may bring at once, of odd sizes, so that
// they are torn where a buffer ends.
func TestATorrentOfFramesKeepsItsOrder(t *testing.T) {
	w := newTCPWorld(t, func(o *gateway.Options) { o.Games = generous{o.Games} })
	conn := w.raw()
	r := <-w.sessions
	var want []string
	var b []byte
	for i := range 5000 {
		text := fmt.Sprint(i, strings.Repeat("x", i%701))
		want = append(want, "text "+text)
		b = append(b, fromClient(0x81, text)...)
	}
	b = append(b, fromClient(0x88, "\x03\xe8")...)
	if _, err := conn.Write(b); err != nil {
		t.Fatal(err)
	}
	<-r.gone
	if diff := cmp.Diff(want, r.seen()); diff != "" {
		t.Errorf("frames (-want +got):\n%s", diff)
	}
}

// A session moves to and fro between two loops while its client talks and is
// talked to: both keep their order.
func TestAConnectionFollowsItsSession(t *testing.T) {
	w := newTCPWorld(t, func(o *gateway.Options) { o.Games = generous{o.Games} })
	other := loop.New()
	var running sync.WaitGroup
	running.Go(other.Run)
	t.Cleanup(func() { other.Close(); running.Wait() })
	p, r := w.enter()
	const frames = 400
	go func() {
		for i := range frames {
			p.ws.Write(t.Context(), websocket.MessageText, fmt.Append(nil, i))
		}
	}()
	var want []string
	for i := range frames {
		want = append(want, fmt.Sprint("text ", i))
		if i%10 == 0 {
			r.loop.Store([]*loop.Loop{w.loop, other}[i/10%2])
		}
		r.conn.Send(false, fmt.Append(nil, i))
		if got := p.hear(); got != fmt.Sprint(i) {
			t.Fatalf("heard %q; want %d", got, i)
		}
	}
	p.ws.Close(websocket.StatusNormalClosure, "")
	<-r.gone
	if diff := cmp.Diff(want, r.seen()); diff != "" {
		t.Errorf("frames (-want +got):\n%s", diff)
	}
}

// A session moves in a pass in which its client, for which much waits, begins to
// read again, and is sent more: only the loop to which the connection goes
// touches it then, as the race detector sees, and there it goes on to be written.
func TestASlowReaderFollowsItsSession(t *testing.T) {
	w := newTCPWorld(t, nil)
	other := loop.New()
	var running sync.WaitGroup
	running.Go(other.Run)
	t.Cleanup(func() { other.Close(); running.Wait() })
	for range 6 {
		conn := w.raw()
		r := <-w.sessions
		stuff(r)
		w.quiet(w.loop)
		w.quiet(w.loop) // it has been written as far as it goes
		w.loop.Post("", func() {
			r.conn.Send(false, []byte("x"))
			r.loop.Store(other)
			drain(t, conn) // so that this pass hears that there is room
		})
		w.quiet(w.loop)
		w.quiet(other)
		r.conn.Send(false, []byte("last words"))
		conn.SetReadDeadline(time.Now().Add(time.Minute))
		b, tail := make([]byte, 256<<10), ""
		for !strings.HasSuffix(tail, "last words") {
			n, err := conn.Read(b)
			if err != nil {
				t.Fatalf("the last words did not come: %v, behind %q", err, tail)
			}
			tail += string(b[max(0, n-10):n])
			tail = tail[max(0, len(tail)-10):]
		}
		conn.Close()
		<-r.gone
	}
}

// drain reads what has come.
func drain(t *testing.T, conn net.Conn) {
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err == nil {
		err = raw.Read(func(fd uintptr) bool {
			b := make([]byte, 256<<10)
			for n := 1; n > 0; {
				n, _ = unix.Read(int(fd), b)
			}
			return true
		})
	}
	if err != nil {
		t.Error(err)
	}
}

// What a pass has for a connection leaves in one write: as the kernel counts,
// in few packets.
func TestWhatAPassBringsLeavesAtOnce(t *testing.T) {
	w := newTCPWorld(t, nil)
	conn := w.raw()
	r := <-w.sessions
	packets := func() uint32 {
		raw, _ := conn.(*net.TCPConn).SyscallConn()
		var info *unix.TCPInfo
		raw.Control(func(fd uintptr) { info, _ = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO) })
		return info.Data_segs_in
	}
	w.quiet(w.loop)
	before := packets()
	w.loop.Post("", func() {
		for range 100 {
			r.conn.Send(true, []byte("0123456789"))
		}
	})
	if _, err := io.ReadFull(conn, make([]byte, 1200)); err != nil {
		t.Fatal(err)
	}
	if n := packets() - before; n > 3 {
		t.Errorf("100 frames came in %d packets", n)
	}
}

// stuff sends a client that reads nothing more than its system takes.
func stuff(r *recorder) {
	for range 200 {
		r.conn.Send(false, make([]byte, 64<<10))
	}
}

func TestASlowReaderIsToldWhy(t *testing.T) {
	w := newTCPWorld(t, nil)
	p, r := w.enter()
	stuff(r)
	w.quiet(w.loop)
	w.quiet(w.loop) // it has been written as far as it goes
	w.pass(12 * time.Second)
	<-r.gone
	p.wantClose(protocol.SlowReader) // and the frame before it is whole
	<-w.closed
}

// A client that neither reads nor answers does not keep its connection.
func TestASlowReaderThatStaysIsCutOff(t *testing.T) {
	w := newTCPWorld(t, nil)
	_, r := w.enter()
	stuff(r)
	w.quiet(w.loop)
	w.quiet(w.loop)
	w.pass(12 * time.Second)
	<-r.gone
	w.quiet(w.loop)
	w.pass(12 * time.Second)
	<-w.closed
}

func TestALostConnectionIsGone(t *testing.T) {
	for name, lose := range map[string]func(net.Conn){
		"closed": func(c net.Conn) { c.Close() },
		"half":   func(c net.Conn) { c.(*net.TCPConn).CloseWrite() },
		"reset":  func(c net.Conn) { c.(*net.TCPConn).SetLinger(0); c.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			w := newTCPWorld(t, nil)
			conn := w.raw()
			r := <-w.sessions
			w.quiet(w.loop)
			lose(conn)
			<-r.gone
			<-w.closed
		})
	}
}

// One that is lost while it is read more slowly is gone, too, and at once.
func TestALostConnectionIsGoneThoughNobodyReads(t *testing.T) {
	w := newTCPWorld(t, nil)
	conn := w.raw()
	r := <-w.sessions
	for range 12 {
		conn.Write(fromClient(0x82, strings.Repeat("x", 60<<10)))
	}
	io.ReadAtLeast(conn, make([]byte, 100), 1) // it was told that it is too much
	conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
	<-r.gone
	<-w.closed
}

func TestIdleConnectionsHaveNoGoroutine(t *testing.T) {
	w := newTCPWorld(t, nil)
	w.enter()
	w.quiet(w.loop)
	client := func() int { // those of the clients' side have our package's test in them
		stacks := make([]byte, 1<<20)
		return strings.Count(string(stacks[:runtime.Stack(stacks, true)]), "gateway.(*")
	}
	for range 50 {
		w.raw()
		<-w.sessions
	}
	w.quiet(w.loop)
	for began := time.Now(); client() > 2; runtime.Gosched() { // the goroutines that greeted are on their way out
		if time.Since(began) > time.Minute {
			t.Fatalf("50 idle connections have %d goroutines", client())
		}
	}
}

// A server that waits no more finds also the connection that is just on its way
// to its loop.
func TestClosingCutsOffWhoIsOnTheWayToItsLoop(t *testing.T) {
	w := newTCPWorld(t, nil, func(w *world) { w.gateway.Freeze() }) // no deadline helps out
	r := &recorder{gone: make(chan struct{})}
	r.loop.Store(w.loop)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w.hello = func(gateway.Caller) (gateway.Session, error) {
		return &turning{recorder: r, turn: func() { w.gateway.Close(ctx) }}, nil
	}
	conn := w.raw()
	conn.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := io.Copy(io.Discard, conn); err != nil && !errors.Is(err, unix.ECONNRESET) {
		t.Fatalf("it stays open: %v", err)
	}
	<-r.gone
	<-w.closed
}

// turning is a session with which something happens while its connection goes to
// its loop.
type turning struct {
	*recorder
	once sync.Once
	turn func()
}

func (t *turning) Loop() *loop.Loop {
	t.once.Do(t.turn)
	return t.recorder.Loop()
}

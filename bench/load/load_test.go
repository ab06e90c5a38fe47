//go:build linux

package load

import (
	"io"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"partykit/bench/target"
)

// bare is a codec of messages without frames.
type bare struct{}

func (bare) AppendSend(b, payload []byte) []byte { return append(b, payload...) }
func (bare) AppendKeepalive(b []byte) []byte     { return b }
func (bare) Read(b []byte, s *target.Sink) (used int, err error) {
	for ; len(b)-used >= MessageSize; used += MessageSize {
		s.Deliver(b[used : used+MessageSize])
	}
	return used, nil
}

// echo is a server whose parties are of two, of whom each hears for the other:
// what comes goes back, as answer decides, which gets the number of each
// message, from 1, and returns those to be sent now.
func echo(t *testing.T, answer func(n int64, message []byte) [][]byte) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	var count atomic.Int64
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for {
					message := make([]byte, MessageSize)
					if _, err := io.ReadFull(conn, message); err != nil {
						return
					}
					for _, m := range answer(count.Add(1), message) {
						conn.Write(m[:10]) // in two pieces, which is none of anybody's business
						conn.Write(m[10:])
					}
				}
			}()
		}
	}()
	return netip.MustParseAddrPort(l.Addr().String())
}

func crowdOf(t *testing.T, n int, addr netip.AddrPort) *Crowd {
	t.Helper()
	c, err := New(2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	for range n {
		if err := c.Dial(addr, bare{}, nil); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func TestSaturateCountsWhatArrives(t *testing.T) {
	var answered atomic.Int64
	c := crowdOf(t, 8, echo(t, func(_ int64, m []byte) [][]byte {
		answered.Add(1)
		return [][]byte{m}
	}))
	read := 0
	r, err := c.Saturate(t.Context(), 100*time.Millisecond, func() { read++ })
	if err != nil {
		t.Fatal(err)
	}
	if read != 2 || r.Delivered == 0 || r.Delivered > answered.Load() || r.Lost != 0 || r.Sent > r.Delivered+8 || r.Took <= 0 {
		t.Errorf("meter read %d times, %d answered, %+v", read, answered.Load(), r)
	}
}

// A server that holds everything up for a while is late with all that was due
// meanwhile, not only with what it held.
func TestPaceCorrectsForCoordinatedOmission(t *testing.T) {
	const from, to, gap = 180, 230, 5 * time.Millisecond // counted, though the warm-up end half a second late
	var held [][]byte
	c := crowdOf(t, 1, echo(t, func(n int64, m []byte) [][]byte {
		if n < from || n > to {
			return [][]byte{m}
		}
		if held = append(held, m); n < to {
			return nil
		}
		return held
	}))
	r, err := c.Pace(t.Context(), time.Second, int(time.Second/gap), func() {})
	if err != nil {
		t.Fatal(err)
	}
	if want := (to - from) * gap; r.Latency.Max() < want {
		t.Errorf("the first to be held was %v late, which waited for %v", r.Latency.Max(), want)
	}
	const half = (to - from) / 2
	if q := r.Latency.Quantile(1 - half/float64(r.Latency.Count())); q < half*gap {
		t.Errorf("half of those held were %v late or less; each waited for %v at least", q, half*gap)
	}
	if r.Lost != 0 || r.Delivered != r.Latency.Count() {
		t.Errorf("%d lost, %d delivered, %d measured", r.Lost, r.Delivered, r.Latency.Count())
	}
	var all Histogram
	for i := range r.Tenths {
		all.Merge(&r.Tenths[i])
	}
	if all.Max() < (to-from)*gap || all.Count() > r.Latency.Count() || len(r.Tenths) != 10 {
		t.Errorf("%d tenths of a second have %d of %d, up to %v", len(r.Tenths), all.Count(), r.Latency.Count(), all.Max())
	}
}

func TestPaceTellsWhatIsLost(t *testing.T) {
	var lost atomic.Int64
	c := crowdOf(t, 4, echo(t, func(n int64, m []byte) [][]byte {
		if n%10 == 0 && n > 100 {
			lost.Add(1)
			return nil
		}
		return [][]byte{m}
	}))
	r, err := c.Pace(t.Context(), 300*time.Millisecond, 1000, func() {})
	if err != nil {
		t.Fatal(err)
	}
	if r.Lost == 0 || r.Lost != lost.Load() || r.Latency.Max() != patience {
		t.Errorf("%d are said to be lost, %d were; the latest is %v", r.Lost, lost.Load(), r.Latency.Max())
	}
}

// polite is bare, and says that it is there.
type polite struct{ bare }

func (polite) AppendKeepalive(b []byte) []byte { return append(b, make([]byte, MessageSize)...) }

// Whoever waits for its turn while others are served says that it is there.
func TestWhoWaitsSaysSo(t *testing.T) {
	var heard atomic.Int64
	addr := echo(t, func(int64, []byte) [][]byte {
		heard.Add(1)
		return nil
	})
	c := crowdOf(t, 0, addr)
	for range 3 {
		if err := c.Dial(addr, polite{}, nil); err != nil {
			t.Fatal(err)
		}
	}
	c.kept = time.Now().Add(-keepEvery)
	enough := time.Now().Add(time.Minute)
	if err := c.Run(t.Context(), func() bool { return heard.Load() == 3 || time.Now().After(enough) }); err != nil || heard.Load() != 3 {
		t.Errorf("%d of 3 were heard, %v", heard.Load(), err)
	}
}

// Whose connection turns out broken when it says so is gone like any other.
func TestWhoCannotSaySoIsGone(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c := crowdOf(t, 0, netip.AddrPort{})
	if err := c.Dial(netip.MustParseAddrPort(l.Addr().String()), polite{}, nil); err != nil {
		t.Fatal(err)
	}
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Run(t.Context(), func() bool { return len(c.players[0].late) == 0 }); err != nil {
		t.Fatal(err)
	}
	_ = conn.(*net.TCPConn).SetLinger(0)
	conn.Close() // with a reset
	var gone []int
	c.OnGone(func(i int, _ error) error {
		gone = append(gone, i)
		return nil
	})
	c.kept = time.Now().Add(-keepEvery)
	if err := c.keep(); err != nil || len(gone) != 1 || c.players[0].fd != 0 {
		t.Errorf("gone: %v, %v", gone, err)
	}
}

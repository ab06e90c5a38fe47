package gateway

import (
	"bytes"
	"testing"

	"partykit/internal/ws"
)

// reads is a client that has a backlog and a clock.
type reads struct {
	backlog
	now second
}

func (r *reads) clock() second { return r.now }

// send adds a frame of so many bytes, and reports whether that is too much.
func (r *reads) send(bytes int) bool {
	r.add(ws.Binary, make([]byte, bytes))
	return r.tooMuch(r.clock)
}

func TestWhoReadsWellMayBeSentBursts(t *testing.T) {
	var r reads
	r.send(2 * maxWaiting)
	r.wrote(len(r.waiting()) - 1000)
	for range 600 { // a little always waits, and moves on
		r.now++
		if r.send(500) {
			t.Fatal("a thousand bytes are too much")
		}
		r.wrote(len(r.waiting()) - 1000)
	}
	if r.send(2 * maxWaiting) {
		t.Error("what came just now is too much")
	}
}

func TestAMegabyteMayWaitForTenSeconds(t *testing.T) {
	var r reads
	r.send(2 * maxWaiting)
	for range 10 {
		if r.now++; r.send(50_000) {
			t.Fatalf("too much after %d s", r.now)
		}
		r.wrote(50_000) // as much as comes: it is read, but too slowly
	}
	if r.now++; !r.send(50_000) {
		t.Error("two megabytes wait for more than ten seconds")
	}
}

func TestMoreThanAResumeIsTooMuchAtOnce(t *testing.T) {
	var r reads
	if r.send(maxBurst - 100) {
		t.Error("what a resume may bring is too much")
	}
	if !r.send(100) {
		t.Error("more than a resume may bring is not too much")
	}
}

func TestACutGivesMemoryBack(t *testing.T) {
	var r reads
	for range 20 {
		r.send(maxWaiting)
	}
	r.wrote(10) // of the first
	r.cut()
	if size := cap(r.out.B); size > 2*maxWaiting {
		t.Errorf("%d bytes are held", size)
	}
}

// Wherever writing has stopped, what follows a cut begins where a frame does.
func TestACutLeavesWholeFrames(t *testing.T) {
	var whole []byte
	sizes := []int{0, 3, 125, 126, 300, 70_000, 5}
	for _, n := range sizes {
		whole = ws.AppendFrame(whole, ws.Binary, bytes.Repeat([]byte{byte(n)}, n))
	}
	last := ws.AppendClose(nil, 4001, "slow_reader")
	for _, step := range []int{7, 1000, len(whole)} {
		for stop := 0; stop < len(whole); stop += 97 {
			var b backlog
			for _, n := range sizes {
				b.add(ws.Binary, bytes.Repeat([]byte{byte(n)}, n))
			}
			var got []byte
			write := func(n int) {
				got = append(got, b.waiting()[:n]...)
				b.wrote(n)
			}
			for len(got) < stop {
				write(min(step, stop-len(got)))
			}
			b.cut()
			b.addClose(4001, "slow_reader")
			for b.out != nil {
				write(min(step+20, len(b.waiting())))
			}
			kept := 0
			for _, n := range sizes {
				if kept >= stop {
					break
				}
				kept += len(ws.AppendFrame(nil, ws.Binary, make([]byte, n)))
			}
			if want := append(bytes.Clone(whole[:kept]), last...); !bytes.Equal(got, want) {
				t.Fatalf("stopped at %d by %d: %d bytes were written, want %d", stop, step, len(got), len(want))
			}
		}
	}
}

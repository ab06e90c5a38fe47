package client

import (
	"container/heap"
	"testing"
	"time"

	"partykit/protocol"
)

// arrival is a client's next try.
type arrival struct {
	at    time.Duration
	pause time.Duration // the one before it
}

type arrivals []arrival

func (a arrivals) Len() int           { return len(a) }
func (a arrivals) Less(i, j int) bool { return a[i].at < a[j].at }
func (a arrivals) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *arrivals) Push(x any)        { *a = append(*a, x.(arrival)) }
func (a *arrivals) Pop() any {
	last := len(*a) - 1
	x := (*a)[last]
	*a = (*a)[:last]
	return x
}

// 15,000 players lose a server that is down for a while and then greets 2,000 a
// second; whoever has waited for ten seconds gives up, and its hello is in vain.
// All are back soon, and hardly a hello was in vain: they do not come in step.
func TestACrowdComesBackInOneWave(t *testing.T) {
	const (
		crowd    = 15_000
		greeting = time.Second / 2000
		patience = 10 * time.Second
	)
	for _, down := range []time.Duration{0, 100 * time.Millisecond, time.Second, 10 * time.Second} {
		for _, code := range []protocol.CloseCode{1006, protocol.GoingAway, protocol.Unavailable} {
			var tries arrivals
			for range crowd {
				pause := firstPause(code)
				heap.Push(&tries, arrival{pause, pause})
			}
			busy := down // until when the server greets others
			var last time.Duration
			vain, busiest, second := 0, 0, map[time.Duration]int{}
			for tries.Len() > 0 {
				a := heap.Pop(&tries).(arrival)
				pause := nextPause(a.pause)
				if a.at < down {
					heap.Push(&tries, arrival{a.at + pause, pause})
					continue
				}
				second[a.at.Truncate(time.Second)]++
				busiest = max(busiest, second[a.at.Truncate(time.Second)])
				done := max(busy, a.at) + greeting
				if done > a.at+patience { // greeted, but no longer there
					busy = done
					vain++
					heap.Push(&tries, arrival{a.at + patience + pause, pause})
					continue
				}
				busy, last = done, max(last, done)
			}
			t.Logf("%v, down for %v: all back %v later, at most %d hellos in a second", code, down, last-down, busiest)
			if last > down+30*time.Second || vain > crowd/100 {
				t.Errorf("%v, down for %v: all are back %v later, %d hellos were in vain", code, down, last-down, vain)
			}
		}
	}
}

// A server that asks everybody to come again in ten seconds does not get them
// all at once.
func TestWhoIsToldToWaitDoesNotComeInStep(t *testing.T) {
	seen := map[time.Duration]bool{}
	for range 1000 {
		wait := spread(10 * time.Second)
		if wait < 10*time.Second || wait > 15*time.Second {
			t.Fatalf("told to wait for 10 s, it waits for %v", wait)
		}
		seen[wait.Truncate(100*time.Millisecond)] = true
	}
	if len(seen) < 40 {
		t.Errorf("1,000 clients come at %d moments", len(seen))
	}
	if spread(0) != 0 {
		t.Error("who is not told to wait waits")
	}
}

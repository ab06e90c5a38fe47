package host

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anishathalye/porcupine"

	"partykit/party"
	"partykit/protocol"
)

var (
	histories  = flag.Int("histories", 20, "how many histories to check for linearizability")
	operations = flag.Int("operations", 500, "operations in each")
)

// attempt is one thing that a client asked of the one party.
type attempt struct {
	what string
	who  int
	size int
}

// roster is the whole of the sequential model: who is in, how many may be, and
// whether the link lives.
type roster struct {
	in   uint64 // players, as bits
	size int
	dead bool
}

func (r roster) count() (n int) {
	for b := r.in; b != 0; b &= b - 1 {
		n++
	}
	return n
}

// step says what an attempt answers, and what it leaves.
func (r roster) step(a attempt) (party.Code, roster) {
	bit := uint64(1) << a.who
	switch a.what {
	case "join":
		switch {
		case r.in&bit != 0:
			return "", r
		case r.dead:
			return party.Revoked, r
		case r.count() >= r.size:
			return party.Full, r
		}
		r.in |= bit
	case "leave":
		r.in &^= bit
	case "resize":
		if a.size < r.count() {
			return party.TooMany, r
		}
		r.size = a.size
	case "revoke":
		if r.dead {
			return party.NotFound, r
		}
		r.dead = true
	}
	return "", r
}

var model = porcupine.Model{
	Init: func() any { return roster{in: 1, size: 4} },
	Step: func(state, input, output any) (bool, any) {
		want, next := state.(roster).step(input.(attempt))
		return want == output.(party.Code), next
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v → %q", input, output) },
}

// TestHistoriesAreLinearizable has players of two hosts join, leave, resize and
// revoke at the same time, and checks that what each was answered fits one
// order of it all.
func TestHistoriesAreLinearizable(t *testing.T) {
	for n := range *histories {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				history := record(t, w, uint64(n))
				if result := porcupine.CheckOperationsTimeout(model, history, time.Hour); result != porcupine.Ok {
					t.Fatalf("seed %d: %v", n, result)
				}
			})
		})
	}
}

func record(t *testing.T, w *world, seed uint64) []porcupine.Operation {
	const players = 7
	w.host("b")
	leader := w.hello("a", 1)
	leader.ok("settings", map[string]any{"size": 4})
	made := leader.ok("invite", nil)
	code, invite := made["code"].(string), made["invite"].(map[string]any)["id"].(string)
	var (
		clock   atomic.Int64
		mu      sync.Mutex
		history []porcupine.Operation
		done    sync.WaitGroup
	)
	play := func(c *client, who int, rng *rand.Rand) {
		for range *operations / players {
			a, frame, members := choose(rng, who, code, invite)
			call := clock.Add(1)
			answer := c.ask(frame, members)
			back := clock.Add(1)
			mu.Lock()
			history = append(history, porcupine.Operation{ClientId: who, Input: a, Call: call, Output: answer, Return: back})
			mu.Unlock()
			time.Sleep(time.Duration(30+rng.IntN(60)) * time.Millisecond)
		}
	}
	for who := range players {
		c := leader
		if who > 0 {
			c = w.hello([]string{"a", "b"}[who%2], who+1)
		}
		done.Go(func() { play(c, who, rand.New(rand.NewPCG(seed, uint64(who)))) })
	}
	done.Wait()
	synctest.Wait()
	return history
}

// choose picks what a player does next: the leader resizes and, rarely, revokes.
func choose(rng *rand.Rand, who int, code, invite string) (attempt, string, map[string]any) {
	switch {
	case who == 0 && rng.IntN(40) == 0:
		return attempt{what: "revoke"}, "revoke", map[string]any{"invite": invite}
	case who == 0:
		size := 1 + rng.IntN(7)
		return attempt{what: "resize", size: size}, "settings", map[string]any{"size": size}
	case rng.IntN(2) == 0:
		return attempt{what: "leave", who: who}, "leave", nil
	}
	return attempt{what: "join", who: who}, "join", map[string]any{"code": code, "confirm": true}
}

// ask sends a command and returns the code it is answered with; "" is ok. Many
// players ask at once.
func (c *client) ask(t string, members map[string]any) party.Code {
	c.mu.Lock()
	c.next++
	id, from := c.next, len(c.log)
	c.mu.Unlock()
	frame := map[string]any{"t": t, "id": id}
	maps.Copy(frame, members)
	c.session.Text(protocol.Encode(frame))
	for range 20_000 {
		c.mu.Lock()
		frames := c.log[from:]
		c.mu.Unlock()
		for _, r := range frames {
			f := r.text
			if f["id"] == float64(id) && f["t"] == "ok" {
				return ""
			}
			if f["id"] == float64(id) && f["t"] == "error" {
				return party.Code(f["code"].(string))
			}
		}
		time.Sleep(time.Millisecond)
	}
	return "unanswered"
}

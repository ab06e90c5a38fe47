package host

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anishathalye/porcupine"

	"partykit/internal/game"
	"partykit/party"
	"partykit/protocol"
)

var (
	histories  = flag.Int("histories", 20, "how many histories to check for linearizability")
	operations = flag.Int("operations", 500, "operations in each")

	historySeed = flag.Uint64("histories.seed", 0, "of the first history; each has the next")
)

// TestHistoriesAreLinearizable has players of two hosts join, leave and load,
// lose their connections, promote, kick, lock, resize and revoke at the same
// time, and checks that what each was answered fits one order of it all.
func TestHistoriesAreLinearizable(t *testing.T) {
	told := map[string]int{}
	for n := range *histories {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				history := record(t, w, *historySeed+uint64(n))
				for _, o := range history {
					told[strings.TrimSpace(fmt.Sprint(o.Input.(attempt).what, " ", o.Output))]++
				}
				if result := porcupine.CheckOperationsTimeout(model, history, time.Hour); result != porcupine.Ok {
					t.Fatalf("replay with -histories.seed=%d -histories=1: %v", *historySeed+uint64(n), result)
				}
			})
		})
	}
	t.Logf("proved: %d histories of %d operations fit one order each: %v", *histories, *operations, told)
}

// hosts are where the players of a history are.
var hosts = []string{"a", "b"}

// courtPlayers is how many players a history has.
const courtPlayers = 7

// recording is a history in the making.
type recording struct {
	w            *world
	home         string
	code, invite string

	clock   atomic.Int64
	mu      sync.Mutex
	history []porcupine.Operation
}

func record(t *testing.T, w *world, seed uint64) []porcupine.Operation {
	w.set(func(s *game.Settings) { s.Joins = 1000 })
	w.host("b")
	leader := w.hello("a", 1)
	leader.ok("settings", map[string]any{"size": 4})
	made := leader.ok("invite", nil)
	r := &recording{w: w, home: leader.lastParty(), code: made["code"].(string), invite: made["invite"].(map[string]any)["id"].(string)}
	var done sync.WaitGroup
	for who := range courtPlayers {
		c := leader
		if who > 0 {
			c = w.hello(hosts[who%2], who+1)
		}
		done.Go(func() {
			rng := rand.New(rand.NewPCG(seed, uint64(who)))
			for left := *operations / courtPlayers; left > 0; left-- {
				c = r.play(c, who, rng, left < *operations/courtPlayers/10)
				time.Sleep(time.Duration(30+rng.IntN(60)) * time.Millisecond)
			}
		})
	}
	done.Wait()
	synctest.Wait()
	return r.history
}

// do notes what an attempt was answered, and when.
func (r *recording) do(a attempt, act func() party.Code) {
	call := r.clock.Add(1)
	answer := act()
	back := r.clock.Add(1)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.history = append(r.history, porcupine.Operation{ClientId: a.who, Input: a, Call: call, Output: answer, Return: back})
}

// play has a player do one thing, and returns its connection.
func (r *recording) play(c *client, who int, rng *rand.Rand, late bool) *client {
	if rng.IntN(15) == 0 {
		return r.blink(c, who, rng)
	}
	a, frame, members := r.choose(rng, who, late)
	r.do(a, func() party.Code { return c.ask(frame, members) })
	return c
}

// blink loses a player's connection for a moment, and brings it back to either
// host.
func (r *recording) blink(c *client, who int, rng *rand.Rand) *client {
	r.do(attempt{what: "away", who: who}, func() party.Code {
		c.session.Gone()
		time.Sleep(20 * time.Millisecond) // until both hosts know
		return ""
	})
	time.Sleep(time.Duration(rng.IntN(400)) * time.Millisecond)
	var next *client
	r.do(attempt{what: "back", who: who}, func() (answer party.Code) {
		var err error
		if next, err = r.w.greet(hosts[rng.IntN(2)], c.n, c.withSession(r.home)); err != nil {
			return failure(err).Code
		}
		return ""
	})
	next.next = c.next
	return next
}

// withSession takes a session up again, and asks for a snapshot.
func (c *client) withSession(home string) func(*Caller) {
	var resume protocol.Resume
	for _, r := range c.sofar() {
		if r.text["t"] == "welcome" || r.text["t"] == "resumed" {
			resume.Session, resume.Token = party.SessionID(r.text["session"].(string)), r.text["resume"].(string)
		}
	}
	return func(caller *Caller) { caller.Hello.Party, caller.Hello.Resume = party.ID(home), &resume }
}

// choose picks what a player does next, mostly what only a leader may. The link
// is revoked late in a history, because little happens after it.
func (r *recording) choose(rng *rand.Rand, who int, late bool) (attempt, string, map[string]any) {
	s := r.look(hosts[rng.IntN(2)])
	me := s.Member(party.PlayerID(guest(who + 1)))
	if me == nil || rng.IntN(20) == 0 {
		return attempt{what: "join", who: who}, "join", map[string]any{"code": r.code, "confirm": true}
	}
	other := func() int { return s.Members[rng.IntN(len(s.Members))].N }
	leads := s.Leader == me.Player
	switch {
	case me.State == party.Loads && rng.IntN(3) == 0:
		return attempt{what: "finalize", who: who}, "finalize", map[string]any{"success": true}
	case s.Openness == party.Locking && leads && rng.IntN(2) == 0: // else nobody comes any more
		return attempt{what: "unlock", who: who}, "settings", map[string]any{"openness": "invite_only"}
	case len(s.Members) > 1 && rng.IntN(4) == 0:
		return attempt{what: "leave", who: who}, "leave", nil
	}
	switch rng.IntN(20) {
	case 0, 1, 2, 3:
		n := other()
		return attempt{what: "kick", who: who, n: n}, "kick", map[string]any{"n": n}
	case 4, 5:
		if len(s.Members) > 2 {
			return attempt{what: "lock", who: who}, "settings", map[string]any{"openness": "locked"}
		}
	case 6:
		return attempt{what: "unlock", who: who}, "settings", map[string]any{"openness": "invite_only"}
	case 7, 8, 9, 10:
		size := 1 + rng.IntN(courtPlayers)
		return attempt{what: "resize", who: who, size: size}, "settings", map[string]any{"size": size}
	case 11, 12, 13, 14, 15:
		if len(s.Outcasts) > 0 {
			n := s.Outcasts[rng.IntN(len(s.Outcasts))].N
			return attempt{what: "readmit", who: who, n: n}, "readmit", map[string]any{"n": n}
		}
	case 16:
		if late {
			return attempt{what: "revoke", who: who}, "revoke", map[string]any{"invite": r.invite}
		}
	}
	n := other()
	return attempt{what: "promote", who: who, n: n}, "promote", map[string]any{"n": n}
}

// look is the party as a host knows it.
func (r *recording) look(on string) party.State {
	out := make(chan party.State, 1)
	r.w.hosts[on].with(ref("demo", party.ID(r.home)), func(p *live, err error) {
		if err != nil {
			out <- party.State{}
			return
		}
		out <- *p.state.Clone()
	})
	return <-out
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
	c.session.Text(nil, protocol.Encode(frame))
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

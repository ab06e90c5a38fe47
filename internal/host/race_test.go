package host

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"partykit/internal/auth"
	"partykit/party"
	"partykit/protocol"
)

// race sends frames of many clients at once and waits until all is quiet.
func race(clients []*client, send func(*client)) {
	var all sync.WaitGroup
	for _, c := range clients {
		all.Go(func() { send(c) })
	}
	all.Wait()
	time.Sleep(time.Second)
	synctest.Wait()
}

func (c *client) joins(code string) {
	c.next++
	c.session.Text(nil, fmt.Appendf(nil, `{"t":"join","id":%d,"code":%q}`, c.next, code))
}

var rounds = flag.Int("rounds", 5, "how often two hundred race for the last seat, and for the last use")

// The last seat, and the last use, go to exactly one of two hundred.
func TestTwoHundredForOneSeat(t *testing.T) {
	for _, last := range []struct {
		what   string
		size   int
		invite map[string]any
		code   party.Code
	}{
		{"seat", 2, nil, party.Full},
		{"use", 8, map[string]any{"maxUses": 1}, party.UsedUp},
	} {
		t.Run(last.what, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				g := w.games["demo"]
				g.Settings.PartySize = last.size
				w.games["demo"] = g
				w.host("b")
				var crowd []*client
				for n := range 200 {
					crowd = append(crowd, w.hello([]string{"a", "b"}[n%2], n+100))
				}
				for round := range *rounds {
					a := w.hello("a", 1000+round)
					home, code := a.lastParty(), a.invite(last.invite)
					race(crowd, func(c *client) { c.joins(code) })
					in, refused := 0, 0
					for _, c := range crowd {
						switch f := c.answerTo(c.next); {
						case f["t"] == "ok":
							in++
							if c.lastParty() != home {
								t.Errorf("guest %d was let in and is in %s", c.n, c.lastParty())
							}
							c.ok("leave", nil)
						case f["code"] == string(last.code):
							refused++
						default:
							t.Errorf("guest %d was answered %v", c.n, f)
						}
					}
					if in != 1 || refused != 199 {
						t.Fatalf("round %d: %d are in, %d were told %s", round, in, refused, last.code)
					}
				}
			})
		})
	}
	t.Logf("proved: %d times the last seat, and the last use, went to exactly one of 200", *rounds)
}

func TestFinalizeTwiceAtOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)
		b := w.hello("a", 2)
		b.ok("join", map[string]any{"code": code})
		b.session.Text(nil, fmt.Appendf(nil, `{"t":"finalize","id":%d,"success":true}`, b.next+1))
		b.session.Text(nil, fmt.Appendf(nil, `{"t":"finalize","id":%d,"success":false}`, b.next+2))
		b.next += 2
		synctest.Wait()
		for id := b.next - 1; id <= b.next; id++ {
			if f := b.answerTo(id); f["t"] != "ok" {
				t.Errorf("finalize %d was answered %v", id, f)
			}
		}
		w.wantParty("a", home, "*1:in:connected 2:in:connected")
		n := 0
		for _, e := range a.events() {
			if e == "finalized" {
				n++
			}
		}
		if n != 1 {
			t.Errorf("finalized %d times", n)
		}
	})
}

// Two connections with one new key are one player in one party, and the newer
// stays.
func TestHelloTwiceAtOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		for n := range 20 {
			clients := make([]*client, 3)
			var all sync.WaitGroup
			for i := range clients {
				all.Go(func() {
					c, err := w.greet("a", n+1)
					if err != nil && c.closed != protocol.Replaced {
						t.Errorf("hello: %v", err)
					}
					clients[i] = c
				})
			}
			all.Wait()
			synctest.Wait()
			open, parties := 0, map[string]bool{}
			for _, c := range clients {
				if c.closedWith() == 0 {
					open++
					c.ok("rename", map[string]any{"name": "Ada"})
				}
				if c.session != nil {
					parties[c.lastParty()] = true
				}
			}
			if open != 1 || len(parties) != 1 {
				t.Fatalf("%d connections stand, in %d parties", open, len(parties))
			}
		}
	})
}

// A tick, a leave and a join at the same moment, on two hosts.
func TestTheClockAndThePlayersAtOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.host("b")
		random := rand.New(rand.NewPCG(1, 2))
		for round := range 10 {
			a := w.hello("a", 10*round+1)
			home, code := a.lastParty(), a.invite(nil)
			b := w.hello("b", 10*round+2)
			b.ok("join", map[string]any{"code": code})
			b.ok("finalize", map[string]any{"success": true})
			c := w.hello("b", 10*round+3)
			a.drop()
			b.drop()
			time.Sleep(party.DefaultRules.GraceIn - time.Duration(random.IntN(3))*time.Millisecond)
			go c.joins(code) // while both are being taken out
			d, err := w.tryHello("b", 10*round+2, resuming(b, b.seq()))
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Second)
			w.sameEverywhere(home, "a", "b")
			w.on("a", home, func(p *live) {
				if p.state.Leader == "" || p.state.Member(p.state.Leader) == nil {
					t.Errorf("the party of %d is led by %q", len(p.state.Members), p.state.Leader)
				}
			})
			w.wantOneParty(10*round+3, "b", home)
			w.wantOneParty(10*round+2, "b", d.lastParty())
		}
	})
}

// Pages, clients and the end of the host, all at once.
func TestCloseUnderLoad(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		h := w.hosts["a"]
		var clients []*client
		var codes []string
		for n := range 10 {
			c := w.hello("a", n+1)
			codes = append(codes, c.invite(nil))
			clients = append(clients, c)
		}
		var all sync.WaitGroup
		for i, c := range clients {
			all.Go(func() {
				for k := range 20 {
					c.joins(codes[(i+k)%len(codes)])
					c.reliable(uint64(k+1), 0, "x")
					if page, err := h.OpenPage(t.Context(), codes[(i+k)%len(codes)], auth.Browser(), someone); err == nil {
						page.Visible(true)
						defer page.Close()
					}
					ctx, cancel := context.WithTimeout(t.Context(), time.Second)
					h.Hello(ctx, Caller{Game: "demo", Hello: protocol.Hello{V: 1, Key: key(1000 + 100*i + k)}, Conn: &client{w: w}, Address: someone})
					cancel()
				}
			})
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := h.Close(ctx); err != nil {
			t.Error(err)
		}
		all.Wait()
		for _, c := range clients {
			if c.closedWith() == 0 {
				t.Error("a client was not told to come back")
			}
		}
	})
}

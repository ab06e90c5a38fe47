package host

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"partykit/internal/auth"
	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
	"partykit/internal/game"
	"partykit/internal/testlog"
	"partykit/party"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// world is an engine with hosts on fake time.
type world struct {
	t      *testing.T
	engine *engine.Engine
	keys   *auth.Keys
	games  games
	hosts  map[string]*Host
}

type games map[string]game.Game

func (g games) Get(id string) (game.Game, bool) { v, ok := g[id]; return v, ok }
func (g games) Active(id string) bool           { return g[id].Active }

func (g games) Settings(id string) *game.Settings { return new(g[id].Settings.OrDefault()) }

// set changes the settings of game demo while it runs.
func (w *world) set(change func(*game.Settings)) {
	synctest.Wait()
	g := w.games["demo"]
	change(&g.Settings)
	w.games["demo"] = g
}

// story runs fn in a bubble with a world of one host called "a".
func story(t *testing.T, fn func(t *testing.T, w *world)) { storyIn(t, t.TempDir(), fn) }

// storyIn is story with the engine in a folder.
func storyIn(t *testing.T, dir string, fn func(t *testing.T, w *world)) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, hosts: map[string]*Host{}, games: games{
			"demo":  {ID: "demo", Name: "Demo", Studio: "lamp", Active: true, Launch: game.Launch{Web: "https://demo.example/"}},
			"other": {ID: "other", Name: "Other", Active: true, Launch: game.Launch{Web: "https://other.example/"}},
			"moon":  {ID: "moon", Name: "Moonfall", Studio: "lamp", Active: true, Launch: game.Launch{Web: "https://moon.example/#/lobby"}},
			"off":   {ID: "off", Name: "Off", Studio: "lamp", Launch: game.Launch{Web: "https://off.example/"}},
		}}
		var err error
		if w.keys, err = auth.NewKeys(make([]byte, auth.SecretSize)); err != nil {
			t.Fatal(err)
		}
		w.engine = enginetest.OpenWith(t, engine.Options{Dir: dir})
		w.host("a")
		fn(t, w)
	})
}

// host starts a host on a node of its own.
func (w *world) host(name string) *Host {
	h := New(Options{
		Node: enginetest.Connect(w.t, w.engine, name), Name: name, Version: "test",
		Keys: w.keys, Games: w.games, PublicURL: "https://party.example", Contact: "ops@example.com",
		Identities: auth.NewIdentities(http.DefaultClient), Logger: testlog.New(w.t),
	})
	w.hosts[name] = h
	w.t.Cleanup(func() {
		if w.hosts[name] == h {
			w.crash(name)
		}
	})
	return h
}

// crash ends a host without a goodbye: what it had in memory is gone.
func (w *world) crash(name string) {
	h := w.hosts[name]
	delete(w.hosts, name)
	h.Stop()
	h.o.Node.Close()
}

// now renders the party as a fresh look by this member's host shows it.
func (w *world) party(on, id string) string {
	out := make(chan string, 1)
	h := w.hosts[on]
	h.with(ref("demo", party.ID(id)), func(p *live, err error) {
		if err != nil {
			out <- err.Error()
			return
		}
		var b strings.Builder
		for _, m := range p.view().Members {
			lead := ""
			if m.ID == p.state.Leader {
				lead = "*"
			}
			fmt.Fprintf(&b, "%s%d:%s:%s ", lead, m.N, m.State, m.Presence)
		}
		for _, s := range p.view().Held {
			fmt.Fprintf(&b, "(%d) ", s.N)
		}
		out <- strings.TrimSpace(b.String())
	})
	return <-out
}

// on runs fn on the loop of a party that a host has in memory.
func (w *world) on(host, id string, fn func(*live)) {
	w.t.Helper()
	done := make(chan bool)
	h := w.hosts[host]
	r := ref("demo", party.ID(id))
	l := h.loopOf(r)
	l.Post(r.Game, func() {
		p := l.parties[r]
		if p != nil {
			p.rouse()
			fn(p)
		}
		done <- p != nil
	})
	if !<-done {
		w.t.Fatalf("host %s does not have party %s in memory", host, id)
	}
}

// holds has a party write nothing until release, as while a read hangs.
func (w *world) holds(on, id string) (release func()) {
	w.t.Helper()
	w.on(on, id, func(p *live) { p.reading = true })
	return func() {
		w.on(on, id, func(p *live) {
			p.reading = false
			p.pump()
		})
	}
}

// has reports whether a host has a party in memory.
func (w *world) has(host, id string) bool {
	done := make(chan bool)
	r := ref("demo", party.ID(id))
	l := w.hosts[host].loopOf(r)
	l.Post(r.Game, func() { done <- l.parties[r] != nil })
	return <-done
}

// wantParty checks what party renders.
func (w *world) wantParty(on, id, want string) {
	w.t.Helper()
	w.party(on, id) // loads it, where it is not here yet
	synctest.Wait()
	if got := w.party(on, id); got != want {
		w.t.Fatalf("the party is %q, want %q", got, want)
	}
}

// press opens the invite page for a browser, looks for 2 s and presses Start.
func (w *world) press(on, code, browser string) (ticket string, page *Page) {
	w.t.Helper()
	h := w.hosts[on]
	from := netip.MustParseAddr("192.0.2.2")
	page, err := h.OpenPage(w.t.Context(), code, browser, from)
	if err != nil {
		w.t.Fatal(err)
	}
	page.Visible(true)
	if ticket, err = h.Start(w.t.Context(), code, browser, from); err != nil {
		w.t.Fatal(err)
	}
	time.Sleep(2100 * time.Millisecond)
	synctest.Wait()
	return ticket, page
}

// someone is an address.
var someone = netip.MustParseAddr("198.51.100.7")

// pair makes a party of two on one host: its leader, a member that is in, and
// its id.
func (w *world) pair(on string) (a, b *client, home, code string) {
	w.t.Helper()
	return w.pairOf(on, 1, 2)
}

// pairOf is pair with other guests.
func (w *world) pairOf(on string, n, m int) (a, b *client, home, code string) {
	w.t.Helper()
	a = w.hello(on, n)
	home, code = a.lastParty(), a.invite(nil)
	b = w.hello(on, m)
	b.ok("join", map[string]any{"code": code})
	b.ok("finalize", map[string]any{"success": true})
	return a, b, home, code
}

// entries counts what the log holds of a party.
func (w *world) entries(id string) (events, all int) {
	w.t.Helper()
	for _, h := range w.hosts {
		records, err := h.o.Node.Read(w.t.Context(), ref("demo", party.ID(id)), 0)
		if err != nil {
			w.t.Fatal(err)
		}
		return count(records, engine.Event), len(records)
	}
	return 0, 0
}

// sameEverywhere checks that hosts hold one state.
func (w *world) sameEverywhere(id string, hosts ...string) {
	w.t.Helper()
	synctest.Wait()
	var first *party.State
	for _, h := range hosts {
		w.on(h, id, func(p *live) {
			if first == nil {
				first = p.state.Clone()
			} else if diff := cmp.Diff(first, p.state); diff != "" {
				w.t.Errorf("hosts %v tell different parties:\n%s", hosts, diff)
			}
		})
	}
}

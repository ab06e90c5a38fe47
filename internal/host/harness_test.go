package host

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"partykit/internal/auth"
	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
	"partykit/internal/game"
	"partykit/party"
	"partykit/protocol"
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

// story runs fn in a bubble with a world of one host called "a".
func story(t *testing.T, fn func(w *world)) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, hosts: map[string]*Host{}, games: games{
			"demo":  {ID: "demo", Name: "Demo", Active: true, Launch: game.Launch{Web: "https://demo.example/"}},
			"other": {ID: "other", Name: "Other", Active: true, Launch: game.Launch{Web: "https://other.example/"}},
			"off":   {ID: "off", Name: "Off", Launch: game.Launch{Web: "https://off.example/"}},
		}}
		var err error
		if w.keys, err = auth.NewKeys(make([]byte, auth.SecretSize)); err != nil {
			t.Fatal(err)
		}
		w.engine = enginetest.OpenWith(t, engine.Options{Dir: dir})
		w.host("a")
		fn(w)
		for name := range w.hosts {
			w.crash(name)
		}
	})
}

// host starts a host on a node of its own.
func (w *world) host(name string) *Host {
	h := New(Options{
		Node: enginetest.Connect(w.t, w.engine, name), Epoch: w.engine.Epoch(), Name: name, Version: "test",
		Keys: w.keys, Games: w.games, PublicURL: "https://party.example", Contact: "ops@example.com",
	})
	w.hosts[name] = h
	return h
}

// crash ends a host without a goodbye: what it had in memory is gone.
func (w *world) crash(name string) {
	h := w.hosts[name]
	delete(w.hosts, name)
	h.end()
	h.o.Node.Close()
}

// client is a connection that writes down what it is sent.
type client struct {
	w       *world
	key     string
	session *Session

	mu     sync.Mutex
	texts  []map[string]any
	bins   [][]byte
	closed protocol.CloseCode
	next   uint64
}

func (c *client) Send(binary bool, frame []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if binary {
		c.bins = append(c.bins, slices.Clone(frame))
		return
	}
	var m map[string]any
	if err := json.Unmarshal(frame, &m); err != nil {
		panic(err)
	}
	c.texts = append(c.texts, m)
}

func (c *client) Close(code protocol.CloseCode) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = code
}

func key(n int) string { return fmt.Sprintf("%032x", n) }

// hello connects the guest n to a host of game demo.
func (w *world) hello(on string, n int, change ...func(*Caller)) *client {
	w.t.Helper()
	c, err := w.tryHello(on, n, change...)
	if err != nil {
		w.t.Fatalf("hello of %d: %v", n, err)
	}
	return c
}

func (w *world) tryHello(on string, n int, change ...func(*Caller)) (*client, error) {
	c := &client{w: w, key: key(n)}
	caller := Caller{
		Game: w.games["demo"], Hello: protocol.Hello{V: 1, Key: c.key}, Conn: c,
		Address: netip.MustParseAddr("192.0.2.1"), Origin: "https://demo.example",
	}
	for _, f := range change {
		f(&caller)
	}
	var err error
	c.session, err = w.hosts[on].Hello(w.t.Context(), caller)
	synctest.Wait()
	return c, err
}

func ticketed(text string) func(*Caller) { return func(c *Caller) { c.Hello.Ticket = text } }

// resuming takes up what another connection of the guest had.
func resuming(old *client, seq float64) func(*Caller) {
	first := old.welcome()
	return func(c *Caller) {
		c.Hello.Party = party.ID(old.lastParty())
		c.Hello.Resume = &protocol.Resume{
			Session: party.SessionID(first["session"].(string)), Token: first["resume"].(string),
			Epoch: first["epoch"].(string), Seq: uint64(seq),
		}
	}
}

// welcome is the frame that answered the hello.
func (c *client) welcome() map[string]any {
	c.w.t.Helper()
	for _, f := range c.frames() {
		if f["t"] == "welcome" || f["t"] == "resumed" {
			return f
		}
	}
	c.w.t.Fatal("no welcome")
	return nil
}

func (c *client) frames() []map[string]any {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.texts)
}

func (c *client) lastParty() string {
	id := ""
	for _, f := range c.frames() {
		if p, ok := f["party"].(map[string]any); ok {
			id = p["id"].(string)
		}
	}
	return id
}

// seq is the newest sequence the client saw.
func (c *client) seq() float64 {
	seq := 0.0
	for _, f := range c.frames() {
		if v, ok := f["seq"].(float64); ok {
			seq = max(seq, v)
		}
	}
	return seq
}

// do sends a command and returns its answer.
func (c *client) do(t string, members map[string]any) map[string]any {
	c.w.t.Helper()
	c.next++
	return c.redo(c.next, t, members)
}

// redo sends a command with an id of its own.
func (c *client) redo(id uint64, t string, members map[string]any) map[string]any {
	c.w.t.Helper()
	frame := map[string]any{"t": t, "id": id}
	for k, v := range members {
		frame[k] = v
	}
	from := len(c.frames())
	c.session.Text(protocol.Encode(frame))
	for range 100 {
		for _, f := range c.frames()[from:] {
			if (f["t"] == "ok" || f["t"] == "error") && f["id"] == float64(id) {
				return f
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	c.w.t.Fatalf("%s was not answered", t)
	return nil
}

func (c *client) ok(t string, members map[string]any) map[string]any {
	c.w.t.Helper()
	a := c.do(t, members)
	if a["t"] != "ok" {
		c.w.t.Fatalf("%s: %v", t, a)
	}
	return a
}

func (c *client) fails(code party.Code, t string, members map[string]any) map[string]any {
	c.w.t.Helper()
	a := c.do(t, members)
	if a["code"] != string(code) {
		c.w.t.Fatalf("%s: got %v, want %s", t, a, code)
	}
	return a
}

// events lists what the client was shown, one "type name…" each, in order.
func (c *client) events() []string {
	var list []string
	for _, f := range c.frames() {
		if f["t"] != "event" {
			continue
		}
		for _, e := range f["events"].([]any) {
			list = append(list, e.(map[string]any)["type"].(string))
		}
	}
	return list
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

// wantParty checks what party renders.
func (w *world) wantParty(on, id, want string) {
	w.t.Helper()
	synctest.Wait()
	if got := w.party(on, id); got != want {
		w.t.Fatalf("the party is %q, want %q", got, want)
	}
}

// invite makes a link and returns its code.
func (c *client) invite(members map[string]any) string {
	c.w.t.Helper()
	return c.ok("invite", members)["code"].(string)
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

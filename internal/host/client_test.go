package host

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing/synctest"
	"time"

	"partykit/internal/auth"
	"partykit/party"
	"partykit/protocol"
)

// client is a connection that writes down what it is sent.
type client struct {
	w       *world
	key     string
	session *Session

	n   int    // the guest
	was string // the party of the connection before

	mu     sync.Mutex
	log    []received // all frames, in order
	closed protocol.CloseCode
	next   uint64 // the last command's id
}

// received is a frame that a client got: a text frame, or a game message.
type received struct {
	text    map[string]any
	raw     []byte
	message protocol.Message
	ack     [2]uint64 // id and sequence
}

func (c *client) Send(binary bool, data []byte) {
	r := received{raw: slices.Clone(data)}
	var err error
	if !binary {
		err = json.Unmarshal(data, &r.text)
	} else if id, seq, ok := protocol.DecodeAck(r.raw); ok {
		r.ack = [2]uint64{id, seq}
	} else {
		r.message, err = protocol.DecodeMessage(r.raw)
	}
	if err != nil {
		panic(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log = append(c.log, r)
}

func (c *client) received() []received {
	synctest.Wait()
	return c.sofar()
}

// sofar is received where others are still at it.
func (c *client) sofar() []received {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.log)
}

func (c *client) frames() []map[string]any {
	var texts []map[string]any
	for _, r := range c.received() {
		if r.text != nil {
			texts = append(texts, r.text)
		}
	}
	return texts
}

// messages lists the payloads of the game messages that came.
func (c *client) messages() []string {
	var list []string
	for _, r := range c.received() {
		if r.message.Payload != nil {
			list = append(list, string(r.message.Payload))
		}
	}
	return list
}

// acks lists the acknowledged messages.
func (c *client) acks() map[uint64]uint64 {
	m := map[uint64]uint64{}
	for _, r := range c.received() {
		if r.ack[0] != 0 {
			m[r.ack[0]] = r.ack[1]
		}
	}
	return m
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

// snapshot is the last whole party the client was sent.
func (c *client) snapshot() (v map[string]any) {
	for _, f := range c.frames() {
		if p, ok := f["party"].(map[string]any); ok {
			v = p
		}
	}
	return v
}

// seq is the newest sequence the client saw of its party.
func (c *client) seq() float64 {
	seq := 0.0
	for _, r := range c.received() {
		switch {
		case r.text["t"] == "party" || r.text["t"] == "welcome" || r.text["t"] == "resumed":
			seq = r.text["seq"].(float64)
		case r.text["t"] == "event":
			seq = max(seq, r.text["seq"].(float64))
		case r.message.Reliable:
			seq = max(seq, float64(r.message.ID))
		}
	}
	return seq
}

func (c *client) lastParty() string {
	id := c.was
	for _, f := range c.frames() {
		if p, ok := f["party"].(map[string]any); ok {
			id = p["id"].(string)
		}
	}
	return id
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

func (c *client) closedWith() protocol.CloseCode {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// snapshotNow is the party as the host shows it.
func (c *client) snapshotNow(on string) (v party.Snapshot) {
	c.w.on(on, c.lastParty(), func(p *live) { v = p.view() })
	return v
}

func (c *client) Close(code protocol.CloseCode) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed == 0 {
		c.closed = code
	}
}

// drop loses the connection.
func (c *client) drop() {
	c.session.Gone()
	synctest.Wait()
}

// back comes again on a new connection with all that the client knows.
func (c *client) back(on string, change ...func(*Caller)) *client {
	c.w.t.Helper()
	b := c.w.hello(on, c.n, append([]func(*Caller){resuming(c, c.seq())}, change...)...)
	b.next = c.next
	return b
}

// resuming takes up what another connection of the guest had.
func resuming(old *client, seq float64) func(*Caller) {
	first, home := old.welcome(), old.lastParty()
	return func(c *Caller) {
		c.Hello.Party = party.ID(home)
		c.Hello.Resume = &protocol.Resume{
			Session: party.SessionID(first["session"].(string)), Token: first["resume"].(string),
			Epoch: first["epoch"].(string), Seq: uint64(seq),
		}
	}
}

func ticketed(text string) func(*Caller) { return func(c *Caller) { c.Hello.Ticket = text } }

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
	c.session.Text(nil, protocol.Encode(frame))
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

// begin sends a command and does not wait for its answer.
func (c *client) begin(t string, members map[string]any) (id uint64) {
	c.next++
	frame := map[string]any{"t": t, "id": c.next}
	for k, v := range members {
		frame[k] = v
	}
	c.session.Text(nil, protocol.Encode(frame))
	synctest.Wait()
	return c.next
}

// answerTo is the answer to a command, nil if there is none.
func (c *client) answerTo(id uint64) map[string]any {
	for _, f := range c.frames() {
		if (f["t"] == "ok" || f["t"] == "error") && f["id"] == float64(id) {
			return f
		}
	}
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

// invite makes a link and returns its code.
func (c *client) invite(members map[string]any) string {
	c.w.t.Helper()
	return c.ok("invite", members)["code"].(string)
}

// reliable sends a message with its id.
func (c *client) reliable(id uint64, to int, payload string) {
	c.session.Binary(nil, protocol.AppendMessage(nil, protocol.Message{Reliable: true, ID: id, Peer: to, Payload: []byte(payload)}))
}

func (c *client) volatile(to int, payload string) {
	c.session.Binary(nil, protocol.AppendMessage(nil, protocol.Message{Peer: to, Payload: []byte(payload)}))
}

// guest is the id of the guest n of game demo.
func guest(n int) string {
	id, err := auth.GuestID("demo", key(n))
	if err != nil {
		panic(err)
	}
	return id
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
	c, err := w.greet(on, n, change...)
	synctest.Wait()
	return c, err
}

// greet is tryHello for several at once.
func (w *world) greet(on string, n int, change ...func(*Caller)) (*client, error) {
	c := &client{w: w, key: key(n), n: n}
	caller := Caller{
		Game: "demo", Hello: protocol.Hello{V: 1, Key: c.key}, Conn: c,
		Address: netip.MustParseAddr("192.0.2.1"), Origin: "https://demo.example",
	}
	for _, f := range change {
		f(&caller)
	}
	var err error
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	c.was = string(caller.Hello.Party)
	c.session, err = w.hosts[on].Hello(ctx, caller)
	return c, err
}

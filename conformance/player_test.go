package conformance

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"partykit/client"
	"partykit/party"
)

// player is somebody in a story: a client, its way to the server, and what it
// heard.
type player struct {
	name string
	wire *wire
	kit  *client.Client // nil until it starts
	way  client.Way     // to the other game

	reading sync.WaitGroup
	pending []chan error // the outcomes of what it did without a connection, in order

	mu      sync.Mutex
	changed chan struct{} // closed and replaced when something happened
	heard   []any         // and not told by a step yet
	moved   party.Reason
	door    *client.Door
	ended   error
	stays   []*stay
	blank   bool            // its program has just begun, and knows the party by a snapshot alone
	sent    map[uint64]bool // the places of its own messages, which it is not sent
}

func newPlayer(name string) *player {
	return &player{name: name, wire: newWire(), changed: make(chan struct{}), sent: map[uint64]bool{}}
}

// begin starts the client.
func (p *player) begin(ctx context.Context, o client.Options) error {
	o.HTTPClient = &http.Client{Transport: &http.Transport{DialContext: p.wire.dial, DisableKeepAlives: true}}
	kit, err := client.Dial(ctx, o)
	if err != nil {
		return err
	}
	p.kit, p.blank = kit, true
	p.reading.Go(func() {
		for e := range kit.Events(context.Background()) {
			p.happened(e)
		}
	})
	return nil
}

func (p *player) end() {
	p.wire.restore()
	if p.kit != nil {
		p.kit.Close()
	}
	p.reading.Wait()
}

// here is the party the player is in, as far as it has told.
func (p *player) here() *stay {
	if len(p.stays) == 0 {
		return &stay{}
	}
	return p.stays[len(p.stays)-1]
}

// happened takes in what the client tells.
func (p *player) happened(e client.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := e.(type) {
	case client.Changed:
		p.here().changed(e)
	case client.ChatLine:
		p.here().add(e.Seq, "chat", e)
		p.heard = append(p.heard, map[string]any{"chat": e.Text, "from": p.member(e.N)})
	case client.Message:
		if e.Reliable && !e.Direct {
			p.here().add(e.Seq, "message", e)
		}
		p.heard = append(p.heard, p.message(e))
	case client.Connected:
		if !e.Resumed || p.blank { // what came before the snapshot is in it
			p.blank = false
			p.stays = append(p.stays, &stay{party: e.Party, from: e.Seq})
		}
	case client.Moved:
		p.moved, p.door = e.Reason, nil
		if e.Party != p.here().party {
			p.stays = append(p.stays, &stay{party: e.Party, from: e.Seq})
		}
	case client.Door:
		p.door = &e
	case client.Closed:
		p.ended = e.Err
	}
	p.here().meet(p.kit.Snapshot())
	close(p.changed)
	p.changed = make(chan struct{})
}

// message is a game's message as a story writes it.
func (p *player) message(e client.Message) map[string]any {
	m := map[string]any{"from": p.member(e.From)}
	if e.JSON {
		m["message"] = json.RawMessage(e.Payload)
	} else {
		m["bytes"] = hex.EncodeToString(e.Payload)
	}
	if e.Direct {
		m["direct"] = true
	}
	if !e.Reliable {
		m["channel"] = e.Channel
	}
	return m
}

// member returns the id of the member n, also of one that has left meanwhile: the
// client may be further than what it tells. It is n itself of nobody.
func (p *player) member(n int) any {
	s := p.here()
	s.meet(p.kit.Snapshot())
	if id, met := s.met[n]; met {
		return id
	}
	return n
}

// until waits until ok finds nothing wrong. It is called with the player
// locked.
func (p *player) until(ctx context.Context, ok func() error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		p.mu.Lock()
		err, changed := ok(), p.changed
		p.mu.Unlock()
		if err == nil {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
}

// later does something while the player has no connection, after what it did
// before.
func (p *player) later(do func() error) {
	var before chan error
	if len(p.pending) > 0 {
		before = p.pending[len(p.pending)-1]
	}
	done := make(chan error, 1)
	p.pending = append(p.pending, done)
	go func() {
		var err error
		if before != nil {
			err = <-before
		}
		done <- errors.Join(err, do())
	}()
}

// settle waits for what was done without a connection.
func (p *player) settle(ctx context.Context) error {
	if len(p.pending) == 0 {
		return nil
	}
	last := p.pending[len(p.pending)-1]
	p.pending = nil
	select {
	case err := <-last:
		return err
	case <-ctx.Done():
		return fmt.Errorf("%s has no answer to what it did without a connection", p.name)
	}
}

// wire is a player's way to the server, which a story may cut.
type wire struct {
	mu    sync.Mutex
	up    chan struct{} // closed while connections can be made
	conns []*cable
}

// cable is a connection over a wire.
type cable struct {
	net.Conn
	deaf atomic.Bool
}

func newWire() *wire {
	up := make(chan struct{})
	close(up)
	return &wire{up: up}
}

func (w *wire) dial(ctx context.Context, network, address string) (net.Conn, error) {
	w.mu.Lock()
	up := w.up
	w.mu.Unlock()
	select {
	case <-up:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	conn, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c := &cable{Conn: conn}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conns = append(w.conns, c)
	return c, nil
}

// Read swallows what comes while the player is deaf.
func (c *cable) Read(b []byte) (int, error) {
	for {
		n, err := c.Conn.Read(b)
		if err != nil || !c.deaf.Load() {
			return n, err
		}
	}
}

// deafen lets nothing of the server's through any more.
func (w *wire) deafen() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.conns {
		c.deaf.Store(true)
	}
}

// drop cuts the connection and lets none be made.
func (w *wire) drop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.up = make(chan struct{})
	for _, c := range w.conns {
		c.Close()
	}
	w.conns = nil
}

// restore ends that.
func (w *wire) restore() {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.up:
	default:
		close(w.up)
	}
}

// held reports whether the player is cut off, one way or both.
func (w *wire) held() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.up:
		return slices.ContainsFunc(w.conns, func(c *cable) bool { return c.deaf.Load() })
	default:
		return true
	}
}

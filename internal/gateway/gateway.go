// Package gateway turns WebSocket connections into frames and back. It decides
// who may connect (the game's origins, how many from one address, how fast),
// reads the hello, and from then on hands each frame of a client to its session
// and each frame of the session to the client. It holds no rule of a party.
//
// What it promises its session: frames come one after another, and none after
// Gone. What it promises a client: every refusal says
// why, in a frame before the close code or, where a browser hides that, to a
// plain GET of the same address.
package gateway

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"

	"partykit/internal/game"
	"partykit/internal/loop"
	"partykit/party"
	"partykit/protocol"
)

// The limits of one connection that no game sets (docs/protocol.md, Limits).
const (
	idleTime   = 45 * time.Second // between two frames
	writeTime  = 10 * time.Second // for a write, and for all that waits at a close
	maxWaiting = 1 << 20          // bytes that may wait to be written for longer than writeTime
	maxBurst   = 24 << 20         // bytes that may wait at all: a resume brings up to 1,000 messages of 16 KiB
	lastWords  = 64 << 10         // bytes that may wait for a client that was replaced
	minCost    = 64               // bytes that a frame counts at least, so that tiny ones are bounded, too
	refusal    = 1024             // bytes that a refused frame counts besides
	maxHeard   = 68 << 10         // bytes until a message is whole, or a hello is there, that need no budget: one of any size, and some control frames
)

// A Session is the other side of a connection after its hello.
type Session interface {
	// Loop is where the session lives, until it moves to another.
	Loop() *loop.Loop
	// Text and Binary take a client's frame, which is the gateway's again when
	// they return. The loop is the one that the call is made on; it is nil where
	// a goroutine reads the connection. They answer through the connection and
	// do not block for long. They report whether the frame was answered with a
	// refusal at once, which takes longer than to take it.
	Text(on *loop.Loop, frame []byte) (refused bool)
	Binary(on *loop.Loop, frame []byte) (refused bool)
	// Gone says that the connection is over.
	Gone()
}

// A Caller is a client that has said hello.
type Caller struct {
	Game    string // id of one that is active
	Hello   protocol.Hello
	Address netip.Addr
	Origin  string // "" of a native client
	// Spare says that the game or the address has as many connections as it
	// may: only who comes back to a live session is let in.
	Spare bool
	Conn  *Conn
}

// Games is what the gateway needs of the registered games.
type Games interface {
	Get(id string) (game.Game, bool)
	Settings(id string) *game.Settings
	AllowsOrigin(g game.Game, origin string) bool
	FirstUse(ctx context.Context, id, origin, page string) (game.Game, error)
}

// Options are what a [Gateway] is told about its surroundings.
type Options struct {
	Games Games
	// Hello begins or resumes a session, and sends the answer through the
	// caller's connection. A failure is a [*party.Error] and nothing was sent.
	Hello func(context.Context, Caller) (Session, error)
	// ClientAddr tells the address a request comes from, proxies resolved.
	ClientAddr func(*http.Request) netip.Addr
	// Acquire counts one more connection of a game from an address, which comes
	// by a request, until release is called, or refuses it. A spare one is over
	// the limit. The game's id may be kept as long as the connection lasts.
	Acquire func(r *http.Request, game string, from netip.Addr) (release func(), spare, ok bool)
	// Failure is an error as every surface tells it.
	Failure func(error) protocol.Failure
	// NotActivated says whom to ask to activate a game.
	NotActivated func(id string) *party.Error
	PublicURL    *url.URL // where this server is reached
	Dev          bool     // unknown games register themselves at first use
	Logger       *slog.Logger
}

// Gateway serves /connect.
type Gateway struct {
	opts   Options
	ctx    context.Context // ends with Close
	cancel context.CancelFunc

	mu     sync.Mutex
	closed bool
	conns  map[*Conn]struct{}
	wg     sync.WaitGroup

	burdens burdens

	lanes lanes         // where connections are read by loops
	clock func() second // for what needs it no finer
}

// New returns a gateway. All options but Dev and Logger are required.
func New(o Options) *Gateway {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	ctx, cancel := context.WithCancel(context.Background())
	start := time.Now()
	return &Gateway{
		opts: o, ctx: ctx, cancel: cancel, conns: map[*Conn]struct{}{},
		clock: func() second { return seconds(time.Since(start)) },
	}
}

// second is a moment of the gateway's clock, or a duration in it.
type second int32

func seconds(d time.Duration) second { return second(d / time.Second) }

// Leave takes no more connections: who comes from now on, or has not been
// answered, is told going_away, and so comes back at once to who is here next.
func (g *Gateway) Leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}

// Close leaves, closes the connections there are with going_away and
// waits until they are over; when ctx ends it waits no more and cuts them off.
// The loops of the sessions must run meanwhile.
func (g *Gateway) Close(ctx context.Context) error {
	g.Leave()
	g.mu.Lock()
	for c := range g.conns {
		c.Close(protocol.GoingAway)
	}
	g.mu.Unlock()
	over := make(chan struct{})
	go func() {
		g.wg.Wait()
		close(over)
	}()
	defer g.cancel()
	select {
	case <-over:
		return nil
	case <-ctx.Done():
		g.mu.Lock()
		for c := range g.conns {
			c.abort()
		}
		g.mu.Unlock()
		return context.Cause(ctx)
	}
}

// enter counts a connection in, unless the gateway closes.
func (g *Gateway) enter(c *Conn) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	g.conns[c] = struct{}{}
	g.wg.Add(1)
	return true
}

// leaves reports whether the gateway takes no more connections.
func (g *Gateway) leaves() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.closed
}

func (g *Gateway) leave(c *Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, in := g.conns[c]; in {
		delete(g.conns, c)
		g.wg.Done()
	}
}

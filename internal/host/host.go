package host

import (
	"context"
	"hash/fnv"
	"log/slog"
	"net/netip"
	"runtime"
	"sync"
	"time"

	"partykit/internal/auth"
	"partykit/internal/engine"
	"partykit/internal/game"
	"partykit/party"
	"partykit/protocol"
)

// Options say what a host works with.
type Options struct {
	Node      *engine.Node
	Epoch     string     // of the engine
	Name      string     // of this node, unique among those that share an engine
	Version   string     // of the server, told in the welcome
	Keys      *auth.Keys // of the whole server
	Games     Games
	PublicURL string // where links lead, without a slash at the end
	Contact   string // whom to ask to activate a game
	// NewGuest says whether one more new guest may come from an address now,
	// and else when to try again. nil: always.
	NewGuest func(netip.Addr) (ok bool, retry time.Duration)
	// Unlimited says that an address is not limited, as loopback in dev.
	Unlimited func(netip.Addr) bool
	Logger    *slog.Logger
}

// Games tells what the operator set.
type Games interface {
	Get(id string) (game.Game, bool)
}

// Conn is a client's connection. Neither method blocks.
type Conn interface {
	// Send queues a frame behind those before it. A client that does not read
	// is closed with SlowReader.
	Send(binary bool, frame []byte)
	// Close sends what is queued, then closes with the code.
	Close(protocol.CloseCode)
}

// Host serves parties on one node.
type Host struct {
	o     Options
	log   *slog.Logger
	loops []*loop
	run   sync.WaitGroup

	ctx  context.Context // ends when the host has closed
	stop context.CancelFunc

	mu      sync.Mutex
	where   map[playerKey]whereabouts
	closing bool
}

type playerKey struct {
	game   party.GameID
	player party.PlayerID
}

// whereabouts is the party a player was last seen to move into.
type whereabouts struct {
	party party.ID
	move  uint64
}

// New starts a host.
func New(o Options) *Host {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	ctx, stop := context.WithCancel(context.Background())
	h := &Host{o: o, log: o.Logger.With("part", "host"), ctx: ctx, stop: stop, where: map[playerKey]whereabouts{}}
	for range max(1, runtime.GOMAXPROCS(0)) {
		l := newLoop()
		h.loops = append(h.loops, l)
		h.run.Go(l.run)
	}
	return h
}

// Close tells every client to come back, stores what makes the next start
// short, and stops. ctx bounds how long it waits for writes under way.
func (h *Host) Close(ctx context.Context) error {
	h.mu.Lock()
	h.closing = true
	h.mu.Unlock()
	var drained sync.WaitGroup
	for _, l := range h.loops {
		drained.Add(1)
		l.post(func() {
			defer drained.Done()
			for _, p := range l.parties {
				p.drain(&drained)
			}
		})
	}
	done := make(chan struct{})
	go func() { drained.Wait(); close(done) }()
	var err error
	select {
	case <-done:
	case <-ctx.Done():
		err = ctx.Err()
	}
	h.stop()
	for _, l := range h.loops {
		l.close()
	}
	h.run.Wait()
	return err
}

func (h *Host) isClosing() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.closing
}

func now() party.Time { return party.At(time.Now()) }

func ref(g party.GameID, p party.ID) engine.Ref { return engine.Ref{Game: string(g), Party: string(p)} }

// loopOf returns the one loop on which a party lives while it is live.
func (h *Host) loopOf(r engine.Ref) *loop {
	f := fnv.New32a()
	f.Write([]byte(r.Party))
	return h.loops[f.Sum32()%uint32(len(h.loops))]
}

// with runs fn on a party's loop, with the party loaded, or with why it cannot
// be: NotFound or Unavailable.
func (h *Host) with(r engine.Ref, fn func(*live, error)) {
	l := h.loopOf(r)
	l.post(func() {
		p := l.parties[r]
		if p == nil {
			if h.isClosing() {
				fn(nil, &party.Error{Code: party.Unavailable})
				return
			}
			p = h.newLive(r, l)
			p.load()
		}
		if p.opening {
			p.waiting = append(p.waiting, fn)
			return
		}
		fn(p, nil)
	})
}

// whereIs returns the party a player is in, as far as this host knows.
func (h *Host) whereIs(g party.GameID, p party.PlayerID) (whereabouts, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	w, ok := h.where[playerKey{g, p}]
	return w, ok
}

// moved notes a membership; the highest move wins.
func (h *Host) moved(g party.GameID, p party.PlayerID, w whereabouts) {
	h.mu.Lock()
	defer h.mu.Unlock()
	k := playerKey{g, p}
	if old, ok := h.where[k]; !ok || w.move >= old.move {
		h.where[k] = w
	}
}

// forget drops a player's whereabouts if they still name that party.
func (h *Host) forget(g party.GameID, p party.PlayerID, id party.ID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	k := playerKey{g, p}
	if h.where[k].party == id {
		delete(h.where, k)
	}
}

// nextMove numbers a move: the clock, or one more than the player's last, so
// that it rises also where clocks differ.
func (h *Host) nextMove(g party.GameID, p party.PlayerID, last uint64) uint64 {
	w, _ := h.whereIs(g, p)
	return max(uint64(now()), w.move+1, last+1)
}

// active returns the game if the kit is activated for it.
func (h *Host) active(id party.GameID) (game.Game, error) {
	g, ok := h.o.Games.Get(string(id))
	if !ok {
		return g, &party.Error{Code: party.NotFound, Detail: "There is no game of that id here."}
	}
	if !g.Active {
		return g, NotActivated(g.ID, h.o.Contact)
	}
	return g, nil
}

// NotActivated says whom to ask to activate a game, and what to send.
func NotActivated(id, contact string) *party.Error {
	whom := "the operator of this server"
	if contact != "" {
		whom = contact
	}
	return party.Errorf(party.KitNotActivated, "PartyKit is not activated for this game. Write to %s and send the game's id: %s", whom, id)
}

func (h *Host) partySize(g game.Game) int {
	if g.Settings.PartySize > 0 {
		return min(g.Settings.PartySize, party.MaxSize)
	}
	return party.DefaultSize
}

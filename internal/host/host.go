package host

import (
	"context"
	"hash/fnv"
	"log/slog"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"partykit/internal/auth"
	"partykit/internal/engine"
	"partykit/internal/game"
	"partykit/internal/limit"
	"partykit/internal/loop"
	"partykit/party"
	"partykit/protocol"
)

// Options say what a host works with.
type Options struct {
	Node    *engine.Node
	Name    string     // of this node, unique among those that share an engine
	Version string     // of the server, told in the welcome
	Keys    *auth.Keys // of the whole server
	// Identities verifies the tokens by which games name their players.
	Identities *auth.Identities
	Games      Games
	PublicURL  string // where links lead, without a slash at the end
	Contact    string // whom to ask to activate a game
	// NewGuest says whether one more new guest of a game may come from an
	// address now, and else when to try again. nil: always.
	NewGuest func(game string, from netip.Addr) (ok bool, retry time.Duration)
	// Unlimited says that an address is not limited, as loopback in dev.
	Unlimited func(netip.Addr) bool
	Logger    *slog.Logger
}

// Games tells what the operator set.
type Games interface {
	Get(id string) (game.Game, bool)
	// Active reports whether there is such a game with the kit activated.
	Active(id string) bool
	// Settings are a game's numbers as they are now, defaults filled in. They
	// are shared and must not be changed.
	Settings(id string) *game.Settings
}

// Conn is a client's connection. Neither method blocks.
type Conn interface {
	// Send copies a frame behind those before it. A client that does not read
	// is closed with SlowReader.
	Send(binary bool, frame []byte)
	// Close sends what is queued, then closes with the code.
	Close(protocol.CloseCode)
}

// Host serves parties on one node.
type Host struct {
	o     Options
	log   *slog.Logger
	loops []*place
	run   sync.WaitGroup

	guesses *limit.Guesses
	shorts  shorts
	budgets budgets
	lookups ways
	endings ways
	links   links
	tickets tickets

	ctx  context.Context // ends when the host has closed
	stop context.CancelFunc

	closing atomic.Bool

	mu    sync.Mutex
	where map[party.GameID]map[party.PlayerID]whereabouts

	noticed noticed
}

// New starts a host.
func New(o Options) *Host {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	ctx, stop := context.WithCancel(context.Background())
	h := &Host{o: o, log: o.Logger.With("part", "host"), ctx: ctx, stop: stop, guesses: limit.NewGuesses(guessRates), shorts: newShorts(now()), budgets: newBudgets(), lookups: newWays(maxLookups), endings: newWays(maxEndings), links: links{byHash: map[string]link{}}, tickets: tickets{bySeat: map[party.SeatID]given{}}, where: map[party.GameID]map[party.PlayerID]whereabouts{}}
	for range max(1, runtime.GOMAXPROCS(0)) {
		l := &place{Loop: loop.New(), parties: map[engine.Ref]*live{}}
		h.loops = append(h.loops, l)
		h.run.Go(l.Run)
	}
	h.run.Go(h.countOlder)
	return h
}

// Drain takes no more players, tells every client to come back and stores what
// makes the next start short. ctx bounds how long it waits for writes under way.
// The loops run on, until Close: connections still have a word to write.
func (h *Host) Drain(ctx context.Context) error {
	h.closing.Store(true)
	var left atomic.Int64
	drained := make(chan struct{})
	done := func() {
		if left.Add(-1) == 0 {
			close(drained)
		}
	}
	left.Store(int64(len(h.loops)))
	for _, l := range h.loops {
		l.Post(everyGame, func() {
			for _, p := range l.parties {
				left.Add(1)
				p.rouse()
				p.drain(done)
			}
			done()
		})
	}
	select {
	case <-drained:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close drains the host and stops it. When it returns nothing of the host runs
// any more.
func (h *Host) Close(ctx context.Context) error {
	err := h.Drain(ctx)
	h.Stop()
	return err
}

// Stop ends all that runs, and waits until it has ended. What is under way is lost.
func (h *Host) Stop() {
	h.stop()
	for _, l := range h.loops {
		l.Post(everyGame, func() {
			for _, p := range l.parties {
				p.silence()
			}
		})
		l.Close()
	}
	h.run.Wait()
}

func now() party.Time { return party.At(time.Now()) }

func ref(g party.GameID, p party.ID) engine.Ref { return engine.Ref{Game: string(g), Party: string(p)} }

// loopOf returns the one loop on which a party lives while it is live.
func (h *Host) loopOf(r engine.Ref) *place {
	f := fnv.New32a()
	f.Write([]byte(r.Party))
	return h.loops[f.Sum32()%uint32(len(h.loops))]
}

// with runs fn on a party's loop, with the party loaded, or with why it cannot
// be: NotFound or Unavailable.
func (h *Host) with(r engine.Ref, fn func(*live, error)) {
	l := h.loopOf(r)
	l.Post(r.Game, func() {
		p := l.parties[r]
		if p == nil {
			if h.closing.Load() {
				fn(nil, &party.Error{Code: party.Unavailable})
				return
			}
			p = h.newLive(r, l)
			p.load()
		}
		p.rouse()
		if p.opening {
			p.waiting = append(p.waiting, fn)
			return
		}
		fn(p, nil)
	})
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

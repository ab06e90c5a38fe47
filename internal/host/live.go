package host

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"partykit/internal/engine"
	"partykit/party"
)

// live is a party that this host serves. All of it belongs to its loop.
type live struct {
	h    *Host
	loop *place
	ref  engine.Ref
	nap  nap // while it sleeps
	*awake
}

// awake is all that a party needs while something goes on in it. It is nil
// while the party sleeps: see nap.
type awake struct {
	state    *party.State
	logged   bool   // it has a log; a party of one has none until it is shared
	expect   uint64 // what the next append must find as the last event
	last     uint64 // the newest entry of any kind that was applied or delivered
	lastMsg  uint64 // the newest message
	lastChat uint64 // the newest line of chat
	torn     uint64 // who has seen no more than this is told a gap
	chats    []line
	counts   map[party.InviteID]*party.Count // of links, to be written together
	countAt  party.Time                      // when they are

	opening bool
	waiting []func(*live, error)
	follow  *engine.Following
	reading bool            // a read of what was missed is under way
	held    []engine.Record // what came meanwhile

	queue    []*job
	inflight *inflight
	newest   newest // entries, for those who come back

	sessions map[party.PlayerID]*session
	near     []*session                 // see here
	tracks   map[party.SessionID]*track // of reliable messages
	absent   map[party.PlayerID]party.Absence
	reports  map[party.PlayerID]*report
	told     party.Time              // when reports that waited last went out
	hidden   map[party.PlayerID]bool // connected, with the game out of sight
	pages    audience
	closed   map[party.SeatID]party.Time
	gone     map[party.SeatID]party.Reason
	remote   remote
	coming   map[string]bool // resume tokens' hashes of sessions that are being adopted here

	base     party.Time // until when snapshot or founding entry is kept
	size     int        // of the state in bytes, about
	unsaved  int        // events since the last snapshot
	saving   bool
	saveNext party.Time

	timer     *time.Timer
	pins      int        // work under way that must find the party here
	idleSince party.Time // since when nobody here needs it
	tired     bool       // looks at the end of the pass whether it can sleep
	unloaded  bool

	seen *seen
}

func (h *Host) newLive(r engine.Ref, l *place) *live {
	p := &live{h: h, loop: l, ref: r, awake: newAwake()}
	l.parties[r] = p
	return p
}

func newAwake() *awake {
	return &awake{
		sessions: map[party.PlayerID]*session{},
		tracks:   map[party.SessionID]*track{},
		absent:   map[party.PlayerID]party.Absence{},
		reports:  map[party.PlayerID]*report{},
		hidden:   map[party.PlayerID]bool{},
		counts:   map[party.InviteID]*party.Count{},
		pages:    newAudience(),
		seen:     new(seen),
		closed:   map[party.SeatID]party.Time{},
		gone:     map[party.SeatID]party.Reason{},
		coming:   map[string]bool{},
		remote:   remote{nodes: map[string]bool{}, members: map[party.PlayerID]string{}, pages: map[party.SeatID]string{}},
	}
}

// post adds a task of the party to its loop.
func (p *live) post(task func()) { p.loop.Post(p.ref.Game, task) }

// load brings the party from its log. Nothing is served before.
func (p *live) load() {
	p.opening = true
	p.h.work(patience, func(ctx context.Context) {
		o := p.fetch(ctx)
		p.post(func() { p.opened(o) })
	})
}

// opening is what load found.
type opening struct {
	follow   *engine.Following
	state    *party.State
	expect   uint64
	size     int
	unsaved  int             // events after the snapshot
	messages []engine.Record // and chat: all that are held
	err      error
}

func (p *live) fetch(ctx context.Context) (o opening) {
	node := p.h.o.Node
	// Following comes first: what is committed after the reads is then shown.
	if o.follow, o.err = node.Follow(p.ref, p.arrived); o.err != nil {
		return o
	}
	loaded, all, err := node.LoadAll(ctx, p.ref)
	if err != nil {
		o.err = err
		return o
	}
	if o.state, o.err = restore(loaded); o.err != nil {
		return o
	}
	o.expect, o.size, o.unsaved = loaded.Last, len(loaded.Snapshot), len(loaded.Events)
	for _, r := range loaded.Events {
		o.size += len(r.Data)
	}
	o.messages = slices.DeleteFunc(all, func(r engine.Record) bool { return r.Kind == engine.Event })
	return o
}

// restore folds what was stored into a state.
func restore(l engine.Loaded) (*party.State, error) {
	s := &party.State{}
	if l.Snapshot != nil {
		if err := json.Unmarshal(l.Snapshot, s); err != nil {
			return nil, err
		}
	}
	for _, r := range l.Events {
		e, err := party.DecodeEntry(r.Data)
		if err != nil {
			return nil, err
		}
		s.Apply(r.Seq, e)
	}
	return s, nil
}

func (p *live) opened(o opening) {
	p.opening = false
	waiting := p.waiting
	p.waiting = nil
	p.follow = o.follow
	err := o.err
	if err == nil && o.state.Retired {
		err = engine.ErrNotFound
	}
	if err != nil {
		if !errors.Is(err, engine.ErrNotFound) {
			p.h.log.Error("a party cannot be loaded", "game", p.ref.Game, "party", p.ref.Party, "err", err)
		}
		p.unload()
		for _, fn := range waiting {
			fn(nil, failure(err))
		}
		return
	}
	p.state, p.logged, p.expect, p.size = o.state, true, o.expect, o.size
	p.last = o.state.Seq
	p.unsaved = o.unsaved
	p.saveNext = now().Add(snapshotEvery) // what it was loaded from is kept for margin at least
	p.started(now())
	p.newest.keep(p.last)
	held := p.held // came since it was read
	p.held = nil
	for _, r := range o.messages {
		switch {
		case r.Seq > p.last:
			p.take(r)
		case r.Kind == engine.Chat:
			p.recall(r)
		default:
			p.lastMsg = max(p.lastMsg, r.Seq)
			if m, err := decodeStored(r.Data); err == nil {
				p.track(m, r.Seq)
			}
		}
	}
	for _, r := range held {
		p.take(r)
	}
	p.settle()
	for _, fn := range waiting {
		fn(p, nil)
	}
	p.schedule()
}

// started marks everybody as away since now: whoever is there will say so, and
// a deadline that passed while nobody looked starts anew.
func (p *live) started(t party.Time) {
	for _, m := range p.state.Members {
		p.absent[m.Player] = party.Absence{Since: t, ByServer: true}
		if m.State == party.Loads {
			p.reports[m.Player] = &report{progress: t}
		}
		if w, ok := p.h.whereIs(p.state.Game, m.Player); ok && w.party != p.state.ID && w.move < m.Move {
			p.h.leaveBehind(ref(p.state.Game, w.party), movedAway(m.Player, m.Move))
		}
		p.h.moved(p.state.Game, m.Player, whereabouts{p.state.ID, m.Move})
	}
	for _, s := range p.state.Seats {
		p.closed[s.ID] = t
	}
	for _, v := range p.state.Line {
		p.closed[v.Seat] = t
	}
	p.announce()
}

// settle finishes moves that a crash may have cut short: whoever joined from
// another party must have left it, and of two memberships of a player the one
// of the lower move goes.
func (p *live) settle() {
	for _, m := range p.state.Members {
		if p.elsewhere(&m) {
			w, _ := p.h.whereIs(p.state.Game, m.Player)
			p.h.leaveBehind(p.ref, movedAway(m.Player, w.move))
			continue
		}
		if m.From != "" && m.Joined.Add(24*time.Hour) > now() {
			p.h.leaveBehind(ref(p.state.Game, m.From), movedAway(m.Player, m.Move))
		}
	}
}

// movedAway takes a player out of a party of a lower move.
func movedAway(player party.PlayerID, move uint64) party.Leave {
	return party.Leave{Player: player, Reason: party.ReasonMoved, Move: move}
}

// leaveBehind takes a player out of the party it went away from, however long
// the engine takes for it.
func (h *Host) leaveBehind(from engine.Ref, leave party.Leave) {
	again := func(err error) {
		if failure(err).Code != party.NotFound && h.ctx.Err() == nil {
			time.AfterFunc(time.Second, func() { h.leaveBehind(from, leave) })
		}
	}
	h.with(from, func(x *live, err error) {
		if err != nil {
			again(err)
			return
		}
		x.submit(&job{cmd: leave, done: func(o outcome) {
			if o.err != nil {
				again(o.err)
				return
			}
			x.bringAfter(leave.Player)
		}})
	})
}

// known is what the next decision may rely on beside the state.
func (p *live) known() party.Known {
	own := map[party.PlayerID]party.Own{}
	for id, s := range p.sessions {
		own[id] = s.own
	}
	return party.Known{Rules: p.settings().Rules, Absent: p.absent, Closed: p.closed, Own: own}
}

func (p *live) status(id party.PlayerID) party.Status {
	st := party.Status{Presence: party.Connected}
	if _, away := p.absent[id]; away {
		st.Presence = party.Reconnecting
	} else if p.hidden[id] {
		st.Presence = party.Away
	}
	if r := p.reports[id]; r != nil {
		st.Loading = r.shown()
	}
	return st
}

// here lists the sessions of members that are served here, each with its number.
// It is made anew after the state or the sessions changed.
func (p *live) here() []*session {
	if p.near != nil {
		return p.near
	}
	for id, s := range p.sessions {
		if m := p.state.Member(id); m != nil {
			s.n = m.N
			p.near = append(p.near, s)
		}
	}
	return p.near
}

// elsewhere reports whether a higher move has taken the member away.
func (p *live) elsewhere(m *party.Member) bool {
	w, ok := p.h.whereIs(p.state.Game, m.Player)
	return ok && w.party != p.state.ID && w.move > m.Move
}

func (p *live) view() party.Snapshot { return p.state.View(now(), p.status, p.elsewhere) }

// unload takes the party out of memory. A party of one is gone with it.
func (p *live) unload() {
	p.unloaded = true
	p.unnotice()
	p.silence()
	if p.follow != nil {
		go p.follow.Stop()
	}
	p.goodbye()
	delete(p.loop.parties, p.ref)
	if p.state == nil {
		return
	}
	for _, m := range p.state.Members {
		p.h.forget(p.state.Game, m.Player, p.state.ID)
	}
}

// silence stops the party's timer.
func (p *live) silence() {
	if !p.asleep() && p.timer != nil {
		p.timer.Stop()
	}
}

// failure turns an engine's error into one for clients.
func failure(err error) *party.Error {
	if e, ok := errors.AsType[*party.Error](err); ok {
		return e
	}
	switch {
	case errors.Is(err, engine.ErrNotFound):
		return &party.Error{Code: party.NotFound}
	case errors.Is(err, engine.ErrFull):
		return &party.Error{Code: party.StorageFull}
	case errors.Is(err, engine.ErrTooLarge):
		return &party.Error{Code: party.PartyTooLarge}
	}
	return &party.Error{Code: party.Unavailable}
}

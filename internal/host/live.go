package host

import (
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
	torn     uint64 // who has seen no more than this is told a gap: see tear
	marking  bool   // that is being written into the log
	chats    []line
	counts   map[party.InviteID]*party.Count // of links, to be written together
	countAt  party.Time                      // when they are

	opening bool
	waiting []func(*live, error)
	follow  *engine.Following
	reading bool            // a read of what was missed is under way
	held    []engine.Record // what came meanwhile

	queue    jobs
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
	lookout  lookout // for the way on from its dead links
	closed   map[party.SeatID]party.Time
	gone     map[party.SeatID]party.Reason
	starts   map[party.SeatID]party.Time // whose ticket nobody redeemed, by when Start was pressed; not all
	remote   remote
	coming   map[string]bool // resume tokens' hashes of sessions that are being adopted here

	base     party.Time // until when snapshot or founding entry is kept
	size     int        // of the state in bytes, about
	unsaved  int        // events since the last snapshot
	saving   bool
	saveNext party.Time
	ticking  bool       // a tick is on its way into the log
	tickNext party.Time // not before: the last one was refused

	timer     *time.Timer
	wakes     party.Time // when the timer does; 0: never
	waking    bool       // as soon as it is its turn
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

// later adds a task of the party that gives way to all others, as what concerns a
// crowd does. It runs only while the party is awake.
func (p *live) later(task func()) {
	p.loop.Later(p.ref.Game, func() {
		if !p.asleep() && !p.unloaded {
			task()
		}
	})
}

// known is what the next decision may rely on beside the state.
func (p *live) known() party.Known {
	var own map[party.PlayerID]party.Own // mostly nobody has set anything
	for id, s := range p.sessions {
		if s.own.Data == nil && s.own.Landing == nil {
			continue
		}
		if own == nil {
			own = map[party.PlayerID]party.Own{}
		}
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
		p.wakes = 0
	}
}

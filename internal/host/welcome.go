package host

import (
	"regexp"
	"sync/atomic"
	"time"

	"partykit/internal/auth"
	"partykit/internal/limit"
	"partykit/party"
	"partykit/protocol"
)

// welcoming is a hello on its way to its answer.
type welcoming struct {
	c       Caller
	s       *session
	guest   party.PlayerID // whose key a hello of a known player showed too, until that was looked for
	secret  string         // the resume token that the welcome gives out
	lost    bool           // the client named a party it is not in any more
	resumed bool
	gap     bool
	retell  bool // a member got another id meanwhile
	ask     *protocol.Ask

	done    chan welcomed // has room for the one outcome
	settled atomic.Bool
}

// welcomed is how a hello ended.
type welcomed struct {
	s   *session
	err error
}

// takes makes s the session that is welcomed.
func (w *welcoming) takes(s *session) { w.s, s.hello = s, w }

// finish tells the outcome, once. Where nobody waits for it any more the
// connection is over.
func (w *welcoming) finish(s *session, err error) {
	switch {
	case w.settled.CompareAndSwap(false, true):
		w.done <- welcomed{s, err}
	case s != nil:
		s.push(input{conn: w.c.Conn, gone: true})
	}
}

func (w *welcoming) fail(err error) {
	w.s.hello = nil
	w.finish(nil, failure(err))
}

var idShape = regexp.MustCompile(`^[a-z0-9]{1,64}$`)

// back looks for the party the player is in: where this host last saw it, or
// where the client says it was, if that party knows the player.
func (h *Host) back(w *welcoming) {
	s := w.s
	id := w.c.Hello.Party
	if at, ok := h.whereIs(s.game, s.player); ok {
		id = at.party
	} else if at, ok := h.whereIs(s.game, w.guest); ok {
		id = at.party
	}
	if !idShape.MatchString(string(id)) {
		w.alone()
		return
	}
	r := ref(s.game, id)
	s.owner.Store(h.loopOf(r))
	h.with(r, func(p *live, err error) {
		switch {
		case err != nil && failure(err).Code != party.NotFound:
			w.fail(err)
		case err == nil && p.state.Member(s.player) == nil && w.guest != "" && p.state.Member(w.guest) != nil:
			w.upgrade(p)
		case err != nil || p.state.Member(s.player) == nil:
			h.forget(s.game, s.player, id)
			w.alone()
		default:
			w.attach(p)
		}
	})
}

// crowded refuses who is new where only who comes back has room.
var crowded = &party.Error{Code: party.RateLimited, RetryAfter: 10 * time.Second, Detail: "Too many connections of this game are open, from your address or in all. Close some, then try again."}

// alone founds a party of one.
func (w *welcoming) alone() {
	if w.c.Spare {
		w.fail(crowded)
		return
	}
	w.resumed = false
	w.lost = w.c.Hello.Party != ""
	other, err := w.s.found(func(p *live) {
		p.adopt(w.s)
		w.arrive()
	})
	switch {
	case err != nil:
		w.fail(err)
	case other != "": // another hello of the same player was faster
		w.s.h.back(w)
	}
}

// attach gives a member's new connection its session: the one it resumes, or a
// new one. The player's newest connection ends the older.
func (w *welcoming) attach(p *live) {
	s := w.s
	old := p.sessions[s.player]
	if old != nil && !w.takesOver(old) {
		return
	}
	prev := ""
	w.resumed = false
	if r := w.c.Hello.Resume; r != nil && w.c.Hello.Ticket == "" {
		if hash := auth.Hash(r.Token); p.resumable(s.player, r.Session, hash) {
			w.resumed, prev, s.id = true, hash, r.Session
		}
	}
	if w.c.Spare && old == nil && !w.resumed {
		w.fail(crowded)
		return
	}
	resume := party.Resume{Player: s.player, Session: s.id, Hash: s.hash.String(), Prev: prev}
	p.resume(resume, func(o outcome) {
		switch {
		case o.err == nil:
			w.attached(p)
		case o.err.Code == party.NotFound:
			w.alone()
		default:
			w.fail(o.err)
		}
	})
}

// takesOver ends the connection of the session that the player has. It reports
// whether the hello may go on: behind a pause it waits, and then begins anew.
func (w *welcoming) takesOver(old *session) bool {
	old.close(protocol.Replaced)
	if old.pause != nil {
		old.pause.waiting = append(old.pause.waiting, w)
	}
	return old.pause == nil
}

// resumable reports whether a token still opens a session: the newest one, or
// the one before it as long as nothing came under the newest.
func (p *live) resumable(player party.PlayerID, id party.SessionID, hash string) bool {
	st := p.state.Session(id)
	if st == nil || st.Player != player || st.Gone != 0 {
		return false
	}
	if hash == st.Hash {
		return true
	}
	here := p.sessions[player]
	return hash == st.Prev && !(here != nil && here.hash.String() == st.Hash && here.used)
}

// resume submits a Resume of this host's, so that its event is not taken for
// the player's coming to another host.
func (p *live) resume(cmd party.Resume, done func(outcome)) {
	p.coming[cmd.Hash] = true
	p.submit(&job{cmd: cmd, done: func(o outcome) {
		delete(p.coming, cmd.Hash)
		done(o)
	}})
}

// attached goes on when the session is durable.
func (w *welcoming) attached(p *live) {
	s := w.s
	old := p.sessions[s.player]
	switch {
	case old == nil:
	case !w.takesOver(old):
		return
	case w.resumed && old.id == s.id:
		old.reconnect(s)
		s.hello = nil
		w.takes(old)
		s = old
	default:
		s.inherit(old)
	}
	if m := p.state.Member(s.player); m != nil && s.fresh {
		s.name, s.face, s.fresh = m.Name, m.Face, false
	}
	p.adopt(s)
	w.restated(p)
	w.arrive()
}

// reconnect gives the session the connection of next, which took it up again.
func (s *session) reconnect(next *session) {
	next.inherit(s)
	s.owner.Store(next.owner.Load())
	s.conn, s.web = next.conn, next.web
	if s.sent != nil {
		s.sent.rate = limit.Bucket{}
	}
	s.has, s.from = next.has, next.from
	s.hash, s.used = next.hash, false
	s.name, s.face, s.fresh, s.own = next.name, next.face, next.fresh, next.own
	s.pausing()
}

// inherit takes over what the player's former session knew and the client did
// not state.
func (s *session) inherit(old *session) {
	if s.own.Data == nil {
		s.own.Data = old.own.Data
	}
	if s.own.Landing == nil {
		s.own.Landing = old.own.Landing
	}
	if s.fresh {
		s.name, s.face, s.fresh = old.name, old.face, old.fresh
	}
}

// restated lets what the client restated take effect if it leads a party that
// has nothing yet: it was set when no answer could come.
func (w *welcoming) restated(p *live) {
	s := w.s
	if p.state.Leader != s.player {
		return
	}
	if d := w.c.Hello.Own.Data; d != nil && p.state.Data == nil {
		p.submit(&job{cmd: party.SetData{Player: s.player, Data: s.own.Data}})
	}
	if f := w.c.Hello.Own.Landing; f != nil && p.state.Landing == nil {
		p.submit(&job{cmd: party.SetLanding{Player: s.player, Fields: s.own.Landing}})
	}
}

// arrive redeems the ticket, if there is one, then welcomes the player. It
// runs on the loop of the session's party.
func (w *welcoming) arrive() {
	s := w.s
	if w.c.Hello.Ticket == "" {
		w.welcome()
		return
	}
	if err := s.mayJoin(); err != nil {
		w.ask = &protocol.Ask{Error: new(s.h.Failure(err))}
		w.welcome()
		return
	}
	s.enter(entry{ticket: w.c.Hello.Ticket}, func(ask *protocol.Ask, err *party.Error) {
		w.ask = ask
		if err != nil && ask == nil {
			w.ask = &protocol.Ask{Error: new(s.h.Failure(err))}
		}
		w.welcome()
	})
}

// welcome answers the hello: with what was missed where that is wanted and
// held, else with a snapshot.
func (w *welcoming) welcome() {
	s, r := w.s, w.c.Hello.Resume
	switch {
	case s.conn == nil:
		s.rest()
	case s.expelled() != "":
		w.lost = true
		s.depart(s.party, w.welcome)
	case r == nil || r.Seq == 0 || s.party.state.ID != w.c.Hello.Party || !s.party.logged:
		w.snapshot()
	case !w.resumed, !s.party.stands(r), r.Seq <= s.party.torn:
		w.gap = true
		w.snapshot()
	default:
		w.replay(r.Seq)
	}
}

// stands reports whether the party is still what it was for who saw it up to
// there: the storage may have been put back as it was before.
func (p *live) stands(r *protocol.Resume) bool {
	return r.Seq <= p.last && p.h.o.Node.Stands(p.ref, r.Epoch, r.Seq)
}

func (w *welcoming) snapshot() {
	s, p, h := w.s, w.s.party, w.s.h
	s.hello = nil
	s.tell(protocol.Welcome{
		T: protocol.TWelcome, V: protocol.Version, Server: h.o.Version, Epoch: h.o.Node.Epoch(),
		You: s.you(), Token: s.token(), Session: s.id, Resume: w.secret, Seq: p.last,
		Lost: w.lost, Gap: w.gap, Party: p.view(), Invite: w.ask, Payload: s.payload(), Chat: p.history(),
	})
	w.over()
}

// over ends the welcome, which was sent.
func (w *welcoming) over() {
	s := w.s
	w.finish(s, nil)
	s.rest()
}

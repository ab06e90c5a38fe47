package host

import (
	"time"

	"partykit/internal/engine"
	"partykit/party"
	"partykit/protocol"
)

// adopt makes p the session's party. The session's frames come from p alone
// from now on. It runs on p's loop, which owns the session already; the session
// must not be in another party.
func (p *live) adopt(s *session) {
	if old := p.sessions[s.player]; old != nil && old != s {
		old.close(protocol.Replaced)
	}
	s.party = p
	x := s.pausing() // it rests once its player knows where it is
	x.expelled = ""
	for _, fn := range x.ahead {
		s.do(nil, fn)
	}
	x.ahead = nil
	if s.sent == nil {
		s.sent = p.tracks[s.id]
	}
	if s.sent != nil {
		p.tracks[s.id] = s.sent
	}
	if p.state.Member(s.player) == nil { // taken out while it was on its way
		x.expelled = party.ReasonLeft
		return
	}
	p.sessions[s.player], p.near = s, nil
	if s.conn != nil && p.h.closing.Load() {
		s.close(protocol.GoingAway)
	}
	if s.conn != nil {
		delete(p.absent, s.player)
		delete(p.hidden, s.player)
	} else if _, known := p.absent[s.player]; !known {
		p.absent[s.player] = party.Absence{Since: now()}
	}
	if r := p.reports[s.player]; r != nil && r.joined && s.conn != nil {
		p.remote.status(p, s.player) // the others here know from its joining
	} else {
		p.tellStatus(s.player)
	}
	p.schedule()
}

// release lets a session go that moves to another party. It runs on p's loop.
func (p *live) release(s *session) {
	if p.sessions[s.player] == s {
		delete(p.sessions, s.player)
		p.near = nil
		s.keepSets(p.state)
	}
	s.party = nil
	delete(p.tracks, s.id) // it takes that along
	if p.logged || len(p.sessions) > 0 {
		p.schedule()
		return
	}
	for page := range p.pages.open { // of dead links, which led to the one who was here
		p.openAgain(page)
	}
	if p.inflight == nil && p.queue.len() == 0 {
		p.unload() // a party of one that nobody is in any more
		return
	}
	p.schedule()
}

// keepSets has a leader take what it has set along (law 5). s is the party as
// it was while it led.
func (s *session) keepSets(led *party.State) {
	if led.Leader == s.player {
		s.own = party.Own{Data: led.Data, Landing: led.Landing}
	}
}

// moveTo takes the session from party x to y, whose loop this runs on, and then
// calls then there. Between the two it hears from neither.
func (s *session) moveTo(x, y *live, then func()) {
	if x == y {
		y.adopt(s)
		then()
		return
	}
	y.pins++
	x.post(func() {
		x.release(s)
		s.owner.Store(y.loop)
		y.post(func() {
			if y.pins--; y.unloaded { // its player has left it on another connection meanwhile
				s.end()
				return
			}
			y.adopt(s)
			then()
		})
	})
}

// expel lets a session go whose player was taken out. One that is paused goes
// on when its pause ends, but for a player that asked to leave.
func (p *live) expel(s *session, why party.Reason) {
	delete(p.sessions, s.player)
	p.near = nil
	if x := s.pause; x != nil && x.leaving == 0 {
		x.expelled = why
		return
	}
	s.pausing()
	s.depart(p, func() { s.arrived(why) })
}

// depart takes a session that x has let go to where its player is now: into
// the party of a higher move, or into one of its own. It runs on x's loop and
// calls then on that of the new party. Without a connection the session ends.
func (s *session) depart(x *live, arrived func()) {
	s.pausing().expelled = ""
	then := func() {
		arrived()
		x.post(func() { x.bringAfter(s.player) })
	}
	switch w, ok := s.h.whereIs(s.game, s.player); {
	case s.conn == nil:
		s.end()
	case ok && w.party != x.state.ID:
		s.follow(x, w.party, then)
	default:
		s.alone(x, then)
	}
}

// end ends a session that has no party any more. Its player begins anew.
func (s *session) end() {
	x := s.pausing()
	s.party, x.ended, x.ahead = nil, true, nil
	s.close(protocol.Unavailable)
	x.callBack(s.h)
}

// follow takes the session from x into the party its player is in by a higher
// move.
func (s *session) follow(x *live, to party.ID, then func()) {
	stay := func(err error) {
		x.post(func() {
			if failure(err).Code != party.NotFound {
				s.end()
				return
			}
			s.h.forget(s.game, s.player, to)
			s.alone(x, then)
		})
	}
	s.h.with(ref(s.game, to), func(y *live, err error) {
		if err != nil {
			stay(err)
			return
		}
		y.resume(party.Resume{Player: s.player, Session: s.id, Hash: s.hash.String()}, func(o outcome) {
			if o.err != nil {
				stay(o.err)
				return
			}
			s.moveTo(x, y, then)
		})
	})
}

// alone takes the session from x to a party of one. It runs on x's loop.
func (s *session) alone(x *live, then func()) {
	x.release(s)
	other, err := s.found(func(p *live) {
		p.adopt(s)
		then()
	})
	switch {
	case err != nil:
		s.end()
	case other != "":
		s.follow(x, other, then)
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

// arrived tells the player its new party, and answers the command that brought
// it there.
func (s *session) arrived(why party.Reason) {
	s.leaveDoor()
	s.tellParty(why)
	if x := s.pausing(); x.leaving != 0 {
		s.answer(protocol.OK{T: protocol.TOK, ID: x.leaving, Seq: s.party.last})
		x.leaving = 0
	}
	s.rest()
}

func (s *session) tellParty(why party.Reason) {
	p := s.party
	s.tell(protocol.Moved{T: protocol.TParty, Reason: why, Seq: p.last, You: s.you(), Party: p.view(), Payload: s.payload(), Chat: p.history()})
}

package host

import (
	"context"

	"partykit/internal/limit"
	"partykit/party"
	"partykit/protocol"
)

// entry is a way into another party: a ticket from an invite page, or a code.
type entry struct {
	ticket    string
	code      string
	open      party.ID // an open party
	confirmed bool     // the player agreed to leave company
	onward    bool     // and to go where a dead link's maker is now
	id        *party.CommandID
}

// entrance is an entry that was looked up: the party, the invite and the seat.
type entrance struct {
	link
	seat    party.SeatID
	browser string
	left    *departure               // of one that travels here
	bind    func(*live, func(error)) // spends the ticket
}

// join is the command. It waits for what the player did before.
func (s *session) join(c protocol.Command) {
	e := entry{ticket: c.Ticket, code: c.Code, open: c.Party, confirmed: c.Confirm, onward: c.Onward, id: &party.CommandID{Session: s.id, Counter: c.ID}}
	if !e.one() {
		s.fail(c.ID, party.Errorf(party.BadRequest, "join needs a code, a ticket or the id of an open party, and one of them only."), nil)
		return
	}
	if c.Has != nil {
		s.has = c.Has
	}
	if err := s.mayJoin(); err != nil {
		s.fail(c.ID, err, nil)
		return
	}
	from := s.party
	s.inTurn(c.ID, func() {
		s.enter(e, func(ask *protocol.Ask, err *party.Error) {
			switch {
			case err != nil:
				if s.party != from {
					s.tellParty(party.ReasonLeft)
				}
				s.fail(c.ID, err, ask)
				s.rest()
			case s.party == from:
				s.answer(protocol.OK{T: protocol.TOK, ID: c.ID, Seq: s.party.last})
				s.rest()
			default:
				s.pausing().leaving = c.ID
				s.arrived(party.ReasonJoined)
			}
		})
	})
}

// mayJoin takes from how often a player joins.
func (s *session) mayJoin() error {
	return s.take(s.h.budgets.joins, limit.PerMinute(s.h.settings(s.game).Joins))
}

// one reports whether the entry names one way in.
func (e entry) one() bool {
	n := 0
	for _, way := range []string{e.ticket, e.code, string(e.open)} {
		if way != "" {
			n++
		}
	}
	return n == 1 && (e.open == "" || idShape.MatchString(string(e.open)))
}

// inTurn pauses the session for a command and calls fn when the party has done
// what it was asked before.
func (s *session) inTurn(id uint64, fn func()) {
	s.pausing()
	s.party.submit(&job{turn: fn, done: func(o outcome) {
		s.fail(id, o.err, nil)
		s.rest()
	}})
}

// enter takes the paused session into the party an entry leads to. done runs on
// the loop of the session's party, which is the new one if there is no error. A
// player with company is not moved unless it agreed: ConfirmRequired.
func (s *session) enter(e entry, done func(*protocol.Ask, *party.Error)) {
	x := s.party
	x.pins++
	m := &moving{s: s, x: x, entry: e, done: done}
	s.h.lookUp(string(s.game), func(ctx context.Context) {
		in, err := s.lookUp(ctx, e)
		if err != nil {
			m.stay(nil, err)
			return
		}
		m.in = in
		x.post(m.leaveCompany)
	})
}

// moving is a session on its way from one party to another.
type moving struct {
	s     *session
	x     *live
	entry entry
	in    entrance
	done  func(*protocol.Ask, *party.Error)

	refused bool // by a dead link; where it leads on to was looked up
}

// stay ends the way where it began, on x's loop, or where the session has gone
// if it was taken out meanwhile.
func (m *moving) stay(ask *protocol.Ask, err error) {
	refused := failure(err)
	if m.in.forgotten(refused.Code) {
		refused = &party.Error{Code: party.Expired}
	}
	if m.mayGoOn(refused) {
		m.goOn(refused)
		return
	}
	m.x.post(func() {
		m.x.pins--
		then := func() { m.done(ask, refused) }
		if m.s.expelled() != "" && m.s.conn != nil {
			m.s.depart(m.x, then)
			return
		}
		then()
		m.x.schedule()
	})
}

// leaveCompany asks a player that has company before it is moved, and spends
// the ticket of one that is. It runs on x's loop.
func (m *moving) leaveCompany() {
	h, y := m.s.h, ref(m.in.Game, m.in.Party)
	if len(m.x.state.Members) > 1 && !m.entry.confirmed && y != m.x.ref {
		h.with(y, func(y *live, err error) {
			if err != nil {
				m.stay(nil, gone(err))
				return
			}
			m.stay(y.ask(m.in), &party.Error{Code: party.ConfirmRequired})
		})
		return
	}
	cmd := party.Join{
		Player: m.s.player, Name: m.s.name, Face: m.s.face, Seat: m.in.seat, Invite: m.in.Invite, Browser: m.in.browser, Has: m.s.has,
		Approve: m.in.Approve, Session: m.s.id, Hash: m.s.hash.String(), Fresh: m.s.fresh && m.entry.ticket != "",
	}
	if cmd.Fresh {
		cmd.Name = m.s.h.friendly(m.s.game, string(m.in.seat))
		cmd.Face = Face(cmd.Name)
	}
	if member := m.x.state.Member(m.s.player); member != nil {
		cmd.Move = member.Move
	}
	if m.x.logged && m.x.ref != y {
		cmd.From = party.ID(m.x.ref.Party)
	}
	m.in.bind(m.x, func(err error) {
		if err != nil {
			m.stay(nil, err)
			return
		}
		h.with(y, func(y *live, err error) {
			if err != nil {
				m.stay(nil, gone(err))
				return
			}
			m.join(y, cmd)
		})
	})
}

// gone says of a party that cannot be found that it is over.
func gone(err error) error {
	if failure(err).Code == party.NotFound {
		return &party.Error{Code: party.Ended}
	}
	return err
}

// join is the move itself, on the loop of y: one append.
func (m *moving) join(y *live, cmd party.Join) {
	s, x := m.s, m.x
	if t, closed := y.closed[cmd.Seat]; closed && y.state.Seat(cmd.Seat) == nil && now() >= t.Add(y.settings().Rules.SeatClosed) {
		m.stay(nil, errOldStart)
		return
	}
	s.h.mu.Lock()
	cmd.Move = s.h.nextMove(s.game, s.player, cmd.Move)
	s.h.mu.Unlock()
	y.coming[cmd.Hash] = true
	delete(y.starts, cmd.Seat) // its ticket is spent
	y.submit(&job{cmd: cmd, id: m.entry.id, done: func(o outcome) {
		delete(y.coming, cmd.Hash)
		if o.err != nil {
			if m.in.Follows {
				m.goAfter(o.err)
				return
			}
			if m.in.left != nil && o.err.Code == party.NotFound {
				o.err = errOldTravel
			}
			m.stay(nil, o.err)
			return
		}
		if m.in.left != nil {
			s.h.arrivedFrom(*m.in.left)
		}
		s.moveTo(x, y, func() {
			if member := y.state.Member(s.player); member != nil && s.fresh {
				s.name, s.face, s.fresh = member.Name, member.Face, false
			}
			m.done(nil, nil)
		})
		x.post(func() { x.pins--; x.schedule() })
		if cmd.From != "" {
			s.h.leaveBehind(x.ref, movedAway(s.player, cmd.Move))
		}
	}})
}

// goAfter goes where the link leads by now: its maker may have left the party
// between the look at the link and the join that was refused.
func (m *moving) goAfter(refused error) {
	h := m.s.h
	h.lookUp(string(m.s.game), func(ctx context.Context) {
		to := h.leads(ctx, m.in.link, m.in.seat)
		if to.Party == m.in.Party {
			m.stay(nil, refused)
			return
		}
		m.in.link = to
		m.x.post(m.leaveCompany)
	})
}

// ask is what the player is asked before it leaves others for this party.
func (p *live) ask(in entrance) *protocol.Ask {
	if in.left != nil {
		return &protocol.Ask{From: in.left.From, Game: p.state.Game, Size: p.state.Taken()}
	}
	v := p.state.Invitation(in.hold(party.Hold{Seat: in.seat, Browser: in.browser}), now(), p.status, p.elsewhere)
	return &protocol.Ask{From: v.Inviter.Name, Game: p.state.Game, Size: v.Taken}
}

func (s *session) lookUp(ctx context.Context, e entry) (entrance, error) {
	in := entrance{bind: func(_ *live, done func(error)) { done(nil) }}
	var err error
	switch {
	case e.open != "":
		in.Game, in.Party = s.game, e.open
	case e.ticket == "":
		if in.link, err = s.h.linkOf(ctx, s.game, e.code, s.h.guesser("player "+string(s.player), s.from)); err != nil {
			return in, err
		}
		in.seat = party.SeatID(s.h.o.Keys.SeatID("player "+string(s.player), string(in.Invite)))
	default:
		if in, err = s.ticket(ctx, e.ticket); err != nil {
			return in, err
		}
	}
	if in.Game != s.game {
		return in, &party.Error{Code: party.NotFound}
	}
	return in, nil
}

package host

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"

	"partykit/internal/auth"
	"partykit/internal/engine"
	"partykit/internal/names"
	"partykit/party"
	"partykit/protocol"
)

// entry is a way into another party: a ticket from an invite page, or a code.
type entry struct {
	ticket    string
	code      string
	confirmed bool // the player agreed to leave company
	id        *party.CommandID
}

// ticket is what the engine holds under a seat: the newest ticket of a browser
// that pressed Start, and the guest that redeemed it.
type ticket struct {
	link
	Hash   string         `json:"hash"`
	Player party.PlayerID `json:"player,omitempty"`
}

// entrance is an entry that was looked up: the party, the invite and the seat.
type entrance struct {
	link
	seat party.SeatID
	bind func(context.Context) error // spends the ticket
}

// join is the command.
func (s *session) join(c protocol.Command) {
	if (c.Code == "") == (c.Ticket == "") {
		s.fail(c.ID, party.Errorf(party.BadRequest, "join needs either a code or a ticket."), nil)
		return
	}
	s.moving = true
	e := entry{ticket: c.Ticket, code: c.Code, confirmed: c.Confirm, id: &party.CommandID{Session: s.id, Counter: c.ID}}
	from := s.party
	s.enter(e, func(ask *protocol.Ask, err *party.Error) {
		switch {
		case err != nil:
			s.fail(c.ID, err, ask)
			s.rest()
		case s.party == from:
			s.answer(protocol.OK{T: protocol.TOK, ID: c.ID, Seq: s.party.last})
			s.rest()
		default:
			s.leaving = c.ID
			s.arrived(party.ReasonJoined)
		}
	})
}

// enter takes the session into the party an entry leads to. done runs on the
// loop of the session's party, which is the new one if there is no error. A
// player with company is not moved unless it agreed: ConfirmRequired.
func (s *session) enter(e entry, done func(*protocol.Ask, *party.Error)) {
	x := s.party
	x.pins++
	stay := func(ask *protocol.Ask, err error) {
		x.loop.post(func() {
			x.pins--
			if x.sessions[s.player] != s { // taken out meanwhile
				s.alone(x, party.ReasonLeft)
				return
			}
			done(ask, failure(err))
		})
	}
	company := len(x.state.Members) > 1
	go func() {
		ctx, cancel := context.WithTimeout(s.h.ctx, lookup)
		defer cancel()
		in, err := s.lookUp(ctx, e)
		if err != nil {
			stay(nil, err)
			return
		}
		y := ref(in.Game, in.Party)
		if company && !e.confirmed && y != x.ref {
			s.h.with(y, func(y *live, err error) {
				if err != nil {
					stay(nil, gone(err))
					return
				}
				stay(y.ask(in), &party.Error{Code: party.ConfirmRequired})
			})
			return
		}
		if err := in.bind(ctx); err != nil {
			stay(nil, err)
			return
		}
		s.h.with(y, func(y *live, err error) {
			if err != nil {
				stay(nil, gone(err))
				return
			}
			s.joinParty(x, y, in, e.id, stay, done)
		})
	}()
}

// gone says of a party that cannot be found that it is over.
func gone(err error) error {
	if failure(err).Code == party.NotFound {
		return &party.Error{Code: party.Ended}
	}
	return err
}

// joinParty is the move itself, on the loop of y: one append.
func (s *session) joinParty(x, y *live, in entrance, id *party.CommandID, stay func(*protocol.Ask, error), done func(*protocol.Ask, *party.Error)) {
	if t, closed := y.closed[in.seat]; closed && y.state.Seat(in.seat) == nil && now() >= t.Add(party.SeatClosed) {
		stay(nil, &party.Error{Code: party.TicketSpent, Detail: "This start is too old. Open the invite link again and press Start."})
		return
	}
	move := s.h.nextMove(s.game, s.player, 0)
	cmd := party.Join{
		Player: s.player, Name: s.name, Face: s.face, Seat: in.seat, Invite: in.Invite,
		Move: move, Session: s.id, Hash: s.hash, Fresh: s.fresh,
	}
	if s.fresh {
		cmd.Name = names.Friendly(string(in.seat))
		cmd.Face = Face(cmd.Name)
	}
	if x.ref != y.ref {
		cmd.From = party.ID(x.ref.Party)
	}
	y.submit(&job{cmd: cmd, id: id, done: func(o outcome) {
		if o.err != nil {
			stay(nil, o.err)
			return
		}
		s.moveTo(x, y, func() {
			if m := y.state.Member(s.player); m != nil && s.fresh {
				s.name, s.face, s.fresh = m.Name, m.Face, false
			}
			done(nil, nil)
		})
		x.loop.post(func() { x.pins--; x.schedule() })
		if x != y && x.logged {
			s.h.leaveBehind(x.ref, s.player, move)
		}
	}})
}

// ask is what the player is asked before it leaves others for this party.
func (p *live) ask(in entrance) *protocol.Ask {
	v := p.state.Invitation(in.Invite, in.seat, now(), p.status, p.elsewhere)
	return &protocol.Ask{From: v.Inviter.Name, Game: p.state.Game, Size: v.Taken}
}

func (s *session) lookUp(ctx context.Context, e entry) (entrance, error) {
	in := entrance{bind: func(context.Context) error { return nil }}
	var err error
	if e.ticket == "" {
		if in.link, err = s.h.linkOf(ctx, e.code); err != nil {
			return in, err
		}
		in.seat = party.SeatID(s.h.o.Keys.SeatID("player "+string(s.player), string(in.Invite)))
	} else if in, err = s.ticket(ctx, e.ticket); err != nil {
		return in, err
	}
	if in.Game != s.game {
		return in, &party.Error{Code: party.NotFound}
	}
	return in, nil
}

// ticket looks a ticket up. The same guest may repeat it; for anybody else it
// is spent by the first redemption, and by a newer ticket of the same seat.
func (s *session) ticket(ctx context.Context, text string) (entrance, error) {
	seat, hash, ok := auth.ParseTicket(text)
	if !ok {
		return entrance{}, &party.Error{Code: party.NotFound, Detail: "That is not a ticket. Open the invite link again and press Start."}
	}
	if !s.web {
		return entrance{}, party.Errorf(party.OriginNotAllowed, "This ticket was made for a game on the web; it is redeemed only from there.")
	}
	t, revision, err := s.h.ticketOf(ctx, party.SeatID(seat))
	if err != nil {
		if errors.Is(err, engine.ErrNotFound) {
			return entrance{}, &party.Error{Code: party.TicketSpent, Detail: "This start is too old. Open the invite link again and press Start."}
		}
		return entrance{}, failure(err)
	}
	if subtle.ConstantTimeCompare([]byte(t.Hash), []byte(hash)) != 1 || t.Player != "" && t.Player != s.player {
		return entrance{}, &party.Error{Code: party.TicketSpent}
	}
	return entrance{t.link, party.SeatID(seat), func(ctx context.Context) error {
		if t.Player == s.player {
			return nil
		}
		t.Player = s.player
		err := s.h.putTicket(ctx, party.SeatID(seat), t, revision)
		if errors.Is(err, engine.ErrConflict) {
			return &party.Error{Code: party.TicketSpent}
		}
		return err
	}}, nil
}

func (h *Host) ticketOf(ctx context.Context, seat party.SeatID) (t ticket, revision uint64, err error) {
	b, revision, err := h.o.Node.Get(ctx, engine.Tickets, string(seat))
	if err != nil {
		return t, 0, err
	}
	return t, revision, json.Unmarshal(b, &t)
}

func (h *Host) putTicket(ctx context.Context, seat party.SeatID, t ticket, expect uint64) error {
	b, err := json.Marshal(t)
	if err != nil {
		return err
	}
	_, err = h.o.Node.Put(ctx, engine.Tickets, string(seat), b, expect, party.SeatOpen)
	return err
}

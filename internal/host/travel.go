package host

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"partykit/internal/game"
	"partykit/party"
	"partykit/protocol"
)

// departure is the membership that a traveller gives up when it arrives. It
// stands in the ticket.
type departure struct {
	Game   party.GameID   `json:"game"`
	Party  party.ID       `json:"party"`
	Player party.PlayerID `json:"player"`
	Move   uint64         `json:"move"`
	From   string         `json:"from"` // who led
}

// travel asks the party to come along to another game of its studio. Its leader
// comes along by that.
func (s *session) travel(c protocol.Command) {
	if c.To == "" {
		s.run(c, party.StartTravel{Player: s.player})
		return
	}
	to, err := s.h.destination(s.game, c.To)
	if err != nil {
		s.fail(c.ID, err, nil)
		return
	}
	id := s.h.o.Keys.Derived("t", string(s.id), strconv.FormatUint(c.ID, 10))
	s.setOut(c.ID, id, party.StartTravel{Player: s.player, Within: seconds(c.Within, party.MaxTravel), Travel: &party.Travel{
		ID: id, To: party.GameID(to.ID), Title: to.Name, Party: arrivals(s.h, id), Payload: c.Payload,
	}})
}

// board answers a travel. Who says yes gets a ticket to the other game.
func (s *session) board(c protocol.Command) {
	cmd := party.Board{Player: s.player, Travel: c.Travel}
	switch {
	case c.Yes == nil:
		s.fail(c.ID, party.Errorf(party.BadRequest, "board needs yes: true or false."), nil)
	case !*c.Yes:
		s.run(c, cmd)
	default:
		cmd.Yes = true
		s.setOut(c.ID, c.Travel, cmd)
	}
}

// errOldTravel tells a traveller whose seat has lapsed.
var errOldTravel = party.Errorf(party.TicketSpent, "This way into the game is too old. Ask the party to travel once more, or for an invite link.")

// arrivals is the party in which those who travel arrive.
func arrivals(h *Host, travel string) party.ID { return party.ID(h.o.Keys.Derived("p", travel)) }

// destination finds the other game. Only within a studio is there a way.
func (h *Host) destination(from, to party.GameID) (game.Game, error) {
	here, _ := h.o.Games.Get(string(from))
	there, ok := h.o.Games.Get(string(to))
	if !ok || here.Studio == "" || here.Studio != there.Studio || from == to {
		return game.Game{}, party.Errorf(party.NotFound, "A party travels to another game of the same studio; there is none of that id. Games are put into a studio with: partykit game set %s --studio NAME", from)
	}
	return h.active(to)
}

// setOut runs a command of somebody who comes along, holds its seat in the
// other game, and answers with a ticket to it. The session is paused meanwhile.
func (s *session) setOut(id uint64, travel string, cmd party.Command) {
	p := s.party
	s.pausing()
	p.pins++
	end := func(ok protocol.OK, err error) {
		p.post(func() {
			p.pins--
			if err != nil {
				s.fail(id, err, nil)
			} else {
				ok.T, ok.ID, ok.Seq = protocol.TOK, id, p.last
				s.answer(ok)
			}
			s.rest()
			p.schedule()
		})
	}
	p.submit(&job{cmd: cmd, id: &party.CommandID{Session: s.id, Counter: id}, done: func(o outcome) {
		t, m := p.state.Travel, p.state.Member(s.player)
		switch {
		case o.err != nil:
			end(protocol.OK{}, o.err)
		case t == nil || t.ID != travel || m == nil:
			end(protocol.OK{}, &party.Error{Code: party.NotFound, Detail: "The party is not setting out any more."})
		default:
			s.h.expect(s.passage(id, *t, m), end)
		}
	}})
}

// passage is a traveller's way into the other game.
type passage struct {
	travel party.Travel
	seat   party.Seat
	ticket ticket
	text   string
}

func (s *session) passage(id uint64, t party.Travel, m *party.Member) passage {
	seat := party.SeatID(s.h.o.Keys.SeatID("traveller "+string(s.player), t.ID))
	text, hash := s.h.o.Keys.TicketOf(string(seat), string(s.id), id)
	from := departure{Game: s.game, Party: s.party.state.ID, Player: s.player, Move: m.Move}
	if leader := s.party.state.MemberN(t.Leader); leader != nil {
		from.From = leader.Name
	}
	return passage{
		travel: t, seat: t.Seat(seat, m), text: text,
		ticket: ticket{link: link{Game: t.To, Party: t.Party}, Hash: hash, Left: &from},
	}
}

// expect holds the traveller's seat in the party over there, which the first of
// them begins, and stores its ticket.
func (h *Host) expect(w passage, done func(protocol.OK, error)) {
	to, err := h.active(w.travel.To)
	if err != nil {
		done(protocol.OK{}, err)
		return
	}
	if h.nameFilter(w.travel.To).Refuses(w.seat.Name) { // the other game may want what this one does not
		w.seat.Name = h.friendly(w.travel.To, string(w.seat.ID))
		w.seat.Face = Face(w.seat.Name)
	}
	begin := func() *party.State { return party.Arrivals(&w.travel, h.partySize(to), now()) }
	h.rest(ref(w.travel.To, w.travel.Party), begin, func(y *live, err error) {
		if err != nil {
			done(protocol.OK{}, gone(err))
			return
		}
		y.submit(&job{cmd: party.Expect{Seat: w.seat}, done: func(o outcome) {
			if o.err != nil {
				done(protocol.OK{}, o.err)
				return
			}
			h.work(lookup, func(ctx context.Context) {
				if err := h.replaceTicket(ctx, w.seat.ID, w.ticket); err != nil {
					done(protocol.OK{}, err)
					return
				}
				done(protocol.OK{Ticket: w.text, URL: to.LaunchURL(w.text)}, nil)
			})
		}})
	})
}

// arrivedFrom takes a traveller that has arrived out of the party it left for
// that, unless it joined that party anew since.
func (h *Host) arrivedFrom(d departure) {
	h.leaveBehind(ref(d.Game, d.Party), party.Leave{Player: d.Player, Reason: party.ReasonTravelled, Move: d.Move})
}

// payload is what the invite or the travel brings to the game of a player that
// came by it.
func (s *session) payload() json.RawMessage {
	m := s.party.state.Member(s.player)
	switch {
	case m == nil || m.State != party.Loads:
		return nil
	case m.Order > 0:
		return s.party.state.Origin.Payload
	}
	if i := s.party.state.Invite(m.Invite); i != nil {
		return i.Payload
	}
	return nil
}

// seconds is a wish of a client as a duration; one that is out of all bounds is
// left to the party to refuse.
func seconds(n int64, most time.Duration) time.Duration {
	if n < 0 || n > int64(most/time.Second) {
		return -1
	}
	return time.Duration(n) * time.Second
}

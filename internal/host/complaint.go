package host

import (
	"context"
	"slices"
	"strconv"

	"partykit/internal/abuse"
	"partykit/internal/limit"
	"partykit/internal/names"
	"partykit/party"
	"partykit/protocol"
)

// complain is the command report: it tells the operator about somebody, with
// the last lines of chat. The party learns nothing of it.
func (s *session) complain(c protocol.Command) {
	p, t := s.party, now()
	reason, err := names.Text(c.Reason, abuse.MaxReason)
	about, found := p.person(c.N)
	switch {
	case err != nil:
		s.fail(c.ID, party.Errorf(party.TooLarge, "A report's reason has at most %d bytes.", abuse.MaxReason), nil)
		return
	case !found:
		s.fail(c.ID, party.Errorf(party.NotFound, "Nobody with the number %d is in the party, at its door or in its chat.", c.N), nil)
		return
	case about.Player == s.player:
		s.fail(c.ID, party.Errorf(party.BadRequest, "Nobody reports themselves."), nil)
		return
	}
	if err := s.take(s.h.budgets.complaints, limit.PerMinute(p.settings().Complaints)); err != nil {
		s.fail(c.ID, err, nil)
		return
	}
	you := s.you()
	x := abuse.Report{
		ID: abuse.NewID(t), Game: s.game, Party: p.state.ID, At: t,
		By: abuse.Person{Player: you.ID, N: you.N, Name: you.Name}, About: about, Reason: reason, Chat: p.evidence(t),
	}
	key := "report." + string(s.id) + "." + strconv.FormatUint(c.ID, 10)
	s.h.lookUp(string(s.game), func(ctx context.Context) {
		err := abuse.Reports{Node: s.h.o.Node}.Add(ctx, key, x)
		s.do(nil, func(p *live) {
			if err != nil {
				s.fail(c.ID, failure(err), nil)
				return
			}
			s.answer(protocol.OK{T: protocol.TOK, ID: c.ID, Seq: p.last})
		})
	})
}

// person finds who has or had a number in the party: a member, a held seat,
// somebody who asks to be let in, who was put out, or who wrote a line that the
// history still has.
func (p *live) person(n int) (abuse.Person, bool) {
	for _, m := range p.state.Members {
		if m.N == n {
			return abuse.Person{Player: m.Player, N: n, Name: m.Name}, true
		}
	}
	for _, o := range p.state.Outcasts {
		if o.N == n {
			return abuse.Person{Player: o.Player, N: n, Name: o.Name}, true
		}
	}
	for _, l := range slices.Backward(p.chats) {
		if l.N == n {
			return abuse.Person{Player: l.Player, N: n, Name: l.Name}, true
		}
	}
	for _, x := range p.state.Seats {
		if x.N == n {
			return abuse.Person{N: n, Name: x.Name}, true
		}
	}
	for _, v := range p.state.Asks {
		if v.N == n {
			return abuse.Person{N: n, Name: v.Name}, true
		}
	}
	return abuse.Person{}, false
}

// evidence is what a report brings of the chat.
func (p *live) evidence(t party.Time) []abuse.Line {
	lines := []abuse.Line{}
	for _, l := range p.chats[max(0, len(p.chats)-abuse.MaxLines):] {
		if l.At > t.Add(-chatTime) {
			lines = append(lines, abuse.Line{N: l.N, Name: l.Name, Text: l.Text, At: l.At})
		}
	}
	return lines
}

package host

import (
	"partykit/party"
	"partykit/protocol"
)

// tool runs the commands that are the party's alone: what they need stands in
// the frame, and the rules decide who may.
func (s *session) tool(c protocol.Command) {
	cmd, err := s.toolCommand(c)
	if err != nil {
		s.fail(c.ID, err, nil)
		return
	}
	s.run(c, cmd)
}

func (s *session) toolCommand(c protocol.Command) (party.Command, error) {
	switch c.T {
	case protocol.TSettings:
		g, err := s.h.active(s.game)
		return party.Change{Player: s.player, Openness: c.Openness, Inviters: c.Inviters, Size: c.Size, Approve: c.Approve, MaxSize: s.h.partySize(g)}, err
	case protocol.TPromote:
		m := s.party.state.MemberN(c.N)
		if m == nil {
			return nil, &party.Error{Code: party.NotFound, Detail: "There is no member of that number in the party."}
		}
		return party.Promote{Player: s.player, To: m.Player}, nil
	case protocol.TKick:
		return party.Kick{Player: s.player, N: c.N, Ban: c.Ban}, nil
	case protocol.TReadmit:
		return party.Readmit{Player: s.player, N: c.N}, nil
	case protocol.TMember:
		if (c.Set == nil) == (c.Patch == nil) {
			return nil, party.Errorf(party.BadRequest, "member needs either set or patch.")
		}
		if c.Patch != nil {
			return party.SetMember{Player: s.player, Data: c.Patch, Patch: true}, nil
		}
		return party.SetMember{Player: s.player, Data: c.Set}, nil
	case protocol.TMatch:
		return party.SetMatch{Player: s.player, Match: c.Match}, nil
	case protocol.TFollow:
		if c.Yes == nil {
			return nil, party.Errorf(party.BadRequest, "follow needs yes: true or false.")
		}
		return party.FollowMatch{Player: s.player, Match: c.Into, Yes: *c.Yes}, nil
	case protocol.TReady:
		return party.StartReady{Player: s.player, Within: seconds(c.Within, party.MaxReady), Keep: c.Keep}, nil
	case protocol.TAnswer:
		if c.Yes == nil {
			return nil, party.Errorf(party.BadRequest, "answer needs yes: true or false.")
		}
		return party.AnswerReady{Player: s.player, Yes: *c.Yes}, nil
	case protocol.TAdmit:
		if c.Yes == nil {
			return nil, party.Errorf(party.BadRequest, "admit needs yes: true or false.")
		}
		return party.AnswerAsk{Player: s.player, N: c.N, Yes: *c.Yes}, nil
	case protocol.TCancel:
		return party.CancelReady{Player: s.player}, nil
	}
	return nil, party.Errorf(party.BadRequest, "There is no frame of type %.32q.", c.T)
}

// setAway notes whether a member has the game out of sight.
func (p *live) setAway(id party.PlayerID, away bool) {
	if p.hidden[id] == away {
		return
	}
	if away {
		p.hidden[id] = true
	} else {
		delete(p.hidden, id)
	}
	p.tellStatus(id)
}

package host

import (
	"partykit/internal/names"
	"partykit/party"
	"partykit/protocol"
)

var pong = protocol.Encode(struct {
	T string `json:"t"`
}{protocol.TPong})

// text takes a text frame: what the player does.
func (s *session) text(c protocol.Command) {
	if c.T == protocol.TPing {
		s.send(false, pong)
		return
	}
	s.party.rouse()
	switch c.T {
	case protocol.TLoading:
		s.loading(c)
	case protocol.TAway:
		s.party.setAway(s.player, c.Away)
	default:
		if s.begin(c.ID) {
			s.command(c)
		}
	}
}

func (s *session) loading(c protocol.Command) {
	phase, err1 := names.Text(c.Phase, party.MaxPhase)
	message, err2 := names.Text(c.Message, party.MaxLoadingText)
	bad := c.Progress != nil && !(*c.Progress >= 0 && *c.Progress <= 1)
	if err1 != nil || err2 != nil || bad {
		s.refuse(0, party.Errorf(party.BadRequest, "A loading report has a phase of at most %d bytes, a message of at most %d and a progress from 0 to 1.", party.MaxPhase, party.MaxLoadingText))
		return
	}
	s.party.reported(s.player, party.Loading{Phase: phase, Message: message, Progress: c.Progress})
}

// command starts a new command. Its answer comes from its outcome.
func (s *session) command(c protocol.Command) {
	p := s.party
	switch c.T {
	case protocol.TInvite:
		s.makeInvite(c)
	case protocol.TInvites:
		s.answer(protocol.OK{T: protocol.TOK, ID: c.ID, Seq: p.last, Invites: p.state.Stats(now())})
	case protocol.TRevoke:
		s.run(c, party.Revoke{Player: s.player, Invite: c.Invite})
	case protocol.TJoin:
		s.join(c)
	case protocol.TLeave:
		s.leave(c.ID, party.ReasonLeft)
	case protocol.TFinalize:
		switch m := p.state.Member(s.player); {
		case c.Success == nil:
			s.fail(c.ID, party.Errorf(party.BadRequest, "finalize needs success: true or false."), nil)
		case *c.Success:
			s.run(c, party.Finalize{Player: s.player})
		case m != nil && m.State == party.Loads:
			s.leave(c.ID, party.ReasonFailed)
		default: // only the first call counts
			s.answer(protocol.OK{T: protocol.TOK, ID: c.ID, Seq: p.last})
		}
	case protocol.TData:
		s.data(c)
	case protocol.TLanding:
		s.landing(c)
	case protocol.TRename:
		s.rename(c)
	case protocol.TChat:
		s.chat(c)
	case protocol.TReport:
		s.complain(c)
	case protocol.TIdentify:
		s.become(c)
	case protocol.TToken:
		s.playerToken(c)
	case protocol.TTravel:
		s.travel(c)
	case protocol.TBoard:
		s.board(c)
	case protocol.TWait, protocol.TAsk:
		s.door(c)
	default:
		s.tool(c)
	}
}

// run submits a command of the party and answers with its outcome.
func (s *session) run(c protocol.Command, cmd party.Command) {
	s.party.submit(s.job(c.ID, cmd, func(ok *protocol.OK) {}))
}

// job makes a command of the session that answers when it is done; fill adds
// to the answer. The job's done is called on the party's loop, fill on the
// session's, which may be elsewhere by then.
func (s *session) job(id uint64, cmd party.Command, fill func(*protocol.OK)) *job {
	l := s.party.loop
	return &job{cmd: cmd, id: &party.CommandID{Session: s.id, Counter: id}, done: func(o outcome) {
		s.do(l, func(*live) {
			if o.err != nil {
				s.fail(id, o.err, nil)
				return
			}
			ok := protocol.OK{T: protocol.TOK, ID: id, Seq: o.seq}
			fill(&ok)
			s.answer(ok)
		})
	}}
}

// data sets party data: the leader's at once, another's in waiting (law 5).
func (s *session) data(c protocol.Command) {
	if (c.Set == nil) == (c.Patch == nil) {
		s.fail(c.ID, party.Errorf(party.BadRequest, "data needs either set or patch."), nil)
		return
	}
	wait := func(o *party.Own) (err error) {
		set := c.Set
		if c.Patch != nil {
			set = o.Data.Patched(c.Patch)
		}
		if set, err = set.Clean(); err == nil {
			o.Data = set
		}
		return err
	}
	var cmd party.Command = party.SetData{Player: s.player, Data: c.Set}
	if c.Patch != nil {
		cmd = party.PatchData{Player: s.player, Patch: c.Patch}
	}
	if c.If != nil {
		cmd = party.If{Revision: *c.If, Then: cmd}
	}
	s.set(c.ID, cmd, wait)
}

func (s *session) landing(c protocol.Command) {
	wait := func(o *party.Own) error {
		fields, err := party.CleanFields(c.Fields)
		if err == nil {
			o.Landing = fields
		}
		return err
	}
	s.set(c.ID, party.SetLanding{Player: s.player, Fields: c.Fields}, wait)
}

// set submits the leader's set, and lets it wait where it turns out that the
// player does not lead.
func (s *session) set(id uint64, cmd party.Command, wait func(*party.Own) error) {
	p, player := s.party, s.player
	j := s.job(id, cmd, func(*protocol.OK) {})
	done := j.done
	j.done = func(o outcome) {
		waits := o.err != nil && o.err.Code == party.NotAllowed
		if o.err != nil && o.err.Code == party.StaleCommand {
			waits = p.state.Leader != player // sent again after a restart: the log knows nothing of what waits
		}
		if !waits {
			done(o)
			return
		}
		seq := p.last
		s.do(p.loop, func(*live) {
			if err := wait(&s.own); err != nil {
				s.fail(id, err, nil)
				return
			}
			s.answer(protocol.OK{T: protocol.TOK, ID: id, Seq: seq, Waiting: true})
		})
	}
	p.submit(j)
}

func (s *session) rename(c protocol.Command) {
	p := s.party
	name, err := s.h.chosen(s.game, c.Name)
	if err != nil {
		s.fail(c.ID, err, nil)
		return
	}
	player, shown := s.player, ""
	j := s.job(c.ID, party.Rename{Player: player, Name: name}, func(ok *protocol.OK) {
		s.name, ok.Name = name, shown
	})
	answer := j.done
	j.done = func(o outcome) {
		if m := p.state.Member(player); m != nil {
			shown = m.Name
		}
		answer(o)
	}
	p.submit(j)
}

// leave takes the player to a party of one. The answer comes when it is there.
func (s *session) leave(id uint64, why party.Reason) {
	p := s.party
	if len(p.state.Members) == 1 && !p.logged {
		s.answer(protocol.OK{T: protocol.TOK, ID: id, Seq: p.last}) // alone already
		return
	}
	s.pausing().leaving = id
	p.submit(&job{
		cmd: party.Leave{Player: s.player, Reason: why},
		id:  &party.CommandID{Session: s.id, Counter: id},
		done: func(o outcome) {
			if p.sessions[s.player] != s {
				return // it has left, and is answered on arrival
			}
			s.pausing().leaving = 0
			if o.err != nil {
				s.fail(id, o.err, nil)
			} else {
				s.answer(protocol.OK{T: protocol.TOK, ID: id, Seq: o.seq})
			}
			s.rest()
		},
	})
}

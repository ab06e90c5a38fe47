package host

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"partykit/internal/auth"
	"partykit/internal/engine"
	"partykit/internal/limit"
	"partykit/party"
	"partykit/protocol"
)

// link is what the engine holds under a code's hash: where the code leads.
// Whether it opens anything is the party's to say.
type link struct {
	Game   party.GameID   `json:"game"`
	Party  party.ID       `json:"party"`
	Invite party.InviteID `json:"invite"`
	// Follows says that it may have gone on from there with its maker.
	Follows bool `json:"follows,omitempty"`
	// Approve says that a member lets in who comes by it, though the party
	// does not approve newcomers: it was found by a code that is easily guessed.
	Approve bool `json:"approve,omitempty"`

	// What is left of the link when its party has gone: when it was made, and
	// until when it works.
	Made    party.Time `json:"made,omitempty"`
	Expires party.Time `json:"expires,omitempty"` // 0: never

	// Not stored:
	led    party.Led // of a dead link that led on to this party
	spoken bool      // it was found by a spoken code
}

// linkTo is what is stored of an invite of a party.
func linkTo(s *party.State, i *party.Invite) link {
	return link{Game: s.Game, Party: s.ID, Invite: i.ID, Follows: i.OnLeave == party.FollowOnLeave, Made: i.Made, Expires: i.Expires}
}

// forgotten reports whether it has expired so long ago that its party does not
// know it any more.
func (l link) forgotten(problem party.Code) bool {
	return problem == party.NotFound && l.Expires != 0 && l.Expires <= now()
}

// hold is somebody who comes by the link.
func (l link) hold(of party.Hold) party.Hold {
	of.Invite, of.Approve, of.Led = l.Invite, l.Approve, l.led
	return of
}

// keepLink is how much longer than to its expiry a link's record is kept, so
// that its page can say why it does not open any more.
const keepLink = 24 * time.Hour

// making is a link on its way, of a player or of a game's backend. Its code is
// derived from what asks for it, so that who asks again is told the same one
// although it is stored nowhere.
type making struct {
	cmd    party.MakeInvite
	code   string
	asker  string // by whose name and number the codes are derived
	number uint64
	speaks bool   // with a spoken code
	spoken string // once stored
}

func (h *Host) making(asker string, number uint64, cmd party.MakeInvite, speaks bool) *making {
	code := h.o.Keys.Code(asker, number)
	cmd.Hash = auth.CodeHash(code)
	cmd.ID = party.InviteID(auth.InviteID(cmd.Hash))
	return &making{cmd: cmd, code: code, asker: asker, number: number, speaks: speaks}
}

func (h *Host) url(code string) string { return h.o.PublicURL + "/join/" + code }

// foresee returns the link that a command would make, or has made before.
func foresee(s *party.State, cmd party.MakeInvite, known party.Known) (link, error) {
	events, err := party.Decide(s, cmd, now(), known)
	if err != nil {
		return link{}, err
	}
	for _, e := range events {
		if made, ok := e.(party.Invited); ok {
			return linkTo(s, &made.Invite), nil
		}
	}
	return linkTo(s, s.Invite(cmd.ID)), nil
}

// store writes where the code leads, and the spoken one.
func (h *Host) store(ctx context.Context, m *making, l link, approve bool) error {
	record, err := json.Marshal(l)
	if err != nil {
		return err
	}
	_, err = h.o.Node.Put(ctx, string(l.Game), engine.Invites, m.cmd.Hash, record, 0, l.keep(now()))
	if errors.Is(err, engine.ErrConflict) { // it was asked for before
		err = h.correct(ctx, m.cmd.Hash, l, record)
	}
	if err != nil {
		return err
	}
	if m.speaks {
		m.spoken, err = h.speak(ctx, m, l, approve)
		return err
	}
	return nil
}

// makeInvite makes a link. Its event and where its code leads are written at the
// same time; where the code leads comes first if the link has a spoken code as
// well, or ends another, which must not be gone without it.
func (s *session) makeInvite(c protocol.Command) {
	p := s.party
	expires := seconds(c.Expires, party.MaxExpiry)
	if c.Expires == 0 {
		expires = p.settings().InviteExpiry
	}
	if c.Until != "" && c.Until != "empty" {
		s.fail(c.ID, party.Errorf(party.BadRequest, "A link lives until it expires, or with until: empty until nobody is left."), nil)
		return
	}
	if err := s.take(s.h.budgets.invites, limit.PerMinute(p.settings().Invites)); err != nil {
		s.fail(c.ID, err, nil)
		return
	}
	m := s.h.making(string(s.id), c.ID, party.MakeInvite{
		Player: s.player, Expires: expires, MaxUses: c.MaxUses, Message: c.Message, Replaces: c.Replaces,
		Options: party.InviteOptions{
			For: c.For, UntilEmpty: c.Until == "empty", OnLeave: c.OnLeave, Payload: c.Payload, Requires: c.Requires,
		},
	}, c.Spoken)
	var made *party.InviteView
	j := s.job(c.ID, m.cmd, func(ok *protocol.OK) {
		ok.Invite, ok.Code, ok.URL, ok.Spoken = made, m.code, s.h.url(m.code), m.spoken
	})
	answer := j.done
	j.done = func(o outcome) {
		switch i := p.state.Invite(m.cmd.ID); {
		case o.err != nil:
		case i == nil: // the command of that number made another thing, or the link is long gone
			o.err = &party.Error{Code: party.StaleCommand}
		case i.Revoked != 0 && !i.Went: // it is asked for again
			o.err = &party.Error{Code: party.Revoked}
		default:
			made = new(i.View())
		}
		answer(o)
	}
	if !m.speaks && c.Replaces == "" {
		j.beside = &beside{of: m.cmd}
		p.submit(j)
		return
	}
	s.inTurn(c.ID, func() {
		l, err := foresee(p.state, m.cmd, p.known())
		if err != nil {
			p.submit(j) // it is repeated, or refused for the same reason
			s.rest()
			return
		}
		approve := p.state.Approve
		p.pins++
		s.h.lookUp(string(s.game), func(ctx context.Context) {
			err := s.h.store(ctx, m, l, approve)
			p.post(func() {
				p.pins--
				if err != nil {
					s.fail(c.ID, err, nil)
				} else {
					p.submit(j)
				}
				s.rest()
				p.schedule()
			})
		})
	})
}

// linkOf finds where a code leads, or a spoken one, for somebody in a game, or for a
// browser ("").
func (h *Host) linkOf(ctx context.Context, in party.GameID, code string, who limit.Guesser) (link, error) {
	clean, ok := auth.ParseCode(code)
	if !ok {
		if spoken, ok := auth.ParseSpoken(code); ok {
			return h.hear(ctx, in, spoken, who)
		}
		return link{}, &party.Error{Code: party.NotFound}
	}
	l, err := h.link(ctx, in, auth.CodeHash(clean))
	if err != nil {
		return link{}, err
	}
	return h.leads(ctx, l, ""), nil
}

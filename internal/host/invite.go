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
	led         party.Led  // of a dead link that led on to this party
	spokenUntil party.Time // of one that was found by a spoken code: until when that leads here
	guessable   bool       // that code is short: whether a member lets in who comes by it hangs on what is guessed
}

// dated is the link as it is stored: when it was made, and for how long.
func (l link) dated(cmd party.MakeInvite, expires time.Duration) link {
	l.Made = now()
	if !cmd.Options.UntilEmpty {
		l.Expires = l.Made.Add(expires)
	}
	return l
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

// makeInvite stores where the code leads, then makes the invite in the party.
// The code is derived from the command, so that a repeated command tells the
// same one although it is stored nowhere.
func (s *session) makeInvite(c protocol.Command) {
	p := s.party
	code := s.h.o.Keys.Code(string(s.id), c.ID)
	hash := auth.CodeHash(code)
	id := party.InviteID(auth.InviteID(hash))
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
	cmd := party.MakeInvite{
		Player: s.player, ID: id, Expires: expires, MaxUses: c.MaxUses, Message: c.Message, Hash: hash, Replaces: c.Replaces,
		Options: party.InviteOptions{
			For: c.For, UntilEmpty: c.Until == "empty", OnLeave: c.OnLeave, Payload: c.Payload, Requires: c.Requires,
		},
	}
	said := ""
	make := s.job(c.ID, cmd, func(ok *protocol.OK) {
		if i := p.state.Invite(id); i != nil {
			ok.Invite = new(i.View())
		}
		ok.Code, ok.URL = code, s.h.o.PublicURL+"/join/"+code
		ok.Spoken = said
	})
	l, approve := link{Game: s.game, Party: p.state.ID, Invite: id, Follows: c.OnLeave == party.FollowOnLeave}, p.state.Approve
	life := max(expires, 0)
	if cmd.Options.UntilEmpty {
		life = party.MaxExpiry
	}
	l = l.dated(cmd, life)
	record, _ := json.Marshal(l)
	ttl := life + keepLink
	s.inTurn(c.ID, func() {
		if _, err := party.Decide(p.state, cmd, now(), p.known()); err != nil {
			p.submit(make) // it is repeated, or refused for the same reason
			s.rest()
			return
		}
		p.pins++
		s.h.lookUp(string(s.game), func(ctx context.Context) {
			_, err := s.h.o.Node.Put(ctx, engine.Invites, hash, record, 0, ttl)
			if c.Spoken && (err == nil || errors.Is(err, engine.ErrConflict)) {
				var serr error
				if said, serr = s.h.speak(ctx, string(s.id), c.ID, l, life, approve); serr != nil {
					err = serr
				}
			}
			p.post(func() {
				p.pins--
				if err != nil && !errors.Is(err, engine.ErrConflict) { // a conflict: the command is repeated
					s.fail(c.ID, failure(err), nil)
				} else {
					p.submit(make)
				}
				s.rest()
				p.schedule()
			})
		})
	})
}

// linkOf finds where a code leads, or a spoken one.
func (h *Host) linkOf(ctx context.Context, code string, who limit.Guesser) (link, error) {
	clean, ok := auth.ParseCode(code)
	if !ok {
		if spoken, ok := auth.ParseSpoken(code); ok {
			return h.hear(ctx, spoken, who)
		}
		return link{}, &party.Error{Code: party.NotFound}
	}
	l, err := h.link(ctx, auth.CodeHash(clean))
	if err != nil {
		return link{}, err
	}
	return h.leads(ctx, l, ""), nil
}

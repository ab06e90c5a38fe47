package party

import (
	"slices"

	"partykit/internal/names"
)

func (d *decision) makeInvite(c MakeInvite) error {
	by, person, err := d.inviter(c)
	if err != nil {
		return err
	}
	if d.s.Invite(c.ID) != nil {
		return nil // its id comes from its code: it is the same one, asked for again
	}
	if c.Replaces != "" {
		if err := d.revocable(c.Player, c.Replaces); err != nil {
			return err
		}
	}
	live := slices.DeleteFunc(d.s.LiveInvites(d.now), func(i Invite) bool { return i.ID == c.Replaces })
	mine := 0
	for _, i := range live {
		if i.By == by {
			mine++
		}
	}
	if len(live) >= d.rules.Links || mine >= d.rules.LinksEach && c.Player != Backend {
		return Errorf(TooMany, "A party has at most %d live links and each member %d. Revoke one first.", d.rules.Links, d.rules.LinksEach)
	}
	if c.MaxUses < 0 || c.MaxUses > MaxUses {
		return Errorf(BadRequest, "maxUses is 0 (no limit) to %d.", MaxUses)
	}
	message, err := names.Text(c.Message, MaxMessage)
	if err != nil {
		return Errorf(TooLarge, "A link's message has at most %d bytes; this has %d.", MaxMessage, len(c.Message))
	}
	expires, err := expiry(c.Expires, d.now)
	if err != nil {
		return err
	}
	if c.Options, err = c.Options.clean(); err != nil {
		return err
	}
	if c.Options.UntilEmpty {
		expires = 0
	}
	if c.Options.OnLeave != FollowOnLeave {
		c.Hash = ""
	}
	d.emit(Invited{Invite{
		ID: c.ID, By: by, ByName: person.Name, ByFace: person.Face, Made: d.now,
		Expires: expires, MaxUses: c.MaxUses, Message: message,
		InviteOptions: c.Options, Hash: c.Hash,
	}})
	if c.Replaces != "" {
		d.emit(InviteRevoked{Invite: c.Replaces})
	}
	return nil
}

// adopt takes in links that followed their maker: a link of a member that may
// invite here, as it was, with its uses. Of two copies, which a crash on the way
// may leave, the one with more uses is the newer.
func (d *decision) adopt(c Adopt) error {
	if _, _, err := d.inviter(MakeInvite{Player: c.Player}); err != nil {
		return err
	}
	for _, i := range c.Invites {
		if old := d.s.Invite(i.ID); i.By != c.Player || old != nil && !old.Went && old.Uses >= i.Uses {
			continue
		}
		if len(d.s.LiveInvites(d.now)) >= d.rules.Links {
			return Errorf(TooMany, "A party has at most %d live links. Revoke one first.", d.rules.Links)
		}
		i.Revoked, i.Went = 0, false
		d.emit(Adopted{i})
	}
	return nil
}

// Went returns the links of a player that left the party with it and would
// still be live.
func (s *State) Went(p PlayerID, now Time) []Invite {
	var list []Invite
	for _, i := range s.Invites {
		if i.By == p && i.Went && (i.Expires == 0 || now < i.Expires) {
			list = append(list, i)
		}
	}
	return list
}

func (d *decision) revoke(c Revoke) error {
	if err := d.revocable(c.Player, c.Invite); err != nil {
		return err
	}
	d.emit(InviteRevoked{Invite: c.Invite})
	d.endIfEmpty()
	return nil
}

// revocable says why a player may not end a link, or nil: it is its maker's and
// the leader's.
func (d *decision) revocable(p PlayerID, id InviteID) error {
	i := d.s.Invite(id)
	switch {
	case i == nil || !i.Live(d.now):
		return &Error{Code: NotFound, Detail: "There is no such live link."}
	case i.By != p && !d.leads(p):
		return &Error{Code: NotAllowed}
	}
	return nil
}

// usable says why a link does not open the party now, or nil. A seat that is
// held, or whose use was counted, needs no further use. An open party is also
// entered by its id, without a link.
func (d *decision) usable(id InviteID, seat SeatID, p PlayerID, browser string) error {
	i := d.s.Invite(id)
	switch {
	case d.s.Ended || d.s.Retired:
		return &Error{Code: Ended}
	case d.s.outcast(p, browser) != nil && !d.s.pardons(i, p, browser):
		return &Error{Code: Banned}
	case id == "" && d.s.Openness == Open:
		return nil
	case i == nil:
		return &Error{Code: NotFound}
	case i.Revoked != 0:
		return &Error{Code: Revoked}
	case !i.Live(d.now):
		return &Error{Code: Expired}
	case i.For != "" && p != "" && p != i.For:
		return &Error{Code: NotAllowed, Detail: "This invite is for somebody else."}
	case d.s.Openness == Locking && len(d.s.Members) > 0:
		return &Error{Code: Locked}
	case d.s.usedUp(i, seat, p):
		return &Error{Code: UsedUp}
	}
	return nil
}

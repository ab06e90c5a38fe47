package party

import "partykit/internal/names"

func (d *decision) makeInvite(c MakeInvite) error {
	by, person, err := d.inviter(c)
	if err != nil {
		return err
	}
	if d.s.Invite(c.ID) != nil {
		return nil // its id comes from its code: it is the same one, asked for again
	}
	live := d.s.LiveInvites(d.now)
	mine := 0
	for _, i := range live {
		if i.By == by {
			mine++
		}
	}
	if len(live) >= MaxInvites || mine >= MaxInvitesEach && c.Player != Backend {
		return Errorf(TooMany, "A party has at most %d live links and each member %d. Revoke one first.", MaxInvites, MaxInvitesEach)
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
	d.emit(Invited{Invite{
		ID: c.ID, By: by, ByName: person.Name, ByFace: person.Face, Made: d.now,
		Expires: expires, MaxUses: c.MaxUses, Message: message,
		InviteOptions: c.Options,
	}})
	return nil
}

func (d *decision) revoke(c Revoke) error {
	i := d.s.Invite(c.Invite)
	if i == nil || !i.Live(d.now) {
		return &Error{Code: NotFound, Detail: "There is no such live link."}
	}
	if i.By != c.Player && !d.leads(c.Player) {
		return &Error{Code: NotAllowed}
	}
	d.emit(InviteRevoked{c.Invite})
	d.endIfEmpty()
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
	case d.s.Openness == Locking:
		return &Error{Code: Locked}
	case i.MaxUses > 0 && d.s.used(i) >= i.MaxUses && !i.countedSeat(seat) && !i.counted(p):
		return &Error{Code: UsedUp}
	}
	return nil
}

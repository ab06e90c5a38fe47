package party

import "slices"

// leave takes a member out (laws 6 and 14). Failing to load after having
// finalized is a second finalize, and leaving before it is failing to load.
func (d *decision) leave(c Leave) error {
	m := d.s.Member(c.Player)
	switch {
	case m == nil:
		return nil
	case c.Reason == ReasonMoved && m.Move >= c.Move:
		return nil
	case c.Reason == ReasonTravelled && m.Move > c.Move: // it has come back since
		return nil
	case c.Reason == ReasonFailed && m.State == In:
		return nil
	case c.Reason == ReasonLeft && m.State == Loads:
		c.Reason = ReasonFailed
	}
	d.remove(c.Player, c.Reason)
	d.endIfEmpty()
	return nil
}

// remove takes a member out and passes the crown on if it wore it.
func (d *decision) remove(p PlayerID, why Reason) {
	led := d.s.Leader == p
	d.takeOut(Left{Player: p, N: d.s.Member(p).N, Reason: why})
	if led {
		d.crown(why)
	}
}

// takeOut takes a member out, with those of its links that go when it goes. A
// link follows within its game only.
func (d *decision) takeOut(e Left) {
	d.emit(e)
	for _, i := range d.s.LiveInvites(d.now) {
		switch {
		case i.By != e.Player:
		case i.OnLeave == RevokeOnLeave, i.OnLeave == FollowOnLeave && e.Reason == ReasonTravelled:
			d.emit(InviteRevoked{Invite: i.ID})
		case i.OnLeave == FollowOnLeave:
			d.emit(InviteRevoked{Invite: i.ID, Went: true})
		}
	}
}

// crown gives the crown to the heir and with it the heir's waiting sets
// (laws 4 and 5). The dropped leader, if still there, comes last.
func (d *decision) crown(why Reason) {
	heir := d.heir()
	if heir == nil {
		d.emit(Crowned{"", why})
		return
	}
	d.crownTo(heir.Player, why)
}

// crownTo gives the crown to a member and lets its waiting sets count.
func (d *decision) crownTo(heir PlayerID, why Reason) {
	d.emit(Crowned{heir, why})
	own := d.known.Own[heir]
	if own.Data != nil && !own.Data.Equal(d.s.Data) {
		d.emit(DataSet{own.Data, d.s.DataRev + 1})
	}
	if own.Landing != nil && !slices.Equal(own.Landing, d.s.Landing) {
		d.emit(LandingSet{own.Landing})
	}
}

// heir is the member that comes next: in and connected, then loading and
// connected, then whoever is away.
func (d *decision) heir() *Member {
	var best *Member
	rank := func(m *Member) int {
		_, away := d.known.Absent[m.Player]
		switch {
		case away:
			return 2
		case m.State == Loads:
			return 1
		}
		return 0
	}
	for i := range d.s.Members {
		m := &d.s.Members[i]
		if m.Player != d.s.Leader && (best == nil || rank(m) < rank(best)) {
			best = m
		}
	}
	return best
}

// endIfEmpty ends the links that live until nobody is left, and then a party
// that nobody is in and nobody can come to (law 11).
func (d *decision) endIfEmpty() {
	for _, i := range d.s.LiveInvites(d.now) {
		if i.UntilEmpty && d.s.Taken() == 0 {
			d.emit(InviteRevoked{Invite: i.ID})
		}
	}
	if !d.s.Ended && d.s.Taken() == 0 && len(d.s.LiveInvites(d.now)) == 0 {
		d.emit(EndedEvent{})
	}
}

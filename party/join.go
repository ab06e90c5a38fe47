package party

import "slices"

// hold reserves a place and a use for a browser (laws 3, 9, 10).
func (d *decision) hold(c Hold) error {
	if x := d.s.Seat(c.Seat); x != nil && (x.Offer != 0 || x.LetIn) { // who was next in line, or let in, comes
		taken := *x
		taken.LetIn = false
		if x.Offer != 0 {
			taken.Offer, taken.Since = 0, d.now
		}
		d.emit(SeatHeld{taken})
		return nil
	}
	if d.s.Knows(c.Seat) {
		return nil // held or redeemed already
	}
	if err := d.usable(c.Invite, c.Seat, c.Player, c.Browser); err != nil {
		return err
	}
	if err := d.s.personal(c.Invite, c.Player); err != nil {
		return err
	}
	if d.approves(c.Approve) {
		return &Error{Code: ApprovalNeeded}
	}
	if d.s.Taken() >= d.s.Size {
		return &Error{Code: Full}
	}
	if c.Home != "" {
		n := 0
		for _, x := range d.s.Seats {
			if x.Home == c.Home {
				n++
			}
		}
		if n >= d.rules.SeatsPerHome {
			return Errorf(RateLimited, "At most %d places are kept for one address; go on without one.", d.rules.SeatsPerHome)
		}
	}
	by := c.Led.Maker
	if i := d.s.Invite(c.Invite); i != nil {
		by = i.By
	}
	d.emit(SeatHeld{Seat{
		ID: c.Seat, Player: c.Player, N: d.s.LastN + 1, Name: d.s.uniqueName(c.Name, 0), Face: c.Face,
		Invite: c.Invite, By: by, Since: d.now, Home: c.Home, Browser: c.Browser,
	}})
	return nil
}

// join makes a player a member. A member that comes again keeps its place and
// takes the new session.
func (d *decision) join(c Join) error {
	seat := d.s.Seat(c.Seat)
	if m := d.s.Member(c.Player); m != nil {
		if seat != nil {
			d.emit(SeatLapsed{Seat: seat.ID, N: seat.N})
		}
		d.emit(Resumed{Player: c.Player, Session: c.Session, Hash: c.Hash, Move: c.Move, From: c.From})
		return nil
	}
	if seat != nil {
		if seat.Player != "" && seat.Player != c.Player {
			return &Error{Code: TicketSpent}
		}
		c.Invite = seat.Invite // that is where its use is reserved
		if d.s.outcast(c.Player, c.Browser) != nil && !d.s.pardons(d.s.Invite(c.Invite), c.Player, c.Browser) {
			return &Error{Code: Banned} // the browser that held it did not say who would come
		}
	}
	if i := d.s.Invite(c.Invite); i != nil {
		if err := i.Requires.fit(c.Has); err != nil {
			return err
		}
	}
	former := d.s.former(c.Seat, c.Invite)
	if seat == nil {
		if err := d.usable(c.Invite, c.Seat, c.Player, c.Browser); err != nil {
			return err
		}
		if len(former) == 0 && d.approves(c.Approve) {
			return &Error{Code: ApprovalNeeded}
		}
		if len(former) == 0 && d.s.Taken() >= d.s.Size {
			return &Error{Code: Full}
		}
	}
	member := Member{
		Player: c.Player, N: d.s.LastN + 1, Name: c.Name, Face: c.Face, State: Loads, Joined: d.now,
		Move: c.Move, From: c.From, Seat: c.Seat, Invite: c.Invite, Session: c.Session,
		Browser: c.Browser,
	}
	if i := d.s.Invite(c.Invite); i != nil {
		member.By = i.By
	}
	leads := seat != nil && seat.Leads
	if seat != nil {
		member.N, member.Order = seat.N, seat.Order
		if c.Fresh || seat.Order > 0 {
			member.Name, member.Face = seat.Name, seat.Face
		}
	}
	for _, p := range former {
		d.remove(p, ReasonReplaced)
	}
	if o := d.s.outcast(c.Player, c.Browser); o != nil {
		d.emit(Readmitted{o.N})
	}
	member.Name = d.s.uniqueName(member.Name, member.N)
	d.emit(Joined{member, c.Hash, d.s.usesWith(member), d.s.before(member.Order)})
	if d.s.Leader == "" {
		d.emit(Crowned{c.Player, ReasonJoined})
	}
	if leads && d.s.Leader != c.Player {
		d.crownTo(c.Player, ReasonTravelled)
	}
	return nil
}

// usesWith says how many players the member's invite will have counted with it.
func (s *State) usesWith(m Member) int {
	i := s.Invite(m.Invite)
	if i == nil {
		return 0
	}
	after := *i
	after.Used = slices.Clone(i.Used)
	after.count(Use{m.Player, m.Seat}, s.beyond(m.Seat))
	return after.Uses
}

// beyond reports whether a seat takes no use of its invite.
func (s *State) beyond(id SeatID) bool {
	seat := s.Seat(id)
	return seat != nil && seat.Beyond
}

// former returns who came by that seat before: the member that sits on it, and
// one that joined again without it but on the use that goes with it.
func (s *State) former(seat SeatID, id InviteID) []PlayerID {
	if seat == "" {
		return nil
	}
	var players []PlayerID
	for _, m := range s.Members {
		i := s.Invite(id)
		if m.Seat == seat || m.Invite == id && i != nil && slices.Contains(i.Used, Use{m.Player, seat}) {
			players = append(players, m.Player)
		}
	}
	return players
}

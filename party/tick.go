package party

import "slices"

// tick does what time has made due: seats lapse, members that stayed away are
// taken out, the crown passes, the party ends or retires.
func (d *decision) tick() {
	for _, seat := range slices.Clone(d.s.Seats) {
		if due(d.seatDue(&seat), d.now) {
			d.emit(SeatLapsed{Seat: seat.ID, N: seat.N})
		}
	}
	for _, v := range slices.Clone(d.s.Line) {
		if due(d.lineDue(&v), d.now) {
			d.emit(Unqueued{v.Seat, v.N})
		}
	}
	d.asksDue()
	for _, m := range slices.Clone(d.s.Members) {
		if due(d.memberDue(&m), d.now) {
			d.takeOut(Left{Player: m.Player, N: m.N, Reason: ReasonTimeout})
		}
	}
	if d.s.Leader != "" && d.s.Member(d.s.Leader) == nil {
		d.crown(ReasonTimeout) // once, to somebody who stays
	}
	if due(d.crownDue(), d.now) {
		d.crown(ReasonTimeout)
	}
	if due(d.readyDue(), d.now) {
		d.emit(ReadyEnded{Reason: ReasonTimeout})
	}
	if due(d.travelDue(), d.now) {
		d.emit(TravelSet{nil})
	}
	if due(d.endDue(), d.now) {
		d.endIfEmpty()
	}
	if due(d.retireDue(), d.now) {
		d.emit(Retired{})
	}
}

// NextDue returns when a Tick will next have something to do, or 0.
func NextDue(s *State, known Known) Time {
	d := newDecision(s, 0, known)
	next := Time(0)
	consider := func(t Time) {
		if t != 0 && (next == 0 || t < next) {
			next = t
		}
	}
	for i := range s.Seats {
		consider(d.seatDue(&s.Seats[i]))
	}
	for i := range s.Line {
		consider(d.lineDue(&s.Line[i]))
	}
	for _, v := range s.Asks {
		consider(v.Since.Add(AskTime))
	}
	for i := range s.Members {
		consider(d.memberDue(&s.Members[i]))
	}
	consider(d.crownDue())
	consider(d.readyDue())
	consider(d.travelDue())
	consider(d.endDue())
	consider(d.retireDue())
	return next
}

// Retiring reports whether a party is due to retire: alone for long enough, and no
// link leads to it.
func Retiring(s *State, now Time) bool {
	d := newDecision(s, now, Known{})
	return due(d.retireDue(), now)
}

func due(t, now Time) bool { return t != 0 && t <= now }

func (d *decision) seatDue(s *Seat) Time {
	if s.Order > 0 {
		return s.Since.Add(TravelSeat)
	}
	end := s.Since.Add(d.rules.SeatOpen)
	if s.Offer != 0 {
		end = s.Offer
	}
	if closed, ok := d.known.Closed[s.ID]; ok {
		end = min(end, closed.Add(d.rules.SeatClosed))
	}
	return end
}

func (d *decision) memberDue(m *Member) Time {
	away, ok := d.known.Absent[m.Player]
	switch {
	case !ok:
		return 0
	case m.State == Loads:
		return away.Since.Add(d.rules.GraceLoad)
	}
	return away.Since.Add(d.rules.GraceIn)
}

func (d *decision) crownDue() Time {
	away, ok := d.known.Absent[d.s.Leader]
	if !ok {
		return 0
	}
	heir := d.heir()
	if heir == nil {
		return 0
	}
	if _, alsoAway := d.known.Absent[heir.Player]; alsoAway {
		return 0
	}
	if away.ByServer {
		return away.Since.Add(CrownServer)
	}
	return away.Since.Add(d.rules.Crown)
}

// endDue is when the last link of an empty party dies.
func (d *decision) endDue() Time {
	if d.s.Ended || d.s.Taken() > 0 {
		return 0
	}
	if slices.ContainsFunc(d.s.Invites, func(i Invite) bool { return i.UntilEmpty && i.Revoked == 0 }) {
		return 1
	}
	return max(d.lastLink(), 1)
}

func (d *decision) retireDue() Time {
	if d.s.Seq == 0 || d.s.Retired || len(d.s.Members) != 1 || len(d.s.Seats) > 0 || len(d.s.Asks) > 0 || d.s.Openness == Open ||
		slices.ContainsFunc(d.s.Invites, func(i Invite) bool { return i.UntilEmpty && i.Revoked == 0 }) {
		return 0
	}
	return max(d.s.Alone, d.lastLink()).Add(AloneLimit)
}

// lastLink is when the last link that was not revoked expires.
func (d *decision) lastLink() Time {
	last := Time(0)
	for _, i := range d.s.Invites {
		if i.Revoked == 0 {
			last = max(last, i.Expires)
		}
	}
	return last
}

package party

import (
	"slices"
	"time"
)

// The limits of the line and of asking to join.
const (
	MaxLine   = 500              // places in line
	OfferTime = 30 * time.Second // a freed seat is held for who is next
	MaxAsks   = 5                // open questions at once
	AskTime   = 60 * time.Second // until a question counts as unanswered
	AskDead   = 24 * time.Hour   // after a link's expiry one may still ask

	DeclineTime  = 10 * time.Minute // after a no, until the same browser may ask again
	keptDeclined = 100              // of them remembered
)

// Visitor is somebody at the door: a browser with its invite page open, or a
// player of the game. It waits in line, or asks to be let in.
type Visitor struct {
	Seat    SeatID   `json:"seat"`
	Player  PlayerID `json:"player,omitempty"` // "" of a browser
	N       int      `json:"n"`
	Name    string   `json:"name"`
	Face    uint32   `json:"face"`
	Invite  InviteID `json:"invite"`
	Since   Time     `json:"since"`
	Home    string   `json:"home,omitempty"`
	Browser string   `json:"browser,omitempty"`
}

// visitor numbers and names a visitor.
func (d *decision) visitor(h Hold) Visitor {
	return Visitor{
		Seat: h.Seat, Player: h.Player, N: d.s.LastN + 1, Name: d.s.uniqueName(h.Name, 0), Face: h.Face,
		Invite: h.Invite, Since: d.now, Home: h.Home, Browser: h.Browser,
	}
}

// seatFor is the held seat that a visitor gets.
func (d *decision) seatFor(v Visitor, by PlayerID) Seat {
	return Seat{
		ID: v.Seat, Player: v.Player, N: v.N, Name: d.s.uniqueName(v.Name, v.N), Face: v.Face, Invite: v.Invite, By: by,
		Since: d.now, Home: v.Home, Browser: v.Browser,
	}
}

// inLine returns a seat's place in line, from 1, or 0.
func (s *State) inLine(seat SeatID) int {
	return 1 + slices.IndexFunc(s.Line, func(v Visitor) bool { return v.Seat == seat })
}

// Waits reports whether a seat stands in line or asks to be let in.
func (s *State) Waits(seat SeatID) bool {
	return s.inLine(seat) > 0 || find(s.Asks, func(v *Visitor) bool { return v.Seat == seat }) != nil
}

// atHome counts the visitors of one address.
func atHome(list []Visitor, home string) int {
	n := 0
	for _, v := range list {
		if v.Home == home {
			n++
		}
	}
	return n
}

// queue puts who was told full into the line (law 23).
func (d *decision) queue(c Queue) error {
	if d.s.Knows(c.Seat) || d.s.inLine(c.Seat) > 0 {
		return nil
	}
	if err := d.usable(c.Invite, c.Seat, c.Player, c.Browser); err != nil {
		return err
	}
	if err := d.s.personal(c.Invite, c.Player); err != nil {
		return err
	}
	if d.s.Taken() < d.s.Size {
		return d.hold(c.Hold)
	}
	if d.approves(c.Approve) {
		return &Error{Code: ApprovalNeeded}
	}
	if len(d.s.Line) >= MaxLine {
		return Errorf(TooMany, "There are %d in line already. Try again later.", MaxLine)
	}
	if c.Home != "" && atHome(d.s.Line, c.Home) >= d.rules.SeatsPerHome {
		return Errorf(RateLimited, "At most %d at one address wait in line. Try again when one of them is in.", d.rules.SeatsPerHome)
	}
	d.emit(Queued{d.visitor(c.Hold)})
	return nil
}

func (d *decision) leaveLine(c LeaveLine) error {
	if i := d.s.inLine(c.Seat); i > 0 {
		d.emit(Unqueued{c.Seat, d.s.Line[i-1].N})
	}
	return nil
}

// offer holds a freed seat for who is next in line.
func (d *decision) offer() {
	for !d.s.Ended && d.s.Taken() < d.s.Size && len(d.s.Line) > 0 {
		next := d.s.Line[0]
		d.emit(Unqueued{next.Seat, next.N})
		if d.usable(next.Invite, next.Seat, next.Player, next.Browser) == nil && !d.approves(false) {
			seat := d.seatFor(next, d.makerOf(next.Invite))
			seat.Offer = d.now.Add(OfferTime)
			d.emit(SeatHeld{seat})
		}
	}
}

// makerOf is who made a link.
func (d *decision) makerOf(id InviteID) PlayerID {
	if i := d.s.Invite(id); i != nil {
		return i.By
	}
	return ""
}

// lineDue is when somebody whose page is closed loses its place.
func (d *decision) lineDue(v *Visitor) Time {
	if closed, ok := d.known.Closed[v.Seat]; ok {
		return closed.Add(d.rules.SeatClosed)
	}
	return 0
}

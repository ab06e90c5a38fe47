package party

import "slices"

// MaxOutcasts is how many a party remembers; of kicks the oldest go first.
const MaxOutcasts = 100

// Outcast is somebody who does not come back in: the player, and the browser
// that took the seat. For a guest that is a courtesy, since a private window is
// somebody new.
type Outcast struct {
	N       int      `json:"n"` // as a member or a held seat
	Player  PlayerID `json:"player,omitempty"`
	Browser string   `json:"browser,omitempty"`
	Name    string   `json:"name"`
	Banned  bool     `json:"banned,omitempty"` // else kicked: a personal invite lets it back
	At      Time     `json:"at"`
}

// kick takes out a member or a held seat, and keeps it out (law 19).
func (d *decision) kick(c Kick) error {
	if err := d.may(c.Player, !c.Ban); err != nil {
		return err
	}
	why := ReasonKicked
	if c.Ban {
		why = ReasonBanned
		if d.bans() >= MaxOutcasts {
			return Errorf(TooMany, "A party remembers at most %d bans. Lift one first.", MaxOutcasts)
		}
	}
	if m := d.s.MemberN(c.N); m != nil {
		if c.Player != Backend && (m.Player == c.Player || m.Player == d.s.Leader) {
			return &Error{Code: NotAllowed, Detail: "Neither oneself nor the leader can be taken out."}
		}
		out := Outcast{m.N, m.Player, m.Browser, m.Name, c.Ban, d.now}
		d.remove(m.Player, why)
		d.castOut(out)
		d.endIfEmpty()
		return nil
	}
	if x := find(d.s.Seats, func(x *Seat) bool { return x.N == c.N }); x != nil {
		out := Outcast{N: x.N, Player: x.Player, Browser: x.Browser, Name: x.Name, Banned: c.Ban, At: d.now}
		d.emit(SeatLapsed{x.ID, x.N, why})
		d.castOut(out)
		d.endIfEmpty()
		return nil
	}
	if o := find(d.s.Outcasts, func(o *Outcast) bool { return o.N == c.N }); o != nil { // a kick becomes a ban
		if c.Ban && !o.Banned {
			out := *o
			out.Banned = true
			d.castOut(out)
		}
		return nil
	}
	return &Error{Code: NotFound, Detail: "There is nobody of that number in the party."}
}

// castOut keeps somebody out; where no more can be remembered, the oldest kick
// is forgotten.
func (d *decision) castOut(o Outcast) {
	known := slices.ContainsFunc(d.s.Outcasts, func(old Outcast) bool { return old.N == o.N })
	if len(d.s.Outcasts) >= MaxOutcasts && !known {
		oldest := find(d.s.Outcasts, func(o *Outcast) bool { return !o.Banned })
		if oldest == nil {
			return // a hundred bans leave no room for a kick
		}
		d.emit(Readmitted{oldest.N})
	}
	d.emit(CastOut{o})
}

func (d *decision) readmit(c Readmit) error {
	o := find(d.s.Outcasts, func(o *Outcast) bool { return o.N == c.N })
	if o == nil {
		return &Error{Code: NotFound, Detail: "Nobody of that number is kept out."}
	}
	if err := d.may(c.Player, !o.Banned); err != nil {
		return err
	}
	d.emit(Readmitted{c.N})
	return nil
}

func (d *decision) bans() int {
	n := 0
	for _, o := range d.s.Outcasts {
		if o.Banned {
			n++
		}
	}
	return n
}

// outcast returns why a player or browser is kept out, or nil.
func (s *State) outcast(p PlayerID, browser string) *Outcast {
	return find(s.Outcasts, func(o *Outcast) bool {
		return p != "" && o.Player == p || browser != "" && o.Browser == browser
	})
}

func (s *State) castOut(o Outcast) {
	s.Outcasts = slices.DeleteFunc(s.Outcasts, func(old Outcast) bool {
		return old.N == o.N
	})
	s.Outcasts = append(s.Outcasts, o)
}

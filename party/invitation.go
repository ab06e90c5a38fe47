package party

import "slices"

// Invitation is what somebody who holds a link may see of it and of the party
// behind it: what the landing page, its preview and its card are drawn from.
type Invitation struct {
	// Problem is empty for a link that can be used now, or that was and whose
	// friend is on the way or in; otherwise it is one of
	// NotFound, Expired, Revoked, UsedUp, Ended, Full, KitNotActivated or
	// RateLimited. With any of them but Full, Inviter, Message, Members, Held
	// and Landing are empty: a dead link shows no names.
	Problem Code
	Game    GameID
	Invite  InviteID
	// Revision rises with every durable change of the party.
	Revision uint64
	Inviter  Person // who made the link, also when gone from the party
	Message  string // hostile text of the inviter, ≤255 bytes, may be empty
	Size     int    // places in the party
	Taken    int    // held + loading + in
	Members  []PublicMember
	Held     []Person // opening the game
	Landing  []Field
	Match    *PublicMatch // where they play now; nil: nowhere
	Line     int          // how many wait for a seat
	Approve  bool         // newcomers are let in by the party
	CanAsk   bool         // with Problem: asking to join may still help
	Onward   Onward       // with Problem: how one gets into the party that the link's maker is in by now
	Declined Time         // where one would have to ask: this browser may not before then
	Expires  Time         // 0: never
	You      *Arrival     // this browser's own way in; nil before Start

	// Died says that the link died of itself, and may lead on to where its Maker
	// is: "" where the party does not know it any more. For the host.
	Died  bool
	Maker PlayerID
}

// PublicMatch is a match without its connection data.
type PublicMatch struct {
	Since    Time `json:"since"`
	Joinable bool `json:"joinable"`
	Free     int  `json:"free"`
}

// Person is a name and a face.
type Person struct {
	Name string `json:"name"`
	Face uint32 `json:"face"`
}

// PublicMember is a member as a stranger with the link sees it.
type PublicMember struct {
	Person
	Leader   bool     `json:"leader,omitempty"`
	State    Standing `json:"state"`
	Presence Presence `json:"presence"`
	Loading  *Loading `json:"loading,omitempty"`
}

// Arrival is how far one browser's friend has come.
type Arrival struct {
	Person
	Stage    Stage    `json:"stage"`
	Place    int      `json:"place,omitempty"` // in line, from 1
	Until    Time     `json:"until,omitempty"` // of an offered seat, a question, or of a no to it
	LetIn    bool     `json:"letIn,omitempty"` // held for who asked, and has not pressed Start since
	Loading  *Loading `json:"loading,omitempty"`
	Reason   string   `json:"reason,omitempty"`   // why gone
	Problem  Code     `json:"problem,omitempty"`  // why still only pressed: Full or UsedUp
	Presence Presence `json:"presence,omitempty"` // of a member
}

// Stage is a step on the way in.
type Stage string

// The steps, in order.
const (
	Pressed    Stage = "pressed"
	InLine     Stage = "line"    // waits for a seat of a full party
	Offered    Stage = "offered" // a seat is free for it, for half a minute
	Asking     Stage = "asking"  // asked to be let in
	HeldStage  Stage = "held"
	LoadingNow Stage = "loading"
	Arrived    Stage = "in"
	Gone       Stage = "gone"
)

// Invitation tells what somebody with a link may see of it and of the party,
// with what it would ask of it. While its seat is held or taken, neither a full
// party nor a link that died since hides the party from who is in it. The host
// adds what it alone knows: this browser's arrival.
func (s *State) Invitation(of Hold, now Time, status func(PlayerID) Status, moved func(*Member) bool) Invitation {
	id, seat := of.Invite, of.Seat
	v := Invitation{Game: s.Game, Invite: id, Revision: s.Revision, Size: s.Size, Taken: s.Taken()}
	d := newDecision(s, now, Known{})
	i := s.Invite(id)
	if of.Led.Maker != "" && !s.Knows(seat) {
		return d.ledOn(v, of)
	}
	if err := d.usable(id, seat, of.Player, of.Browser); err != nil && of.Led.Maker == "" && (i == nil && id != "" || !s.cameBy(seat, id)) {
		v.Problem = err.(*Error).Code
		v.Maker, v.Died = d.died(of, v.Problem)
		if d.askable(of) == nil {
			v.Declined = s.declined(seat, of.Browser, now)
			v.CanAsk = v.Declined == 0
		}
		return v
	}
	if s.Taken() >= s.Size && !s.Knows(seat) {
		v.Problem = Full
		v.Line = len(s.Line)
	}
	v.Approve = s.Approve || of.Approve
	if v.Approve && len(s.Members) > 0 && !s.Knows(seat) {
		v.Declined = s.declined(seat, of.Browser, now)
	}
	v.Landing = s.Landing
	by := of.Led.Maker
	switch {
	case i != nil:
		v.Inviter, v.Message, v.Expires = Person{i.ByName, i.ByFace}, i.Message, i.Expires
		by = i.By
	case by == "":
		by = s.Leader // by the party's id
	}
	for j := range s.Members {
		m := &s.Members[j]
		if moved != nil && moved(m) {
			continue
		}
		if m.Player == by {
			v.Inviter.Name = m.Name
			if i == nil {
				v.Inviter.Face = m.Face
			}
		}
		st := status(m.Player)
		p := PublicMember{Person: Person{m.Name, m.Face}, Leader: m.Player == s.Leader, State: m.State, Presence: st.Presence}
		if m.State == Loads {
			p.Loading = st.Loading
		}
		v.Members = append(v.Members, p)
	}
	if m := s.Match; m != nil {
		v.Match = &PublicMatch{m.Since, m.Joinable, m.Free}
	}
	for _, x := range s.Seats {
		v.Held = append(v.Held, Person{x.Name, x.Face})
	}
	return v
}

// Arrival tells how far a seat has come: still only pressed, held, a member
// that loads or is in, or gone again.
func (s *State) Arrival(seat SeatID, status func(PlayerID) Status) Arrival {
	if i := s.inLine(seat); i > 0 {
		v := s.Line[i-1]
		return Arrival{Person: Person{v.Name, v.Face}, Stage: InLine, Place: i}
	}
	if v := find(s.Asks, func(v *Visitor) bool { return v.Seat == seat }); v != nil {
		return Arrival{Person: Person{v.Name, v.Face}, Stage: Asking, Until: v.Since.Add(AskTime)}
	}
	if x := s.Seat(seat); x != nil && x.Offer != 0 {
		return Arrival{Person: Person{x.Name, x.Face}, Stage: Offered, Until: x.Offer}
	}
	if x := s.Seat(seat); x != nil {
		return Arrival{Person: Person{x.Name, x.Face}, Stage: HeldStage, LetIn: x.LetIn}
	}
	m := find(s.Members, func(m *Member) bool { return m.Seat == seat })
	if m == nil {
		return Arrival{Stage: Pressed}
	}
	st := status(m.Player)
	a := Arrival{Person: Person{m.Name, m.Face}, Stage: LoadingNow, Loading: st.Loading, Presence: st.Presence}
	if m.State == In {
		a.Stage, a.Loading = Arrived, nil
	}
	return a
}

// Concerns reports whether the party knows, or may know, anything of who looks at
// a link because of which it shows them something else than it shows to strangers.
func (s *State) Concerns(of Hold) bool {
	seat, browser := of.Seat, of.Browser
	if of.Player != "" || seat != "" && (s.Knows(seat) || s.Waits(seat)) || s.outcast("", browser) != nil {
		return true
	}
	i := s.Invite(of.Invite)
	return i != nil && i.countedSeat(seat) || slices.ContainsFunc(s.Declined, func(r Refusal) bool {
		return seat != "" && r.Seat == seat || browser != "" && r.Browser == browser
	})
}

// Knows reports whether the seat is held or taken by a member.
func (s *State) Knows(seat SeatID) bool {
	return seat != "" && (s.Seat(seat) != nil || find(s.Members, func(m *Member) bool { return m.Seat == seat }) != nil)
}

// cameBy reports whether the seat is held, or taken by a member, by that link.
func (s *State) cameBy(seat SeatID, id InviteID) bool {
	if seat == "" {
		return false
	}
	x := s.Seat(seat)
	return x != nil && x.Invite == id ||
		find(s.Members, func(m *Member) bool { return m.Seat == seat && m.Invite == id }) != nil
}

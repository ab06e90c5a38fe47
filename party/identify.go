package party

import "slices"

// Identify makes a guest that is in the party the player that its game knows it
// as. Where that player is a member already, the guest's place goes to it.
type Identify struct {
	Player  PlayerID // the guest
	As      PlayerID
	Name    string // as the game calls the player; "": it keeps its name
	Move    uint64
	From    ID        // the party that the player leaves for this, if it was in one
	Session SessionID // the guest's, which goes on; "": a new connection takes over
	Hash    string
}

func (Identify) command() {}

// Identified gave a member another player id. Its place, number, crown, data
// and links stay its own.
type Identified struct {
	Player  PlayerID  `json:"player"`
	N       int       `json:"n"`
	As      PlayerID  `json:"as"`
	Move    uint64    `json:"move"`
	From    ID        `json:"from,omitempty"`
	Session SessionID `json:"session,omitempty"` // the one that goes on
}

func (Identified) kind() string { return "identified" }

// identify is law 26. Who is kept out stays out under any id.
func (d *decision) identify(c Identify) error {
	m := d.s.Member(c.Player)
	switch {
	case m == nil:
		return &Error{Code: NotFound}
	case c.As == c.Player:
		return nil
	case d.s.outcast(c.As, "") != nil:
		return &Error{Code: Banned}
	}
	if d.s.Member(c.As) != nil {
		if d.s.Leader == c.Player {
			d.crownTo(c.As, ReasonReplaced)
		}
		d.takeOut(Left{c.Player, m.N, ReasonReplaced, c.As})
		if c.Session != "" {
			d.emit(Resumed{Player: c.As, Session: c.Session, Hash: c.Hash, Move: c.Move, From: c.From})
		}
		return nil
	}
	d.emit(Identified{c.Player, m.N, c.As, c.Move, c.From, c.Session})
	if c.Name == "" {
		return nil
	}
	return d.rename(Rename{c.As, c.Name})
}

// identified puts the new id wherever the old one stood.
func (s *State) identified(e Identified) {
	become := func(ids ...*PlayerID) {
		for _, id := range ids {
			if *id == e.Player {
				*id = e.As
			}
		}
	}
	if m := s.Member(e.Player); m != nil {
		m.Move = max(m.Move, e.Move)
		if e.From != "" {
			m.From = e.From
		}
	}
	become(&s.Leader)
	for i := range s.Members {
		become(&s.Members[i].Player, &s.Members[i].By)
	}
	s.Line = slices.Clone(s.Line) // see Clone
	for _, waiting := range [][]Visitor{s.Line, s.Asks} {
		for i := range waiting {
			become(&waiting[i].Player)
		}
	}
	for i := range s.Seats {
		become(&s.Seats[i].Player, &s.Seats[i].By)
	}
	for i := range s.Invites {
		become(&s.Invites[i].By, &s.Invites[i].For)
		for j := range s.Invites[i].Used {
			become(&s.Invites[i].Used[j].Player)
		}
	}
	for i := range s.Sessions {
		become(&s.Sessions[i].Player)
	}
	if s.Ready != nil {
		become(&s.Ready.By)
	}
	if s.Travel != nil {
		become(&s.Travel.By)
	}
}

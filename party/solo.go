package party

// Solo returns a party of one, led by that member. It has no log: its state
// lives in memory until somebody else must see it.
func Solo(id ID, game GameID, size int, m Member, hash string, own Own, now Time) *State {
	return Lone{Size: size, Revision: 1, Move: m.Move, Joined: now, Alone: now}.State(id, game, m, hash, own)
}

// Lone is a party of one made small, for as long as nothing happens in it: what
// it is beside its member, and beside what that has set.
type Lone struct {
	Size              int
	Revision, DataRev uint32
	Move              uint64
	Joined, Alone     Time
	Kept              Time
	Session           *Session // nil as long as it is as new
}

// Lone returns the small form of a party. There may be more to a party than it
// holds: where the state made of it equals s, nothing is lost.
func (s *State) Lone() Lone {
	x := Lone{Size: s.Size, Revision: uint32(s.Revision), DataRev: uint32(s.DataRev), Alone: s.Alone, Kept: s.Kept}
	if len(s.Members) > 0 {
		x.Move, x.Joined = s.Members[0].Move, s.Members[0].Joined
	}
	if len(s.Sessions) > 0 && (s.Sessions[0].High > 0 || s.Sessions[0].Prev != "") {
		session := s.Sessions[0]
		x.Session = &session
	}
	return x
}

// State returns the whole party, of that member and its session, the hash of
// its resume token and what it has set.
func (x Lone) State(id ID, game GameID, m Member, hash string, own Own) *State {
	m.N, m.State, m.Joined, m.Move = 1, In, x.Joined, x.Move
	session := Session{ID: m.Session, Player: m.Player, Hash: hash}
	if x.Session != nil {
		session = *x.Session
	}
	return &State{
		ID: id, Game: game, Revision: uint64(x.Revision), Size: x.Size, Openness: InviteOnly, Leader: m.Player,
		Members: []Member{m}, Sessions: []Session{session},
		Data: own.Data, DataRev: uint64(x.DataRev), Landing: own.Landing, LastN: 1, Kept: x.Kept, Alone: x.Alone,
	}
}

// Found returns the event that begins a log with the party as it is, so that
// it can be one append with whatever made it necessary.
func (s *State) Found() Founded {
	c := s.Clone()
	c.Seq, c.Retired = 0, false
	return Founded{c}
}

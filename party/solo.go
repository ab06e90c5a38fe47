package party

// Solo returns a party of one, led by that member. It has no log: its state
// lives in memory until somebody else must see it.
func Solo(id ID, game GameID, size int, m Member, hash string, own Own, now Time) *State {
	m.N, m.State, m.Joined = 1, In, now
	return &State{
		ID: id, Game: game, Revision: 1, Size: size, Openness: InviteOnly, Leader: m.Player,
		Members: []Member{m}, Sessions: []Session{{ID: m.Session, Player: m.Player, Hash: hash}},
		Data: own.Data, Landing: own.Landing, LastN: 1, Alone: now,
	}
}

// Found returns the event that begins a log with the party as it is, so that
// it can be one append with whatever made it necessary.
func (s *State) Found() Founded {
	c := s.Clone()
	c.Seq, c.Retired = 0, false
	return Founded{c}
}

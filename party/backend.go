package party

// Backend stands in commands for the game's own backend, which acts with the
// leader's authority in every party of its game and is a member of none. It has
// no shape of a player's id, so that no player can ever be it.
const Backend PlayerID = "-backend"

// Rest returns a party that nobody is in yet: the backend made it, and with a
// link it waits for whoever comes first, who leads it with the data and landing
// info it has. Both must be clean. It has no log before it is shared, and ends
// at once without a link.
func Rest(id ID, game GameID, size int, own Own, now Time) *State {
	s := &State{ID: id, Game: game, Revision: 1, Size: size, Openness: InviteOnly, Alone: now}
	s.Members = []Member{}
	if own.Data != nil {
		s.Data, s.DataRev = own.Data, 1
	}
	s.Landing = own.Landing
	return s
}

// inviter says as whom a command to make a link is done: a member, or the backend
// under the name of its game.
func (d *decision) inviter(c MakeInvite) (Person, error) {
	if c.Player == Backend {
		return c.As, d.may(Backend, false)
	}
	m := d.s.Member(c.Player)
	switch {
	case m == nil:
		return Person{}, &Error{Code: NotFound}
	case d.s.inviters() == LeaderOnly && !d.leads(c.Player):
		return Person{}, &Error{Code: NotAllowed, Detail: "In this party only the leader may invite."}
	}
	return Person{m.Name, m.Face}, nil
}

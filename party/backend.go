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

// inviter says whose a new link is: a member's own, or one that the backend
// makes under the name of its game or of a member.
func (d *decision) inviter(c MakeInvite) (PlayerID, Person, error) {
	if c.Player == Backend {
		return d.hosted(c)
	}
	m := d.s.Member(c.Player)
	switch {
	case m == nil:
		return "", Person{}, &Error{Code: NotFound}
	case d.s.inviters() == LeaderOnly && !d.leads(c.Player):
		return "", Person{}, &Error{Code: NotAllowed, Detail: "In this party only the leader may invite."}
	}
	return m.Player, Person{m.Name, m.Face}, nil
}

// hosted says whose a link of the backend's is.
func (d *decision) hosted(c MakeInvite) (PlayerID, Person, error) {
	if err := d.may(Backend, false); err != nil {
		return "", Person{}, err
	}
	if c.Options.UntilEmpty && d.s.Taken() == 0 {
		return "", Person{}, Errorf(BadRequest, "Nobody is in the party: a link until it is empty would end at once. Let it expire instead.")
	}
	if c.For == 0 {
		if c.Options.OnLeave != "" {
			return "", Person{}, Errorf(BadRequest, "The game itself never leaves: onLeave needs the member in whose name the link is made.")
		}
		return Backend, c.As, nil
	}
	m := d.s.MemberN(c.For)
	if m == nil {
		return "", Person{}, &Error{Code: NotFound, Detail: "There is no member of that number in the party."}
	}
	return m.Player, Person{m.Name, m.Face}, nil
}

package party

// identify is law 26.
func (m *model) identify(c Identify, now Time, known Known) Code {
	me := m.member(c.Player)
	switch {
	case me == nil:
		return NotFound
	case c.As == c.Player:
		return ""
	case m.outcast(c.As, "") >= 0:
		return Banned
	}
	if m.member(c.As) != nil { // the guest's place goes to the player
		if m.leader == c.Player {
			m.leader = c.As
			m.bringsOwn(known)
		}
		m.remove(c.Player, now)
		if c.Session != "" {
			as := m.member(c.As)
			m.session(as, c.Session, now)
			as.Move = max(as.Move, c.Move)
		}
		return ""
	}
	become := func(p *PlayerID) {
		if *p == c.Player {
			*p = c.As
		}
	}
	me.Move = max(me.Move, c.Move)
	become(&m.leader)
	become(&me.Player)
	for i := range m.seats {
		become(&m.seats[i].Player)
	}
	for _, waiting := range [][]modelVisitor{m.line, m.asks} {
		for i := range waiting {
			become(&waiting[i].Player)
		}
	}
	for i := range m.links {
		become(&m.links[i].By)
		become(&m.links[i].For)
		for j := range m.links[i].Uses {
			become(&m.links[i].Uses[j].Player)
		}
	}
	for i := range m.sessions {
		become(&m.sessions[i].Player)
	}
	if m.ready != nil {
		become(&m.ready.By)
	}
	if c.Name != "" {
		me.Name = m.unique(c.Name, me.N)
	}
	return ""
}

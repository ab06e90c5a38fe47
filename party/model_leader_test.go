package party

import "slices"

// modelOutcast is who is kept out.
type modelOutcast struct {
	N       int
	Player  PlayerID
	Browser string
	Name    string
	Banned  bool
}

// may says why a command is not this player's: it is the leader's and the
// backend's, and where acting is enough of who stands in.
func (m *model) may(p PlayerID, acting bool, known Known) Code {
	switch {
	case p == Backend && (m.ended || m.retired):
		return Ended
	case p == Backend, p == m.leader, acting && p == m.acting(known):
		return ""
	}
	return NotAllowed
}

func (m *model) change(c Change, now Time, known Known) Code {
	locks := c.Openness != nil && *c.Openness == Locking && c.Inviters == nil && c.Approve == nil && c.Size == nil
	if code := m.may(c.Player, locks, known); code != "" {
		return code
	}
	if c.Size != nil && *c.Size < m.taken() {
		return TooMany
	}
	was := *m
	if c.Openness != nil {
		m.openness = *c.Openness
	}
	if c.Inviters != nil {
		m.leaders = *c.Inviters == LeaderOnly
	}
	if c.Approve != nil {
		m.approve = *c.Approve
	}
	if c.Size != nil {
		m.size = *c.Size
	}
	if m.openness == was.openness && m.leaders == was.leaders && m.approve == was.approve && m.size == was.size {
		return ""
	}
	m.alone = now
	if m.openness == Open { // anybody may come by its id now
		m.inMemory, m.retired = false, false
	}
	return ""
}

func (m *model) promote(c Promote, now Time, known Known) Code {
	if code := m.may(c.Player, false, known); code != "" {
		return code
	}
	if m.member(c.To) == nil {
		return NotFound
	}
	if c.To != m.leader {
		m.leader = c.To
		m.bringsOwn(known)
	}
	return ""
}

func (m *model) kick(c Kick, now Time, known Known) Code {
	if code := m.may(c.Player, !c.Ban, known); code != "" {
		return code
	}
	for _, x := range m.members {
		if x.N != c.N {
			continue
		}
		if c.Player != Backend && (x.Player == c.Player || x.Player == m.leader) {
			return NotAllowed
		}
		m.remove(x.Player, now)
		if m.leader == x.Player {
			m.succeed(known)
		}
		m.outcasts = append(m.outcasts, modelOutcast{x.N, x.Player, x.Browser, x.Name, c.Ban})
		m.end(now)
		return ""
	}
	for i, x := range m.seats {
		if x.N == c.N {
			m.seats = slices.Delete(m.seats, i, i+1)
			m.alone = now
			m.outcasts = append(m.outcasts, modelOutcast{x.N, x.Player, x.Browser, x.Name, c.Ban})
			m.end(now)
			return ""
		}
	}
	for i, o := range m.outcasts {
		if o.N != c.N {
			continue
		}
		if c.Ban && !o.Banned { // a kick becomes a ban
			o.Banned = true
			m.outcasts = append(slices.Delete(m.outcasts, i, i+1), o)
		}
		return ""
	}
	return NotFound
}

func (m *model) readmit(c Readmit, known Known) Code {
	for i, o := range m.outcasts {
		if o.N != c.N {
			continue
		}
		code := m.may(c.Player, !o.Banned, known)
		if code == "" {
			m.outcasts = slices.Delete(m.outcasts, i, i+1)
		}
		return code
	}
	return NotFound
}

// outcast finds why a player, or a browser, is kept out; -1: it is not.
func (m *model) outcast(p PlayerID, browser string) int {
	return slices.IndexFunc(m.outcasts, func(o modelOutcast) bool {
		return p != "" && o.Player == p || browser != "" && o.Browser == browser
	})
}

// keptOut says whether somebody is kept out. A link made for a kicked player
// lets it back in.
func (m *model) keptOut(id InviteID, p PlayerID, browser string) bool {
	i := m.outcast(p, browser)
	if i < 0 {
		return false
	}
	l := m.link(id)
	return l == nil || p == "" || l.For != p || m.outcasts[i].Banned
}

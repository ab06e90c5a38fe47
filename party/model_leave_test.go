package party

import "slices"

func (m *model) leave(c Leave, now Time, known Known) {
	me := m.member(c.Player)
	if me == nil {
		return
	}
	if c.Reason == ReasonMoved && c.Move <= me.Move {
		return // came later than it went
	}
	if c.Reason == ReasonFailed && !me.Loading {
		return // finalized before
	}
	m.remove(c.Player, now)
	if m.leader == c.Player {
		m.succeed(known)
	}
	m.end(now)
}

func (m *model) remove(p PlayerID, now Time) {
	for i := range m.sessions {
		if m.sessions[i].ID == m.member(p).Session {
			m.sessions[i].gone = now
		}
	}
	m.members = slices.DeleteFunc(m.members, func(x modelMember) bool { return x.Player == p })
	m.alone = now
	for i := range m.links {
		if l := &m.links[i]; l.By == p && l.goes && l.live(now) {
			m.kill(l, now)
		}
	}
	m.askAnew()
	m.everyReady()
}

// succeed gives the crown of who went, or was away too long, to the next.
func (m *model) succeed(known Known) {
	before := m.leader
	m.leader = ""
	for _, want := range []func(x modelMember, away bool) bool{
		func(x modelMember, away bool) bool { return !away && !x.Loading },
		func(x modelMember, away bool) bool { return !away && x.Loading },
		func(x modelMember, away bool) bool { return away },
	} {
		for _, x := range m.members {
			_, away := known.Absent[x.Player]
			if m.leader == "" && x.Player != before && want(x, away) {
				m.leader = x.Player
			}
		}
	}
	m.bringsOwn(known)
}

// bringsOwn lets what a new leader has set count.
func (m *model) bringsOwn(known Known) {
	if m.leader == "" {
		return
	}
	own := known.Own[m.leader]
	if own.Data != nil {
		m.setData(own.Data)
	}
	if own.Landing != nil {
		m.landing = own.Landing[0].Value
	}
}

// acting is who stands in for a leader that is away: the first in line for the
// crown, if it is there.
func (m *model) acting(known Known) PlayerID {
	if _, away := known.Absent[m.leader]; !away {
		return ""
	}
	for _, loading := range []bool{false, true} {
		for _, x := range m.members {
			if _, away := known.Absent[x.Player]; !away && x.Loading == loading && x.Player != m.leader {
				return x.Player
			}
		}
	}
	return ""
}

package party

import (
	"slices"
	"time"
)

// applied remembers a command of a session, and forgets what is too old.
func (m *model) applied(by *CommandID, now Time) {
	for i := range m.sessions {
		if x := &m.sessions[i]; by != nil && x.ID == by.Session {
			x.High = max(x.High, by.Counter)
			x.Answers = append(x.Answers, by.Counter)
			x.Answers = x.Answers[max(0, len(x.Answers)-16):]
		}
	}
	m.sessions = slices.DeleteFunc(m.sessions, func(x modelSession) bool {
		return x.gone != 0 && now >= x.gone.Add(2*time.Minute)
	})
	m.links = slices.DeleteFunc(m.links, func(l modelLink) bool { return l.died != 0 && now >= l.died.Add(24*time.Hour) })
	m.declined = slices.DeleteFunc(m.declined, func(v modelVisitor) bool { return now >= v.since.Add(10*time.Minute) })
}

// repeated says what becomes of a command that is sent again.
func (m *model) repeated(id CommandID) string {
	for _, x := range m.sessions {
		switch {
		case x.ID != id.Session || id.Counter > x.High:
		case slices.Contains(x.Answers, id.Counter):
			return "answered"
		default:
			return "stale"
		}
	}
	return "new"
}

// session makes a session the current one of a member.
func (m *model) session(me *modelMember, id SessionID, now Time) {
	known := false
	for i := range m.sessions {
		switch m.sessions[i].ID {
		case id:
			m.sessions[i].gone, m.sessions[i].Player, known = 0, me.Player, true
		case me.Session:
			m.sessions[i].gone = now
		}
	}
	if !known {
		m.sessions = append(m.sessions, modelSession{ID: id, Player: me.Player})
	}
	me.Session = id
}

package party

import "time"

func (m *model) setMatch(c SetMatch, known Known) Code {
	if code := m.may(c.Player, false, known); code != "" {
		return code
	}
	id := ""
	if c.Match != nil {
		id = c.Match.ID
	}
	if id == m.match {
		return ""
	}
	m.match = id
	for i := range m.members {
		m.members[i].Follow = ""
		if id != "" && m.members[i].Player == m.leader {
			m.members[i].Follow = Yes
		}
	}
	return ""
}

// modelReady is a ready check under way.
type modelReady struct {
	By      PlayerID
	Keep    bool
	Answers map[int]bool
	until   Time
}

func (m *model) startReady(c StartReady, now Time, known Known) Code {
	if code := m.may(c.Player, false, known); code != "" {
		return code
	}
	if m.ready != nil {
		return TooMany
	}
	m.ready = &modelReady{c.Player, c.Keep, map[int]bool{}, now.Add(30 * time.Second)}
	return ""
}

func (m *model) answerReady(c AnswerReady) Code {
	me := m.member(c.Player)
	if me == nil || m.ready == nil {
		return NotFound
	}
	m.ready.Answers[me.N] = c.Yes
	m.everyReady()
	return ""
}

func (m *model) cancelReady(c CancelReady, known Known) Code {
	if m.ready == nil {
		return ""
	}
	if m.ready.By != c.Player {
		if code := m.may(c.Player, false, known); code != "" {
			return code
		}
	}
	m.ready = nil
	return ""
}

// askAnew forgets the answers where roster or data change.
func (m *model) askAnew() {
	if m.ready != nil && !m.ready.Keep {
		m.ready.Answers = map[int]bool{}
	}
}

// everyReady ends a check that all who are in have answered, or left.
func (m *model) everyReady() {
	if m.ready == nil {
		return
	}
	in := 0
	for _, x := range m.members {
		if _, answered := m.ready.Answers[x.N]; !x.Loading && !answered {
			return
		} else if !x.Loading {
			in++
		}
	}
	if in > 0 {
		m.ready = nil
	}
}

package party

import (
	"slices"
	"time"
)

// modelVisitor is somebody at the door: in line, asking, or declined.
type modelVisitor struct {
	Seat    SeatID
	Player  PlayerID
	N       int
	Name    string
	Invite  InviteID
	Browser string
	Home    string
	since   Time
}

// arrives numbers a visitor.
func (m *model) arrives(c Hold, now Time) modelVisitor {
	m.lastN++
	return modelVisitor{c.Seat, c.Player, m.lastN, m.unique(c.Name, 0), c.Invite, c.Browser, c.Home, now}
}

// crowded says whether two of an address are there already.
func crowded(list []modelVisitor, home string) bool {
	n := 0
	for _, v := range list {
		if home != "" && v.Home == home {
			n++
		}
	}
	return n >= 2
}

func (m *model) holds(seat SeatID) bool {
	return m.sits(seat) || slices.ContainsFunc(m.seats, func(x modelSeat) bool { return x.ID == seat })
}

func (m *model) queue(c Queue, now Time) Code {
	if m.holds(c.Seat) || slices.ContainsFunc(m.line, func(v modelVisitor) bool { return v.Seat == c.Seat }) {
		return ""
	}
	if code := m.opens(c.Invite, c.Seat, c.Player, c.Browser, now); code != "" {
		return code
	}
	switch {
	case m.link(c.Invite).For != "" && m.link(c.Invite).For != c.Player:
		return NotAllowed
	case m.taken() < m.size:
		return m.hold(c.Hold, now)
	case (m.approve || c.Approve) && len(m.members) > 0:
		return ApprovalNeeded
	case crowded(m.line, c.Home):
		return RateLimited
	}
	m.line = append(m.line, m.arrives(c.Hold, now))
	return ""
}

// offer holds free seats for half a minute for who is first in line.
func (m *model) offer(now Time) {
	for !m.ended && len(m.line) > 0 && m.taken() < m.size {
		v := m.line[0]
		m.line = m.line[1:]
		if m.opens(v.Invite, v.Seat, v.Player, v.Browser, now) == "" && (!m.approve || len(m.members) == 0) {
			m.seat(modelSeat{
				ID: v.Seat, Player: v.Player, N: v.N, Name: v.Name, Invite: v.Invite, Browser: v.Browser, Home: v.Home, Offer: now.Add(30 * time.Second),
			}, now)
		}
	}
}

func (m *model) ask(c Ask, now Time) Code {
	same := func(v modelVisitor) bool { return v.Seat == c.Seat || c.Browser != "" && v.Browser == c.Browser }
	if m.holds(c.Seat) || slices.ContainsFunc(m.asks, same) {
		return ""
	}
	l := m.link(c.Invite)
	code := m.opens(c.Invite, c.Seat, c.Player, c.Browser, now)
	switch {
	case code != "" && len(m.members) == 0:
		return code
	case code == "" && (!m.approve && !c.Approve || len(m.members) == 0):
		return BadRequest
	case l != nil && l.For != "" && l.For != c.Player && (code == "" || code == Locked || code == UsedUp || code == Expired):
		return NotAllowed
	case code == Expired && now >= l.expires.Add(24*time.Hour):
		return code
	case code != "" && code != Locked && code != UsedUp && code != Expired:
		return code
	}
	for _, v := range m.declined {
		if same(v) && now < v.since.Add(10*time.Minute) {
			return RateLimited
		}
	}
	if len(m.asks) >= 5 {
		return TooMany
	}
	if crowded(m.asks, c.Home) {
		return RateLimited
	}
	m.asks = append(m.asks, m.arrives(c.Hold, now))
	return ""
}

func (m *model) answerAsk(c AnswerAsk, now Time) Code {
	switch {
	case c.Player == Backend && (m.ended || m.retired):
		return Ended
	case c.Player != Backend && (m.member(c.Player) == nil || m.leaders && c.Player != m.leader):
		return NotAllowed
	}
	for i, v := range m.asks {
		if v.N != c.N {
			continue
		}
		if c.Yes && m.taken() >= m.size {
			return Full
		}
		m.asks = slices.Delete(m.asks, i, i+1)
		if c.Yes {
			m.seat(modelSeat{ID: v.Seat, Player: v.Player, N: v.N, Name: v.Name, Invite: v.Invite, Browser: v.Browser, Home: v.Home, LetIn: true}, now)
		} else {
			v.since = now
			m.declined = append(m.declined, v)
		}
		return ""
	}
	return NotFound
}

package party

import "slices"

func (m *model) hold(c Hold, now Time) Code {
	for i, x := range m.seats {
		if x.ID != c.Seat {
			continue
		}
		if x.Offer != 0 || x.LetIn { // whose turn it is comes
			m.seats = slices.Delete(m.seats, i, i+1)
			if x.Offer != 0 {
				x.Offer, x.since = 0, now
			}
			x.LetIn = false
			m.seats = append(m.seats, x)
			m.alone = now
		}
		return ""
	}
	if m.sits(c.Seat) {
		return ""
	}
	if code := m.opens(c.Invite, c.Seat, c.Player, c.Browser, now); code != "" {
		return code
	}
	if whom := m.link(c.Invite).For; whom != "" && whom != c.Player {
		return NotAllowed
	}
	if (m.approve || c.Approve) && len(m.members) > 0 {
		return ApprovalNeeded
	}
	if m.taken() >= m.size {
		return Full
	}
	home := 0
	for _, x := range m.seats {
		if c.Home != "" && x.Home == c.Home {
			home++
		}
	}
	if home >= 2 {
		return RateLimited
	}
	m.lastN++
	m.seat(modelSeat{ID: c.Seat, Player: c.Player, N: m.lastN, Name: c.Name, Invite: c.Invite, Browser: c.Browser, Home: c.Home}, now)
	return ""
}

// seat holds a place.
func (m *model) seat(x modelSeat, now Time) {
	x.Name, x.since = m.unique(x.Name, x.N), now
	m.seats = append(m.seats, x)
	m.alone = now
}

// sits reports whether a member came by a seat.
func (m *model) sits(seat SeatID) bool {
	return slices.ContainsFunc(m.members, func(x modelMember) bool { return x.Seat == seat })
}

func (m *model) taken() int { return len(m.seats) + len(m.members) }

func (m *model) join(c Join, now Time, known Known) Code {
	seat := -1
	for i, x := range m.seats {
		if x.ID == c.Seat {
			seat = i
		}
	}
	if me := m.member(c.Player); me != nil {
		if seat >= 0 {
			m.seats = slices.Delete(m.seats, seat, seat+1)
			m.alone = now
		}
		m.session(me, c.Session, now)
		me.Move = max(me.Move, c.Move)
		return ""
	}

	if seat >= 0 {
		if whose := m.seats[seat].Player; whose != "" && whose != c.Player {
			return TicketSpent
		}
		c.Invite = m.seats[seat].Invite
		if m.keptOut(c.Invite, c.Player, c.Browser) {
			return Banned
		}
		if l := m.link(c.Invite); l != nil && l.For != "" && l.For != c.Player {
			return NotAllowed
		}
	}

	// Law 9: who sat there before, or on the use that goes with it, leaves.
	var former []PlayerID
	for _, x := range m.members {
		usesIt := false
		if l := m.link(c.Invite); l != nil && x.Invite == c.Invite {
			usesIt = slices.Contains(l.Uses, Use{x.Player, c.Seat})
		}
		if c.Seat != "" && (x.Seat == c.Seat || usesIt) {
			former = append(former, x.Player)
		}
	}
	if seat < 0 {
		if code := m.opens(c.Invite, c.Seat, c.Player, c.Browser, now); code != "" {
			return code
		}
		if len(former) == 0 && (m.approve || c.Approve) && len(m.members) > 0 {
			return ApprovalNeeded
		}
		if len(former) == 0 && m.taken() >= m.size {
			return Full
		}
	}
	for _, p := range former {
		m.remove(p, now)
		if m.leader == p {
			m.succeed(known)
		}
	}

	if i := m.outcast(c.Player, c.Browser); i >= 0 {
		m.outcasts = slices.Delete(m.outcasts, i, i+1)
	}
	me := modelMember{
		Player: c.Player, N: m.lastN + 1, Name: c.Name, Loading: true, Browser: c.Browser,
		Invite: c.Invite, Seat: c.Seat, Session: c.Session, Move: c.Move,
	}
	if seat >= 0 {
		me.N = m.seats[seat].N
		if c.Fresh {
			me.Name = m.seats[seat].Name
		}
		m.seats = slices.Delete(m.seats, seat, seat+1)
	}
	me.Name = m.unique(me.Name, me.N)
	m.lastN = max(m.lastN, me.N)
	m.members = append(m.members, me)
	m.session(m.member(me.Player), c.Session, now)
	m.alone = now
	if l := m.link(c.Invite); l != nil {
		l.count(Use{c.Player, c.Seat})
	}
	if m.leader == "" {
		m.leader = c.Player // of a resting party, with the data it had
	}
	m.askAnew()
	return ""
}

func (l *modelLink) count(u Use) {
	for _, x := range l.Uses {
		if x.Player == u.Player {
			return
		}
	}
	for i, x := range l.Uses {
		if u.Seat != "" && x.Seat == u.Seat {
			l.Uses[i].Player = u.Player
			return
		}
	}
	l.Uses = append(l.Uses, u)
}

// opens says why a link lets nobody in; the seat's or the player's own use
// needs no further one. An open party needs no link.
func (m *model) opens(id InviteID, seat SeatID, p PlayerID, browser string, now Time) Code {
	l := m.link(id)
	switch {
	case m.ended || m.retired:
		return Ended
	case m.keptOut(id, p, browser):
		return Banned
	case id == "" && m.openness == Open:
		return ""
	case l == nil:
		return NotFound
	case l.Revoked:
		return Revoked
	case !l.live(now):
		return Expired
	case l.For != "" && p != "" && l.For != p:
		return NotAllowed
	case m.openness == Locking && len(m.members) > 0:
		return Locked
	}
	own := false
	taken := len(l.Uses)
	for _, u := range l.Uses {
		if u.Player == p || seat != "" && u.Seat == seat {
			own = true
		}
	}
	for _, x := range m.seats {
		if x.Invite == id && !slices.ContainsFunc(l.Uses, func(u Use) bool { return u.Seat == x.ID || u.Player == x.Player }) {
			taken++
		}
	}
	if l.Max > 0 && taken >= l.Max && !own {
		return UsedUp
	}
	return ""
}

func (m *model) makeInvite(c MakeInvite, now Time) Code {
	switch {
	case c.Player == Backend && (m.ended || m.retired):
		return Ended
	case c.Player != Backend && m.member(c.Player) == nil:
		return NotFound
	case c.Player != Backend && m.leaders && c.Player != m.leader:
		return NotAllowed
	}
	live, mine := 0, 0
	for _, l := range m.links {
		if l.live(now) {
			live++
			if l.By == c.Player {
				mine++
			}
		}
	}
	if live >= 64 || mine >= 20 && c.Player != Backend {
		return TooMany
	}
	end := now.Add(c.Expires)
	l := modelLink{ID: c.ID, By: c.Player, For: c.Options.For, Max: c.MaxUses, expires: end, died: end}
	l.goes = c.Options.OnLeave == RevokeOnLeave
	if c.Options.UntilEmpty {
		l.expires, l.died = 0, 0
	}
	m.links = append(m.links, l)
	m.alone, m.inMemory, m.retired = now, false, false
	return ""
}

func (m *model) revoke(c Revoke, now Time) Code {
	l := m.link(c.Invite)
	if l == nil || !l.live(now) {
		return NotFound
	}
	if c.Player != l.By && c.Player != m.leader && c.Player != Backend {
		return NotAllowed
	}
	m.kill(l, now)
	m.end(now)
	return ""
}

func (m *model) kill(l *modelLink, now Time) { l.Revoked, l.died, m.alone = true, now, now }

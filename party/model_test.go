package party

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// model is a second party, written from the laws in doc.go and from nothing
// else: plain lists, loops and ifs, one command after another. It knows no
// events, no log and no copies. Histories are told to both; they must agree.
type model struct {
	size     int
	leader   PlayerID
	members  []modelMember
	seats    []modelSeat
	links    []modelLink
	sessions []modelSession
	data     string // as text; "" was never set
	landing  string
	lastN    int
	alone    Time // since when roster, seats and links are as they are
	inMemory bool
	ended    bool
}

type modelMember struct {
	Player  PlayerID
	N       int
	Name    string
	Loading bool
	Invite  InviteID
	Seat    SeatID
	Session SessionID
	Move    uint64
}

type modelSeat struct {
	ID     SeatID
	N      int
	Name   string
	Invite InviteID
	since  Time
}

type modelLink struct {
	ID      InviteID
	By      PlayerID
	Max     int
	Revoked bool
	Uses    []Use // one for each player counted, with the seat it came by
	expires Time
	died    Time
}

type modelSession struct {
	ID      SessionID
	Player  PlayerID
	High    uint64
	Answers []uint64
	gone    Time
}

func newModel(size int) *model {
	return &model{
		size: size, leader: "ada", lastN: 1, alone: start, inMemory: true,
		members:  []modelMember{{Player: "ada", N: 1, Name: "Ada", Session: "ada1"}},
		sessions: []modelSession{{ID: "ada1", Player: "ada"}},
	}
}

// do changes the model, or says with which code it refuses.
func (m *model) do(c Command, now Time, known Known) Code {
	switch c := c.(type) {
	case Hold:
		return m.hold(c, now)
	case Join:
		return m.join(c, now, known)
	case Leave:
		m.leave(c, now, known)
		return ""
	case Revoke:
		return m.revoke(c, now)
	case MakeInvite:
		return m.makeInvite(c, now)
	case Tick:
		m.tick(now, known)
		return ""
	case SetData:
		if c.Player != m.leader && c.Player != m.acting(known) {
			return NotAllowed
		}
		m.data = text(c.Data)
		return ""
	case SetLanding:
		if c.Player != m.leader {
			return NotAllowed
		}
		m.landing = c.Fields[0].Value
		return ""
	}
	return m.doAsMember(c, now)
}

// doAsMember does what a member does to itself.
func (m *model) doAsMember(c Command, now Time) Code {
	switch c := c.(type) {
	case Finalize:
		if me := m.member(c.Player); me == nil {
			return NotFound
		} else {
			me.Loading = false
		}
	case Resume:
		if me := m.member(c.Player); me == nil {
			return NotFound
		} else {
			m.session(me, c.Session, now)
		}
	case Rename:
		if me := m.member(c.Player); me == nil {
			return NotFound
		} else {
			me.Name = m.unique(c.Name, me.N)
		}
	}
	return ""
}

func (m *model) hold(c Hold, now Time) Code {
	for _, x := range m.seats {
		if x.ID == c.Seat {
			return ""
		}
	}
	for _, x := range m.members {
		if x.Seat == c.Seat {
			return ""
		}
	}
	if code := m.opens(c.Invite, c.Seat, "", now); code != "" {
		return code
	}
	if len(m.seats)+len(m.members) == m.size {
		return Full
	}
	m.lastN++
	m.seats = append(m.seats, modelSeat{c.Seat, m.lastN, m.unique(c.Name, 0), c.Invite, now})
	m.alone = now
	return ""
}

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
		if code := m.opens(c.Invite, c.Seat, c.Player, now); code != "" {
			return code
		}
		if len(former) == 0 && len(m.seats)+len(m.members) == m.size {
			return Full
		}
	}
	for _, p := range former {
		m.remove(p, now)
		if m.leader == p {
			m.succeed(known)
		}
	}

	me := modelMember{
		Player: c.Player, N: m.lastN + 1, Name: c.Name, Loading: true,
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
// needs no further one.
func (m *model) opens(id InviteID, seat SeatID, p PlayerID, now Time) Code {
	if m.ended {
		return Ended
	}
	l := m.link(id)
	if l == nil {
		return NotFound
	}
	if l.Revoked {
		return Revoked
	}
	if now >= l.expires {
		return Expired
	}
	own := false
	taken := len(l.Uses)
	for _, u := range l.Uses {
		if u.Player == p || seat != "" && u.Seat == seat {
			own = true
		}
	}
	for _, x := range m.seats {
		if x.Invite == id && !slices.ContainsFunc(l.Uses, func(u Use) bool { return u.Seat == x.ID }) {
			taken++
		}
	}
	if l.Max > 0 && taken >= l.Max && !own {
		return UsedUp
	}
	return ""
}

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
	if own := known.Own[m.leader]; m.leader != "" && own.Data != nil {
		m.data = text(own.Data)
	}
	if own := known.Own[m.leader]; m.leader != "" && own.Landing != nil {
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

func (m *model) revoke(c Revoke, now Time) Code {
	l := m.link(c.Invite)
	if l == nil || l.Revoked || now >= l.expires {
		return NotFound
	}
	if c.Player != l.By && c.Player != m.leader {
		return NotAllowed
	}
	l.Revoked, l.died, m.alone = true, now, now
	m.end(now)
	return ""
}

func (m *model) makeInvite(c MakeInvite, now Time) Code {
	if m.member(c.Player) == nil {
		return NotFound
	}
	live, mine := 0, 0
	for _, l := range m.links {
		if !l.Revoked && now < l.expires {
			live++
			if l.By == c.Player {
				mine++
			}
		}
	}
	if live >= 64 || mine >= 20 {
		return TooMany
	}
	end := now.Add(c.Expires)
	m.links = append(m.links, modelLink{ID: c.ID, By: c.Player, Max: c.MaxUses, expires: end, died: end})
	m.alone, m.inMemory = now, false
	return ""
}

func (m *model) tick(now Time, known Known) {
	for _, x := range slices.Clone(m.seats) {
		closed, ok := known.Closed[x.ID]
		if now >= x.since.Add(60*time.Minute) || ok && now >= closed.Add(90*time.Second) {
			m.seats = slices.DeleteFunc(m.seats, func(y modelSeat) bool { return y.ID == x.ID })
			m.alone = now
		}
	}
	for _, x := range slices.Clone(m.members) {
		grace := 60 * time.Second
		if x.Loading {
			grace = 120 * time.Second
		}
		if away, ok := known.Absent[x.Player]; ok && now >= away.Since.Add(grace) {
			m.remove(x.Player, now)
		}
	}
	if m.leader != "" && m.member(m.leader) == nil {
		m.succeed(known)
	}
	if away, ok := known.Absent[m.leader]; ok && m.someoneConnected(known) {
		grace := 15 * time.Second
		if away.ByServer {
			grace = 60 * time.Second
		}
		if now >= away.Since.Add(grace) {
			m.succeed(known)
		}
	}
	m.end(now)
	if !m.inMemory && len(m.members) == 1 && len(m.seats) == 0 {
		quiet := m.alone
		for _, l := range m.links {
			if !l.Revoked {
				quiet = max(quiet, l.expires)
			}
		}
		m.inMemory = now >= quiet.Add(10*time.Minute)
	}
}

func (m *model) someoneConnected(known Known) bool {
	for _, x := range m.members {
		if _, away := known.Absent[x.Player]; !away {
			return true
		}
	}
	return false
}

func (m *model) end(now Time) {
	if len(m.members) > 0 || len(m.seats) > 0 {
		return
	}
	for _, l := range m.links {
		if !l.Revoked && now < l.expires {
			return
		}
	}
	m.ended = true
}

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
	m.links = slices.DeleteFunc(m.links, func(l modelLink) bool { return now >= l.died.Add(24*time.Hour) })
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
			m.sessions[i].gone, known = 0, true
		case me.Session:
			m.sessions[i].gone = now
		}
	}
	if !known {
		m.sessions = append(m.sessions, modelSession{ID: id, Player: me.Player})
	}
	me.Session = id
}

func (m *model) member(p PlayerID) *modelMember {
	for i := range m.members {
		if m.members[i].Player == p {
			return &m.members[i]
		}
	}
	return nil
}

func (m *model) link(id InviteID) *modelLink {
	for i := range m.links {
		if m.links[i].ID == id {
			return &m.links[i]
		}
	}
	return nil
}

// unique adds the first free number to a name that somebody else has.
func (m *model) unique(name string, n int) string {
	taken := func(name string) bool {
		for _, x := range m.members {
			if x.N != n && strings.EqualFold(x.Name, name) {
				return true
			}
		}
		for _, x := range m.seats {
			if x.N != n && strings.EqualFold(x.Name, name) {
				return true
			}
		}
		return false
	}
	free := name
	for i := 2; taken(free); i++ {
		free = fmt.Sprint(name, " ", i)
	}
	return free
}

func text(d Data) string {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(d)) {
		fmt.Fprintf(&b, "%s=%s;", key, d[key])
	}
	return b.String()
}

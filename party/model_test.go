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
	dataRev  uint64
	lastN    int
	alone    Time // since when roster, seats, links and settings are as they are
	inMemory bool
	retired  bool // in memory again: its log is over
	ended    bool

	openness Openness
	leaders  bool // only the leader invites
	approve  bool
	outcasts []modelOutcast
	line     []modelVisitor
	asks     []modelVisitor
	declined []modelVisitor
	match    string // "" for none
	ready    *modelReady
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
	Browser string
	Data    string
	Follow  Answered
}

type modelSeat struct {
	ID      SeatID
	Player  PlayerID
	N       int
	Name    string
	Invite  InviteID
	Browser string
	Home    string
	Offer   Time // 0: held
	LetIn   bool
	since   Time
}

type modelLink struct {
	ID      InviteID
	By      PlayerID
	For     PlayerID
	Max     int
	Revoked bool
	Uses    []Use // one for each player counted, with the seat it came by
	expires Time  // 0: when nobody is left
	died    Time
	goes    bool // with its maker
}

func (l *modelLink) live(now Time) bool {
	return !l.Revoked && (l.expires == 0 || now < l.expires)
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
		size: size, leader: "ada", lastN: 1, alone: start, inMemory: true, openness: InviteOnly,
		members:  []modelMember{{Player: "ada", N: 1, Name: "Ada", Session: "ada1"}},
		sessions: []modelSession{{ID: "ada1", Player: "ada"}},
	}
}

// do changes the model, or says with which code it refuses. Whatever was done,
// a seat that is free then goes to who is first in line.
func (m *model) do(c Command, now Time, known Known) Code {
	code := m.command(c, now, known)
	if code == "" {
		m.offer(now)
	}
	return code
}

func (m *model) command(c Command, now Time, known Known) Code {
	switch c := c.(type) {
	case Hold:
		return m.hold(c, now)
	case Queue:
		return m.queue(c, now)
	case LeaveLine:
		m.line = slices.DeleteFunc(m.line, func(v modelVisitor) bool { return v.Seat == c.Seat })
	case Ask:
		return m.ask(c, now)
	case AnswerAsk:
		return m.answerAsk(c, now)
	case Join:
		return m.join(c, now, known)
	case Leave:
		m.leave(c, now, known)
	case Revoke:
		return m.revoke(c, now)
	case MakeInvite:
		return m.makeInvite(c, now)
	case Tick:
		m.tick(now, known)
	case If:
		if c.Revision != m.dataRev {
			return RevisionConflict
		}
		return m.command(c.Then, now, known)
	case SetData:
		if code := m.may(c.Player, true, known); code != "" {
			return code
		}
		m.setData(c.Data)
	case SetLanding:
		if code := m.may(c.Player, false, known); code != "" {
			return code
		}
		m.landing = c.Fields[0].Value
	case Change:
		return m.change(c, now, known)
	case Promote:
		return m.promote(c, now, known)
	case Kick:
		return m.kick(c, now, known)
	case Readmit:
		return m.readmit(c, known)
	case SetMatch:
		return m.setMatch(c, known)
	case StartReady:
		return m.startReady(c, now, known)
	case CancelReady:
		return m.cancelReady(c, known)
	case Identify:
		return m.identify(c, now, known)
	default:
		return m.doAsMember(c, now)
	}
	return ""
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
	case SetMember:
		if me := m.member(c.Player); me == nil {
			return NotFound
		} else {
			me.Data = text(c.Data)
		}
	case FollowMatch:
		me := m.member(c.Player)
		if me == nil || m.match == "" || m.match != c.Match {
			return NotFound
		}
		if me.Follow = No; c.Yes {
			me.Follow = Yes
		}
	case AnswerReady:
		return m.answerReady(c)
	}
	return ""
}

// setData is a change of data where it is one.
func (m *model) setData(d Data) {
	if m.dataRev > 0 && text(d) == m.data {
		return
	}
	m.data = text(d)
	m.dataRev++
	m.askAnew()
}

func (m *model) tick(now Time, known Known) {
	for _, x := range slices.Clone(m.seats) {
		closed, ok := known.Closed[x.ID]
		until := x.since.Add(60 * time.Minute)
		if x.Offer != 0 {
			until = x.Offer
		}
		if now >= until || ok && now >= closed.Add(90*time.Second) {
			m.seats = slices.DeleteFunc(m.seats, func(y modelSeat) bool { return y.ID == x.ID })
			m.alone = now
		}
	}
	m.line = slices.DeleteFunc(m.line, func(v modelVisitor) bool {
		closed, ok := known.Closed[v.Seat]
		return ok && now >= closed.Add(90*time.Second)
	})
	m.asks = slices.DeleteFunc(m.asks, func(v modelVisitor) bool { return now >= v.since.Add(60*time.Second) })
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
	if m.ready != nil && now >= m.ready.until {
		m.ready = nil
	}
	m.end(now)
	if !m.inMemory && len(m.members) == 1 && len(m.seats) == 0 && m.openness != Open {
		quiet := m.alone
		for _, l := range m.links {
			if !l.Revoked {
				quiet = max(quiet, l.expires)
			}
			if !l.Revoked && l.expires == 0 {
				return
			}
		}
		m.retired = now >= quiet.Add(10*time.Minute)
		m.inMemory = m.retired
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
	if len(m.members) > 0 || len(m.seats) > 0 || m.ended {
		return
	}
	for i := range m.links {
		if l := &m.links[i]; l.expires == 0 && l.live(now) {
			m.kill(l, now)
		}
	}
	for _, l := range m.links {
		if l.live(now) {
			return
		}
	}
	m.ended = true
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

package host

import (
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"

	"partykit/party"
	"partykit/protocol"
)

// Session is one connection's hold on a player's session.
type Session struct {
	s    *session
	conn Conn
}

// Text takes a text frame. Frames of a connection come from one goroutine.
func (s *Session) Text(frame []byte) { s.s.push(input{conn: s.conn, frame: frame}) }

// Binary takes a binary frame.
func (s *Session) Binary(frame []byte) { s.s.push(input{conn: s.conn, frame: frame, binary: true}) }

// Gone says that the connection is over.
func (s *Session) Gone() { s.s.push(input{conn: s.conn, gone: true}) }

// session is a player's story on this host: it outlives a connection and moves
// with its player from party to party, and from loop to loop. But for its
// inbox it belongs to the loop of its party.
type session struct {
	h      *Host
	game   party.GameID
	player party.PlayerID
	name   string // as the player's token says it
	face   uint32
	fresh  bool // a guest that never was in a party: it takes its seat's name
	home   netip.Addr
	web    bool // came with an Origin

	id     party.SessionID
	secret string // the resume token given out last
	hash   string
	used   bool // a frame came under it: the token before it is dead

	conn    Conn // nil while away
	party   *live
	own     party.Own
	moving  bool   // between two parties, or being welcomed: no input is taken
	leaving uint64 // the command that is answered on arrival
	limits  limits

	high    uint64 // highest command id seen in this process
	answers []answered

	owner atomic.Pointer[loop]
	mu    sync.Mutex
	inbox []input
}

// input is one thing a connection brought.
type input struct {
	conn   Conn
	frame  []byte
	binary bool
	gone   bool
}

// answered remembers the frame that answered a command; nil while under way.
type answered struct {
	id    uint64
	frame []byte
}

const keptAnswers = 16

// push adds to the inbox and wakes the loop that owns the session now.
func (s *session) push(in input) {
	s.mu.Lock()
	s.inbox = append(s.inbox, in)
	first := len(s.inbox) == 1
	s.mu.Unlock()
	if first {
		s.wake()
	}
}

// wake has the owner's loop look at the inbox. A session that moved meanwhile
// is looked at where it now is, so that its input keeps its order.
func (s *session) wake() {
	l := s.owner.Load()
	l.post(func() {
		if s.owner.Load() != l {
			s.wake()
			return
		}
		s.drain()
	})
}

func (s *session) drain() {
	for !s.moving {
		s.mu.Lock()
		if len(s.inbox) == 0 {
			s.mu.Unlock()
			return
		}
		in := s.inbox[0]
		s.inbox = s.inbox[1:]
		s.mu.Unlock()
		switch {
		case in.conn != s.conn:
		case in.gone:
			s.away()
		case in.binary:
			s.used = true
			s.binary(in.frame)
		default:
			s.used = true
			s.text(in.frame)
		}
	}
}

// rest lets the session take input again after a move.
func (s *session) rest() {
	s.moving = false
	s.drain()
}

func (s *session) send(binary bool, frame []byte) {
	if s.conn != nil {
		s.conn.Send(binary, frame)
	}
}

func (s *session) tell(v any) { s.send(false, protocol.Encode(v)) }

// close ends the connection; the session stays for a resume.
func (s *session) close(code protocol.CloseCode) {
	if s.conn != nil {
		s.conn.Close(code)
		s.conn = nil
		s.markAway(code == protocol.GoingAway)
	}
}

// away notes that the connection was lost.
func (s *session) away() {
	s.conn = nil
	s.markAway(false)
}

func (s *session) markAway(byServer bool) {
	p := s.party
	if p == nil || p.sessions[s.player] != s {
		return
	}
	p.absent[s.player] = party.Absence{Since: now(), ByServer: byServer}
	p.tellStatus(s.player)
	p.schedule()
}

// do runs fn on the loop that owns the session; at once if that is l, the loop
// that the caller runs on.
func (s *session) do(l *loop, fn func()) {
	owner := s.owner.Load()
	if owner == l {
		fn()
		return
	}
	owner.post(func() { s.do(owner, fn) })
}

// adopt makes p the session's party. The session's frames come from p alone
// from now on. It runs on p's loop, which owns the session already; the session
// must not be in another party.
func (p *live) adopt(s *session) {
	if old := p.sessions[s.player]; old != nil && old != s && old.conn != nil {
		old.conn.Close(protocol.Replaced)
		old.conn = nil
	}
	p.sessions[s.player] = s
	s.party = p
	if s.conn != nil {
		delete(p.absent, s.player)
	} else {
		p.absent[s.player] = party.Absence{Since: now()}
	}
	p.tellStatus(s.player)
	p.schedule()
}

// release hands a session over to another loop. It runs on p's.
func (p *live) release(s *session, to *loop) {
	s.party = nil
	s.owner.Store(to)
	if p.sessions[s.player] == s {
		delete(p.sessions, s.player)
	}
	if !p.logged && len(p.sessions) == 0 && p.inflight == nil {
		p.unload() // a party of one that nobody is in any more
		return
	}
	p.schedule()
}

// moveTo takes the session from party x to y, whose loop this runs on, and then
// calls then there. Between the two it hears from neither.
func (s *session) moveTo(x, y *live, then func()) {
	if x == y {
		y.adopt(s)
		then()
		return
	}
	y.pins++
	x.loop.post(func() {
		x.release(s, y.loop)
		y.loop.post(func() {
			y.pins--
			y.adopt(s)
			then()
		})
	})
}

// expel takes a player that left, or was taken out, to a party of one. A
// player on its way to another party is let go where it arrives.
func (p *live) expel(s *session, e party.Left) {
	if s.moving && e.Reason == party.ReasonMoved {
		return
	}
	delete(p.sessions, s.player)
	if s.conn == nil || s.moving {
		return // away for too long; or on its way, and told there
	}
	s.moving = true
	w, ok := p.h.whereIs(s.game, s.player)
	if e.Reason == party.ReasonMoved && ok && w.party != p.state.ID {
		s.follow(p, w.party)
		return
	}
	s.alone(p, e.Reason)
}

// follow takes the session from x into the party its player is in by a higher
// move.
func (s *session) follow(x *live, to party.ID) {
	x.pins++
	s.h.with(ref(s.game, to), func(y *live, err error) {
		if err != nil {
			x.loop.post(func() { x.pins--; s.alone(x, party.ReasonMoved) })
			return
		}
		resume := party.Resume{Player: s.player, Session: s.id, Hash: s.hash}
		y.submit(&job{cmd: resume, done: func(o outcome) {
			if o.err != nil {
				x.loop.post(func() { x.pins--; s.alone(x, party.ReasonMoved) })
				return
			}
			x.loop.post(func() { x.pins-- })
			s.moveTo(x, y, func() { s.arrived(party.ReasonMoved) })
		}})
	})
}

// alone takes the session from x to a party of one. It runs on x's loop.
func (s *session) alone(x *live, why party.Reason) {
	state, err := s.solo()
	if err != nil {
		s.close(protocol.Refused)
		return
	}
	x.release(s, s.h.loopOf(ref(state.Game, state.ID)))
	s.h.found(state, func(p *live) {
		p.adopt(s)
		s.arrived(why)
	})
}

// arrived tells the player its new party, and answers the command that brought
// it there.
func (s *session) arrived(why party.Reason) {
	p := s.party
	s.tell(protocol.Moved{T: protocol.TParty, Reason: why, Seq: p.last, You: s.you(), Party: p.view()})
	if s.leaving != 0 {
		s.answer(protocol.OK{T: protocol.TOK, ID: s.leaving, Seq: p.last})
		s.leaving = 0
	}
	s.rest()
}

func (s *session) you() protocol.You {
	y := protocol.You{ID: s.player, Name: s.name}
	if m := s.party.state.Member(s.player); m != nil {
		y.Name, y.N = m.Name, m.N
	}
	return y
}

// answer sends the answer of a command and keeps it for a repetition.
func (s *session) answer(ok protocol.OK) { s.answerFrame(ok.ID, protocol.Encode(ok)) }

func (s *session) fail(id uint64, err error, ask *protocol.Ask) {
	frame := protocol.Encode(protocol.Error{T: protocol.TError, ID: id, Failure: s.h.Failure(err), Invite: ask})
	s.answerFrame(id, frame)
}

func (s *session) answerFrame(id uint64, frame []byte) {
	if i := slices.IndexFunc(s.answers, func(a answered) bool { return a.id == id }); i >= 0 {
		s.answers[i].frame = frame
	}
	s.send(false, frame)
}

// begin notes a command; a repeated one is answered again here.
func (s *session) begin(id uint64) (isNew bool) {
	if i := slices.IndexFunc(s.answers, func(a answered) bool { return a.id == id }); i >= 0 {
		if s.answers[i].frame != nil {
			s.send(false, s.answers[i].frame)
		}
		return false
	}
	if id <= s.high {
		s.fail(id, &party.Error{Code: party.StaleCommand}, nil)
		return false
	}
	s.high = id
	s.answers = append(s.answers, answered{id: id})
	if extra := len(s.answers) - keptAnswers; extra > 0 {
		s.answers = slices.Delete(s.answers, 0, extra)
	}
	return true
}

// Failure is an error as every surface tells it.
func (h *Host) Failure(err error) protocol.Failure {
	e := failure(err)
	return protocol.Failure{
		Code: e.Code, Message: e.Message(), RetryAfter: e.RetryAfter.Seconds(),
		Docs: h.o.PublicURL + "/docs/errors#" + string(e.Code),
	}
}

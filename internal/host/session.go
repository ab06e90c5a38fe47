package host

import (
	"bytes"
	"net/netip"
	"sync"
	"sync/atomic"

	"partykit/internal/auth"
	"partykit/party"
	"partykit/protocol"
)

// Session is one connection's hold on a player's session.
type Session struct {
	s      *session
	conn   Conn
	limits limits
}

// session is a player's story on this host: it outlives a connection and moves
// with its player from party to party, and from loop to loop. But for its
// inbox it belongs to the loop of its party.
type session struct {
	h      *Host
	game   party.GameID
	player party.PlayerID
	name   string // as the player's token says it
	face   uint32
	fresh  bool // a guest that nobody named yet: it takes its seat's name
	web    bool // came with an Origin
	known  bool // named by its game
	used   bool // a frame came under the newest resume token: the one before it is dead

	id      party.SessionID
	hash    auth.Digest // of the resume token given out last
	conn    Conn        // nil while away
	behind  *backlog    // while what it missed is being read
	party   *live       // nil on its way from one to another, and once it has ended
	n       int         // its number in the party, after party.here
	own     party.Own
	has     party.Needs // what the player's game is
	from    netip.Addr
	atDoor  *doorstep // where the player waits in line, or asks to be let in
	answers answers
	sent    *track // its reliable messages, from the first on

	pause *pause     // takes no input: it is being welcomed, or what it asked for moves it
	hello *welcoming // while it is being welcomed

	owner atomic.Pointer[place]
	mu    sync.Mutex
	inbox []input
}

// pause is what a session has to remember as long as it takes no input. One that
// takes input has none, and so a crowd that waits holds nothing of this.
type pause struct {
	leaving  uint64        // the command that is answered on arrival
	expelled party.Reason  // taken out of its party meanwhile
	ahead    []func(*live) // to be done in the next party: it is on its way there
	ended    bool          // there is none: it rests no more
	waiting  []*welcoming  // hellos of the same player, until it is over
}

// pausing is the pause of the session, which from now on takes no input until it
// rests.
func (s *session) pausing() *pause {
	if s.pause == nil {
		s.pause = new(pause)
	}
	return s.pause
}

// expelled is why the session was taken out of its party while paused, or "".
func (s *session) expelled() party.Reason {
	if s.pause == nil {
		return ""
	}
	return s.pause.expelled
}

// input is one thing a connection brought.
type input struct {
	conn    Conn
	command *protocol.Command
	message *protocol.Message
	gone    bool
}

// backlog is frames that wait until the client has what came before them.
type backlog []frame

// frame is one frame to a client.
type frame struct {
	binary bool
	data   []byte
}

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
	l.Post(string(s.game), func() {
		if s.owner.Load() != l {
			s.wake()
			return
		}
		s.drain()
	})
}

func (s *session) drain() {
	for s.pause == nil {
		s.mu.Lock()
		if len(s.inbox) == 0 {
			s.mu.Unlock()
			return
		}
		in := s.inbox[0]
		if s.inbox = s.inbox[1:]; len(s.inbox) == 0 {
			s.inbox = nil // one that waits holds no place
		}
		s.mu.Unlock()
		switch {
		case in.conn != s.conn:
		case in.gone:
			s.away()
		case in.message != nil:
			s.used = true
			s.binary(*in.message)
		default:
			s.used = true
			s.text(*in.command)
		}
	}
}

// rest lets the session take input again after a pause. One that was taken out
// of its party meanwhile first goes to where its player is now.
func (s *session) rest() {
	if why := s.expelled(); why != "" && s.conn != nil {
		s.depart(s.party, func() { s.arrived(why) })
		return
	}
	x := s.pausing()
	if !x.ended {
		s.pause = nil
	}
	x.callBack(s.h)
	s.drain()
}

// callBack lets the hellos go on that waited for the session.
func (x *pause) callBack(h *Host) {
	waiting := x.waiting
	x.waiting = nil
	for _, w := range waiting {
		h.back(w)
	}
}

func (s *session) send(binary bool, data []byte) {
	switch {
	case s.conn == nil:
	case s.hello != nil && s.behind == nil: // nothing comes before the welcome, which tells it
	case s.behind != nil:
		*s.behind = append(*s.behind, frame{binary, bytes.Clone(data)})
	default:
		s.conn.Send(binary, data)
	}
}

func (s *session) tell(v any) { s.send(false, protocol.Encode(v)) }

// close ends the connection; the session stays for a resume.
func (s *session) close(code protocol.CloseCode) {
	if s.conn == nil {
		return
	}
	s.conn.Close(code)
	s.lost(code == protocol.GoingAway)
}

// away notes that the connection was lost.
func (s *session) away() {
	if s.conn != nil {
		s.lost(false)
	}
}

func (s *session) lost(byServer bool) {
	s.leaveDoor()
	s.conn, s.behind = nil, nil
	if w := s.hello; w != nil {
		s.hello = nil
		w.finish(nil, &party.Error{Code: party.Unavailable})
	}
	p := s.party
	p.rouse()
	if p == nil || p.sessions[s.player] != s {
		return
	}
	p.absent[s.player] = party.Absence{Since: now(), ByServer: byServer}
	p.newest.keep(p.last)
	p.tellStatus(s.player)
	p.schedule()
}

// do runs fn on the loop that owns the session, with the party that it is in then:
// at once if that is l, the loop that the caller runs on. All that comes back to a
// session which was not paused meanwhile comes this way. It may have lost its
// connection or have another by then, or be elsewhere: on its way from one party to
// another it hears when it is there, and once it has ended it hears nothing.
func (s *session) do(l *place, fn func(*live)) {
	owner := s.owner.Load()
	switch {
	case owner != l:
		owner.Post(string(s.game), func() { s.do(owner, fn) })
	case s.party != nil:
		s.party.rouse()
		fn(s.party)
	default:
		if x := s.pausing(); !x.ended {
			x.ahead = append(x.ahead, fn)
		}
	}
}

func (s *session) you() protocol.You {
	y := protocol.You{ID: s.player, Name: s.name}
	if m := s.party.state.Member(s.player); m != nil {
		y.Name, y.N = m.Name, m.N
	}
	return y
}

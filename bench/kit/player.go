//go:build linux

package kit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"partykit/bench/target"
	"partykit/bench/wire"
	"partykit/party"
	"partykit/protocol"
)

// A Player speaks by itself: it says hello when its WebSocket opens, and then
// one command after another, as it is told. What others send it is not delivered.
type Player struct {
	// Welcome is called when the server has let it in, Done when a command was
	// answered. What they append to the sink's reply is sent. Nil: nothing.
	Welcome, Done func(p *Player, a *Answer, s *target.Sink)
	// Hello is called when it says hello. Nil: nothing.
	Hello func()
	// Careless players go on when they are refused something.
	Careless bool

	hello   protocol.Hello
	open    bool   // the WebSocket is
	command uint64 // number of the last
	seq     uint64 // of the last change seen
}

// An Answer is what bench wants to know of a text frame.
type Answer struct {
	T       string
	ID      uint64
	Code    string // of an invite, or of an error
	Message string
	Session party.SessionID
	Resume  string
	Token   string
	Epoch   string
	Seq     uint64
	Party   struct{ ID party.ID }
	Invite  struct { // of a welcome: what became of the ticket, unless it was redeemed
		From  string
		Error *struct{ Code, Message string }
	}
}

// NewPlayer is a new guest.
func NewPlayer() *Player { return &Player{hello: newHello()} }

// Arrive makes the next hello redeem a ticket.
func (p *Player) Arrive(ticket string) { p.hello.Ticket = ticket }

// Upgrade is what a game on the web sends first. Tickets are redeemed only from
// there.
func Upgrade(addr, game string) []byte {
	return wire.Upgrade(addr, path(game), "Origin: "+origin+"\r\n")
}

// AppendCommand appends a command; members are the rest of its JSON, each with
// its comma before it.
func (p *Player) AppendCommand(b []byte, name, members string) []byte {
	p.command++
	return wire.AppendFrame(b, wire.Text, fmt.Appendf(nil, `{"t":%q,"id":%d%s}`, name, p.command, members))
}

var (
	endOfHead = []byte("\r\n\r\n")
	switching = []byte("HTTP/1.1 101 ")
)

// Read takes the frames of the server.
func (p *Player) Read(b []byte, s *target.Sink) (used int, err error) {
	if !p.open {
		if used, err = upgraded(b); used == 0 || err != nil {
			return 0, err
		}
		p.open = true
		s.Reply = wire.AppendFrame(s.Reply, wire.Text, encode("hello", p.hello))
		if p.Hello != nil {
			p.Hello()
		}
	}
	n, err := wire.Frames(b[used:], s, func(op byte, frame []byte) error {
		if op != wire.Text {
			return nil
		}
		return p.take(frame, s)
	})
	return used + n, err
}

// upgraded reads the answer to an upgrade. used is 0 while it is not whole.
func upgraded(b []byte) (used int, err error) {
	end := bytes.Index(b, endOfHead)
	if end < 0 {
		return 0, nil
	}
	if !bytes.HasPrefix(b, switching) {
		return 0, fmt.Errorf("the upgrade was answered %q", b[:end])
	}
	return end + len(endOfHead), nil
}

func (p *Player) take(frame []byte, s *target.Sink) error {
	var a Answer
	if err := json.Unmarshal(frame, &a); err != nil {
		return err
	}
	p.seq = max(p.seq, a.Seq)
	switch a.T {
	case "error":
		if p.Careless {
			return nil
		}
		return fmt.Errorf("refused: %s: %s", a.Code, a.Message)
	case "welcome", "resumed":
		if e := a.Invite.Error; e != nil {
			return fmt.Errorf("the ticket was refused: %s: %s", e.Code, e.Message)
		}
		if a.Invite.From != "" {
			return errors.New("the ticket was not redeemed: the player is to be asked first")
		}
		p.remember(&a)
		if p.Welcome != nil {
			p.Welcome(p, &a, s)
		}
	case "party":
		p.hello.Party, p.seq = a.Party.ID, a.Seq
	case "ok":
		if p.Done == nil {
			return errors.New("an answer to nothing")
		}
		p.Done(p, &a, s)
	}
	return nil
}

// remember keeps what the next hello needs to take the session up again.
func (p *Player) remember(a *Answer) {
	if a.T == "welcome" {
		p.hello.Token, p.hello.Party, p.seq = a.Token, a.Party.ID, a.Seq
	}
	p.hello.Resume = &protocol.Resume{Session: a.Session, Token: a.Resume, Epoch: a.Epoch}
	p.hello.Ticket = ""
}

// Return prepares a player whose connection is gone: its next hello takes the
// session up where it was.
func (p *Player) Return() {
	p.open = false
	if p.hello.Resume != nil {
		p.hello.Resume.Seq = p.seq
	}
}

// AppendSend appends a volatile message.
func (*Player) AppendSend(b, payload []byte) []byte { return volatileCodec{}.AppendSend(b, payload) }

// AppendKeepalive appends a ping, once its WebSocket is open.
func (p *Player) AppendKeepalive(b []byte) []byte {
	if !p.open {
		return b
	}
	return wire.AppendFrame(b, wire.Text, ping)
}

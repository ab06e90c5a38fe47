package client

import (
	"encoding/json"
	"fmt"

	"partykit/party"
	"partykit/protocol"
)

// okFrame answers a command.
type okFrame struct {
	ID      uint64              `json:"id"`
	Seq     uint64              `json:"seq"`
	Invite  *party.InviteView   `json:"invite"`
	Code    string              `json:"code"`
	URL     string              `json:"url"`
	Spoken  string              `json:"spoken"`
	Invites []party.InviteStats `json:"invites"`
	Waiting bool                `json:"waiting"`
	Name    string              `json:"name"`
	Token   string              `json:"token"`
	Ticket  string              `json:"ticket"`
	Until   party.Time          `json:"until"`
}

func typeOf(frame []byte) (string, error) {
	var t struct {
		T string `json:"t"`
	}
	if err := json.Unmarshal(frame, &t); err != nil {
		return "", fmt.Errorf("partykit: a frame that cannot be read: %w", err)
	}
	return t.T, nil
}

// welcome takes in the answer to hello, and sends again what was not answered.
func (c *Client) welcome(l *link, frame []byte) error {
	t, err := typeOf(frame)
	if err != nil {
		return err
	}
	var happened []Event
	switch t {
	case protocol.TWelcome:
		var w protocol.Welcome
		if err := json.Unmarshal(frame, &w); err != nil {
			return fmt.Errorf("partykit: the welcome cannot be read: %w", err)
		}
		happened = c.welcomed(w)
	case protocol.TResumed:
		var r protocol.Resumed
		if err := json.Unmarshal(frame, &r); err != nil {
			return fmt.Errorf("partykit: the resumption cannot be read: %w", err)
		}
		c.mu.Lock()
		c.opts.Resume = &protocol.Resume{Session: r.Session, Token: r.Resume, Epoch: r.Epoch, Seq: r.Seq}
		happened = []Event{Connected{Resumed: true, Party: c.opts.Party, Seq: r.Seq}}
		c.mu.Unlock()
	case protocol.TError:
		var e protocol.Error
		if err := json.Unmarshal(frame, &e); err != nil {
			return fmt.Errorf("partykit: the refusal cannot be read: %w", err)
		}
		return newError(e.Failure, e.Invite)
	default:
		return fmt.Errorf("partykit: the answer to hello is of type %q", t)
	}
	c.sending.Lock()
	defer c.sending.Unlock()
	c.mu.Lock()
	c.link = l
	away := c.away
	c.mu.Unlock()
	if away != nil {
		c.writeLocked(false, awayFrame(*away))
	}
	for _, e := range happened {
		c.inbox.put(e)
	}
	for _, box := range []*outbox{c.commands, c.messages} {
		for _, call := range box.waiting() {
			c.writeLocked(call.binary, call.frame)
		}
	}
	c.knockAgain()
	return nil
}

func (c *Client) welcomed(w protocol.Welcome) []Event {
	c.mu.Lock()
	same := c.opts.Resume != nil && c.opts.Resume.Session == w.Session
	ticket := c.opts.Ticket
	if w.Party.ID != c.opts.Party {
		c.knock = nil
	}
	c.you, c.party, c.chat, c.payload = w.You, w.Party, chatLines(w.Chat), w.Payload
	c.opts.Party, c.opts.Ticket = w.Party.ID, ""
	if w.Token != "" { // else its game names the player
		c.opts.Token = w.Token
	}
	c.opts.Resume = &protocol.Resume{Session: w.Session, Token: w.Resume, Epoch: w.Epoch, Seq: w.Seq}
	c.change()
	c.mu.Unlock()
	if !same {
		c.commands.fail(ErrSessionLost)
		c.messages.fail(ErrSessionLost)
	}
	happened := []Event{Connected{Resumed: same, Gap: w.Gap, Lost: w.Lost, Party: w.Party.ID, Seq: w.Seq}}
	if w.Invite != nil {
		happened = append(happened, Asked{ticket, *w.Invite})
	}
	return happened
}

// text takes in a text frame.
func (c *Client) text(frame []byte) error {
	t, err := typeOf(frame)
	if err != nil {
		return err
	}
	switch t {
	case protocol.TOK:
		return take(frame, func(f okFrame) error { c.commands.settle(f.ID, answer{ok: f}); return nil })
	case protocol.TError:
		return take(frame, c.failed)
	case protocol.TEvent:
		return take(frame, c.event)
	case protocol.TParty:
		return take(frame, c.moved)
	case protocol.TStatus:
		return take(frame, c.status)
	case protocol.TChat:
		return take(frame, c.chatted)
	case protocol.TDoor:
		return take(frame, c.atDoor)
	}
	return nil // pong, and what later versions may add
}

func take[F any](frame []byte, do func(F) error) error {
	var f F
	if err := json.Unmarshal(frame, &f); err != nil {
		return fmt.Errorf("partykit: a frame that cannot be read: %w", err)
	}
	return do(f)
}

func (c *Client) failed(f protocol.Error) error {
	err := newError(f.Failure, f.Invite)
	switch {
	case f.ID != 0:
		c.commands.settle(f.ID, answer{err: err})
	case f.MID != 0:
		c.messages.settle(f.MID, answer{err: err})
	default:
		c.inbox.put(Failed{err})
	}
	return nil
}

func (c *Client) event(f eventFrame) error {
	c.mu.Lock()
	if !c.reached(f.Seq) {
		c.mu.Unlock()
		return nil
	}
	c.party = apply(c.party, f)
	if m := memberN(c.party.Members, c.you.N); m != nil {
		c.you.ID, c.you.Name = m.ID, m.Name
	}
	c.change()
	c.mu.Unlock()
	c.inbox.put(Changed{f.Seq, f.At, f.Events})
	return nil
}

// reached notes a sequence that was shown, with mu held, and reports whether it
// is new. A party of one has none.
func (c *Client) reached(seq uint64) bool {
	if seq == 0 {
		return true
	}
	if seq <= c.opts.Resume.Seq {
		return false
	}
	r := *c.opts.Resume
	r.Seq = seq
	c.opts.Resume = &r
	return true
}

func (c *Client) moved(f protocol.Moved) error {
	c.mu.Lock()
	c.you, c.party, c.chat, c.payload = f.You, f.Party, chatLines(f.Chat), f.Payload
	if f.Party.ID != c.opts.Party {
		c.knock = nil // who has moved waits nowhere
	}
	c.opts.Party = f.Party.ID
	r := *c.opts.Resume
	r.Seq = f.Seq
	c.opts.Resume = &r
	c.change()
	c.mu.Unlock()
	c.inbox.put(Moved{f.Reason, f.Party.ID, f.Seq})
	return nil
}

func (c *Client) status(f protocol.Status) error {
	c.mu.Lock()
	c.party.Members = changed(c.party.Members, f.N, func(m *party.MemberView) { m.Status = f.Status })
	c.change()
	c.mu.Unlock()
	c.inbox.put(StatusChanged{f.N, f.Status})
	return nil
}

func (c *Client) binary(frame []byte) error {
	if id, seq, ok := protocol.DecodeAck(frame); ok {
		c.messages.settle(id, answer{ok: okFrame{ID: id, Seq: seq}})
		return nil
	}
	m, err := protocol.DecodeMessage(frame)
	if err != nil {
		return fmt.Errorf("partykit: a message that cannot be read: %w", err)
	}
	e := Message{
		From: m.Peer, Reliable: m.Reliable, Channel: m.Channel, Payload: m.Payload,
		JSON: m.Flags&protocol.FlagJSON != 0, Direct: m.Flags&protocol.FlagDirect != 0,
	}
	if m.Reliable {
		e.Seq = m.ID
		c.mu.Lock()
		isNew := c.reached(m.ID)
		c.mu.Unlock()
		if !isNew {
			return nil
		}
	}
	c.inbox.put(e)
	return nil
}

// keepOwn notes what this player has set: the next hello states it again.
func (c *Client) keepOwn(change func(*protocol.Own)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.opts.Own)
}

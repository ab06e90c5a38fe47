package host

import (
	"context"

	"partykit/internal/auth"
	"partykit/internal/engine"
	"partykit/party"
	"partykit/protocol"
)

// FromBackend is whom a message of the game's backend comes from: no member.
const FromBackend = 0

// backendSession marks a stored message as the backend's.
const backendSession party.SessionID = party.SessionID(party.Backend)

// Message is what a game's backend sends into a party.
type Message struct {
	To      int // a member's number; 0: everybody
	JSON    bool
	Payload []byte
}

// Tell sends a reliable message into a party and returns its sequence. The same
// seed within two minutes sends it once; "" is never the same. A party of one
// that nobody else has seen has no log: its player gets the message if it is
// connected, else it fails with Unavailable.
func (h *Host) Tell(ctx context.Context, g party.GameID, id party.ID, seed string, m Message) (uint64, error) {
	if len(m.Payload) > protocol.MaxPayload {
		return 0, party.Errorf(party.TooLarge, "A message has at most %d bytes; this has %d.", protocol.MaxPayload, len(m.Payload))
	}
	return visitParty(ctx, h, g, id, func(p *live, done func(uint64, error)) {
		p.submit(&job{
			turn: func() { p.tell(seed, m, done) },
			done: func(o outcome) { done(0, o.err) },
		})
	})
}

// tell sends a message in its turn.
func (p *live) tell(seed string, m Message, done func(uint64, error)) {
	if len(p.state.Members) == 0 || m.To != 0 && p.state.MemberN(m.To) == nil {
		done(0, &party.Error{Code: party.NotFound, Detail: "There is no such member in the party."})
		return
	}
	out := stored{from: FromBackend, to: m.To, session: backendSession, payload: m.Payload}
	if m.JSON {
		out.flags = protocol.FlagJSON
	}
	if !p.logged {
		done(p.last, p.tellAlone(out))
		return
	}
	name := ""
	if seed != "" {
		name = auth.Hash("backend " + p.ref.String() + " " + seed)
	}
	p.put(engine.Message, name, out.encode(), done)
}

// tellAlone passes a message to the one member of a party without a log.
func (p *live) tellAlone(m stored) error {
	s := p.sessions[p.state.Leader]
	if s == nil || s.conn == nil {
		return &party.Error{Code: party.Unavailable, Detail: "The player is reconnecting. Try again in a moment."}
	}
	flags := m.flags
	if m.to != 0 {
		flags |= protocol.FlagDirect
	}
	s.send(true, protocol.AppendMessage(nil, protocol.Message{Flags: flags, Peer: m.from, Payload: m.payload}))
	return nil
}

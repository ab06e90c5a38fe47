package host

import (
	"encoding/binary"
	"errors"
	"time"

	"partykit/internal/engine"
	"partykit/internal/limit"
	"partykit/party"
	"partykit/protocol"
)

// stored is a reliable message as the log holds it: a version, flags, the
// message's id, sender's and receiver's numbers, the session, the payload.
type stored struct {
	flags   byte
	id      uint64
	from    int
	to      int // 0: everyone else
	session party.SessionID
	payload []byte
}

const storedVersion = 1

// tearMark is the flag of what no member sent and none gets: up to the sequence
// that it has for an id, a member may not have seen all (see tear).
const tearMark = 1 << 7

var errStored = errors.New("host: a stored message cannot be read")

func (m stored) encode() []byte {
	b := make([]byte, 0, 32+len(m.session)+len(m.payload))
	b = append(b, storedVersion, m.flags)
	b = binary.AppendUvarint(b, m.id)
	b = binary.AppendUvarint(b, uint64(m.from))
	b = binary.AppendUvarint(b, uint64(m.to))
	b = binary.AppendUvarint(b, uint64(len(m.session)))
	b = append(b, m.session...)
	return append(b, m.payload...)
}

func decodeStored(b []byte) (m stored, err error) {
	if len(b) < 2 || b[0] != storedVersion {
		return m, errStored
	}
	m.flags, b = b[1], b[2:]
	var numbers [4]uint64
	for i := range numbers {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			return m, errStored
		}
		numbers[i], b = v, b[n:]
	}
	if numbers[3] > uint64(len(b)) {
		return m, errStored
	}
	m.id, m.from, m.to = numbers[0], int(numbers[1]), int(numbers[2])
	m.session, m.payload = party.SessionID(b[:numbers[3]]), b[numbers[3]:]
	return m, nil
}

// concerns reports whether the member with that number is to get the message.
func (m stored) concerns(n int) bool {
	return m.flags&tearMark == 0 && m.from != n && (m.to == 0 || m.to == n)
}

// appendFrame appends what receivers get.
func (m stored) appendFrame(b []byte, seq uint64) []byte {
	out := protocol.Message{Reliable: true, Flags: m.flags, ID: seq, Peer: m.from, Payload: m.payload}
	if m.to != 0 {
		out.Flags |= protocol.FlagDirect
	}
	return protocol.AppendMessage(b, out)
}

// outgoing is a reliable message that waits for its turn in the party's queue.
type outgoing struct {
	s    *session
	id   uint64
	data []byte // as it will be stored
}

// binary takes a game message.
func (s *session) binary(m protocol.Message) {
	s.party.rouse()
	if m.Reliable {
		s.reliable(m)
		return
	}
	s.volatile(m)
}

func (s *session) refuseMessage(id uint64, err error) {
	s.tell(protocol.Error{T: protocol.TError, MID: id, Failure: s.h.Failure(err)})
}

// receiver checks whom a message is for.
func (s *session) receiver(to int) error {
	if to == 0 {
		return nil
	}
	if m := s.party.state.MemberN(to); m == nil || m.Player == s.player {
		return &party.Error{Code: party.NotFound, Detail: "There is no other member of that number in the party."}
	}
	return nil
}

// volatile passes a message on at once: to those here, and once to the other
// hosts if any serves this party. Nothing of it is kept, or parsed, or put on the
// heap.
func (s *session) volatile(m protocol.Message) {
	p := s.party
	if err := s.receiver(m.Peer); err != nil {
		s.refuseMessage(0, err)
		return
	}
	to, here := m.Peer, p.here()
	m.Peer = s.n
	m.Flags &= protocol.FlagJSON
	if to != 0 {
		m.Flags |= protocol.FlagDirect
	}
	out := protocol.AppendMessage(p.loop.scratch[:0], m)
	p.loop.scratch = out
	passOn(here, to, s.n, out)
	p.remote.volatile(p, to, s.n, out)
}

// passOn sends a volatile message to those of the members served here that it
// is for.
func passOn(here []*session, to, from int, frame []byte) {
	for _, s := range here {
		if s.n != from && (to == 0 || s.n == to) {
			s.send(true, frame)
		}
	}
}

// reliable puts a message into the party's queue, behind what the player did
// before.
func (s *session) reliable(m protocol.Message) {
	p, sent := s.party, s.track()
	switch seq, state := sent.lookUp(m.ID); state {
	case logged:
		s.send(true, protocol.AppendAck(nil, m.ID, seq))
		return
	case underWay: // acknowledged soon
		return
	case forgotten:
		s.refuseMessage(m.ID, &party.Error{Code: party.StaleCommand})
		return
	}
	set := p.settings()
	if err := limited(sent.rate.Take(limit.PerSecond(set.Reliable, set.ReliableBurst), time.Now())); err != nil {
		s.refuseMessage(m.ID, err)
		return
	}
	if err := s.receiver(m.Peer); err != nil {
		s.refuseMessage(m.ID, err)
		return
	}
	if !p.logged && p.inflight == nil { // nobody else is here
		sent.log(m.ID, p.last)
		s.send(true, protocol.AppendAck(nil, m.ID, p.last))
		return
	}
	sent.underWay[m.ID] = true
	refused := func(o outcome) {
		s.do(p.loop, func(*live) {
			delete(sent.underWay, m.ID)
			s.refuseMessage(m.ID, o.err)
		})
	}
	out := stored{
		flags: m.Flags & protocol.FlagJSON, id: m.ID, from: p.state.Member(s.player).N, to: m.Peer,
		session: s.id, payload: m.Payload,
	}
	p.submit(&job{done: refused, message: &outgoing{s, m.ID, out.encode()}})
}

// send writes a message. It is acknowledged when it comes back from the log,
// or, to a sender that has moved on, when it is there. One of which nobody knows
// whether it was written may be sent again and then stand in the log twice; only
// the first counts.
func (p *live) send(j *job) {
	o := j.message
	p.pins++
	p.h.o.Node.Send(p.ref, engine.Message, "", o.data, func(seq uint64, err error) {
		p.post(func() {
			if p.pins--; p.pins == 0 {
				p.schedule()
			}
			if errors.Is(err, engine.ErrUnknown) {
				p.reread(p.last, 0) // it may be there; then it is found in the log
			}
			if err != nil {
				j.finish(outcome{err: failure(err)})
				return
			}
			o.s.do(p.loop, func(in *live) {
				if in != p {
					o.s.sent.log(o.id, seq)
					o.s.send(true, protocol.AppendAck(nil, o.id, seq))
				}
			})
		})
	})
}

// put writes an entry beside the party's events, and calls done on the party's
// loop.
func (p *live) put(k engine.Kind, name string, data []byte, done func(seq uint64, err error)) {
	p.pins++
	p.h.o.Node.Send(p.ref, k, name, data, func(seq uint64, err error) {
		p.post(func() {
			p.pins--
			p.schedule()
			if errors.Is(err, engine.ErrUnknown) {
				p.reread(p.last, 0) // it may be there; then it is found in the log
			}
			done(seq, err)
		})
	})
}

// deliver sends a message that came back from the log to those it is for.
func (p *live) deliver(r engine.Record) {
	p.last, p.lastMsg = max(p.last, r.Seq), max(p.lastMsg, r.Seq)
	m, err := decodeStored(r.Data)
	if err != nil {
		p.h.log.Error("a message cannot be read", "game", p.ref.Game, "party", p.ref.Party, "seq", r.Seq)
		return
	}
	p.track(m, r.Seq)
	if p.repeats(m, r.Seq) {
		return
	}
	here := p.here()
	out := m.appendFrame(p.loop.scratch[:0], r.Seq)
	for _, s := range here {
		if s.id != m.session && m.concerns(s.n) {
			s.send(true, out)
		}
	}
	out = protocol.AppendAck(out[:0], m.id, r.Seq)
	p.loop.scratch = out
	for _, s := range here {
		if s.id == m.session {
			s.send(true, out)
		}
	}
}

package host

import (
	"slices"

	"partykit/internal/limit"
	"partykit/party"
)

// track is what is known of a session's reliable messages, so that a repeated
// one is not sent twice and is acknowledged again. It goes with the session; a
// party knows those of other sessions from its log.
type track struct {
	high     uint64 // highest id in the log
	acks     []ack  // the newest, in the order of the log
	underWay map[uint64]bool
	rate     limit.Bucket // what its connection may send
}

type ack struct{ id, seq uint64 }

// keptAcks is more than the 100 messages that the SDKs let wait.
const keptAcks = 128

// fate is what became of a message.
type fate int

const (
	unseen fate = iota
	underWay
	logged
	forgotten // too old to tell
)

// track is what is known of the session's own messages.
func (s *session) track() *track {
	if s.sent == nil {
		s.sent = s.party.trackOf(s.id)
	}
	return s.sent
}

func (t *track) lookUp(id uint64) (seq uint64, f fate) {
	if id <= t.high {
		for _, a := range slices.Backward(t.acks) { // it is one of the newest that is asked for
			if a.id == id {
				return a.seq, logged
			}
		}
	}
	switch {
	case t.underWay[id]:
		return 0, underWay
	case len(t.acks) == keptAcks && id < t.acks[0].id:
		return 0, forgotten
	}
	return 0, unseen
}

// log notes that a message is in the log.
func (t *track) log(id, seq uint64) {
	delete(t.underWay, id)
	if _, f := t.lookUp(id); f == logged {
		return
	}
	t.high = max(t.high, id)
	t.acks = append(t.acks, ack{id, seq})
	t.acks = t.acks[max(len(t.acks)-keptAcks, 0):]
}

// trackOf returns a session's track, a new one if there is none.
func (p *live) trackOf(id party.SessionID) *track {
	t := p.tracks[id]
	if t == nil {
		t = &track{underWay: map[uint64]bool{}}
		p.tracks[id] = t
	}
	return t
}

// track notes a message that the log holds. Those of the game's backend have no
// ids.
func (p *live) track(m stored, seq uint64) {
	switch {
	case m.flags&tearMark != 0:
		p.torn = max(p.torn, m.id)
	case m.from != FromBackend:
		p.trackOf(m.session).log(m.id, seq)
	}
}

// repeats reports whether a message of the log stands there a second time.
func (p *live) repeats(m stored, seq uint64) bool {
	t := p.tracks[m.session]
	if t == nil {
		return false
	}
	first, f := t.lookUp(m.id)
	return f == logged && first != seq
}

// forgetTracks drops those of sessions that the party has forgotten.
func (p *live) forgetTracks() {
	for id := range p.tracks {
		if p.state.Session(id) == nil {
			delete(p.tracks, id)
		}
	}
}

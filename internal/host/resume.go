package host

import (
	"context"

	"partykit/internal/engine"
	"partykit/party"
	"partykit/protocol"
)

// heldEach is how many entries of each kind a party's log holds.
const heldEach = 1000

// replay sends what the client missed after a sequence, in order, or a
// snapshot where it is not held any more. While it reads, the session gets
// nothing live: what comes meanwhile is read as well.
func (w *welcoming) replay(after uint64) {
	s, p := w.s, w.s.party
	delete(p.sessions, s.player)
	p.pins++
	go func() {
		ctx, cancel := context.WithTimeout(s.h.ctx, lookup)
		defer cancel()
		records, err := s.h.o.Node.Read(ctx, p.ref, after)
		p.loop.post(func() {
			p.pins--
			switch {
			case p.state.Member(s.player) == nil: // taken out meanwhile
				w.lost = true
				w.alone()
			case err == nil && newest(records, after) < p.last:
				w.replay(after) // more was committed since
			case err != nil || !held(records):
				p.adopt(s)
				w.gap = true
				w.snapshot()
			default:
				p.adopt(s)
				w.missed(records, after)
			}
		})
	}()
}

func newest(records []engine.Record, after uint64) uint64 {
	if len(records) == 0 {
		return after
	}
	return records[len(records)-1].Seq
}

// held reports whether the log still held all: of a kind that fills its place,
// older entries may have gone.
func held(records []engine.Record) bool {
	counts := map[engine.Kind]int{}
	for _, r := range records {
		counts[r.Kind]++
	}
	return counts[engine.Event] < heldEach && counts[engine.Message] < heldEach
}

// missed sends the entries, then how the others are now.
func (w *welcoming) missed(records []engine.Record, after uint64) {
	s, p := w.s, w.s.party
	s.tell(protocol.Resumed{
		T: protocol.TResumed, Epoch: s.h.o.Epoch, Session: s.id, Resume: s.secret, Seq: after, Applied: p.applied(s.id),
	})
	n := p.state.Member(s.player).N
	for _, r := range records {
		if r.Seq > p.last {
			break // it will come live
		}
		s.showMissed(r, n)
	}
	for i := range p.state.Members {
		if m := &p.state.Members[i]; m.Player != s.player {
			s.send(false, p.statusFrame(m))
		}
	}
	w.done <- nil
	s.rest()
}

func (s *session) showMissed(r engine.Record, n int) {
	switch r.Kind {
	case engine.Event:
		if e, err := party.DecodeEntry(r.Data); err == nil {
			if views := e.View(); len(views) > 0 {
				s.tell(protocol.Event{T: protocol.TEvent, Seq: r.Seq, Rev: e.Rev, At: e.At, Events: views})
			}
		}
	case engine.Message:
		if m, err := decodeStored(r.Data); err == nil && m.concerns(n) {
			s.send(true, m.frame(r.Seq))
		}
	}
}

// applied tells which of a session's commands and messages took effect.
func (p *live) applied(id party.SessionID) (a protocol.Applied) {
	if st := p.state.Session(id); st != nil {
		a.Command = st.High
	}
	if t := p.tracks[id]; t != nil {
		a.Message = t.high
	}
	return a
}

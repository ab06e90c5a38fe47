package host

import (
	"context"
	"slices"

	"partykit/internal/engine"
	"partykit/party"
	"partykit/protocol"
)

// heldEach is how many entries of each kind a party's log holds.
const heldEach = 1000

// replay sends what the client missed after a sequence, in order, or a
// snapshot where it is not held any more. What comes while the log is read
// waits and follows.
func (w *welcoming) replay(after uint64) {
	s, p := w.s, w.s.party
	s.behind = new(backlog)
	until := p.last
	if records, ok := p.newest.after(after); ok {
		w.caughtUp(records, nil, after, until)
		return
	}
	p.pins++
	p.h.lookUp(p.ref.Game, func(ctx context.Context) {
		records, err := p.h.o.Node.Read(ctx, p.ref, after)
		p.post(func() {
			p.pins--
			w.caughtUp(records, err, after, until)
		})
	})
}

// caughtUp goes on with what the client missed.
func (w *welcoming) caughtUp(records []engine.Record, err error, after, until uint64) {
	s := w.s
	switch {
	case s.conn == nil:
		s.rest()
	case s.expelled() != "":
		s.caughtUpWithout()
		w.welcome()
	case err != nil || !held(records) || returned(records, s.player):
		s.caughtUpWithout()
		w.gap = err != nil || !held(records)
		w.snapshot()
	default:
		w.missed(records, after, until)
	}
}

// held reports whether the log still held all: of a kind that fills its place,
// older entries may have gone.
func held(records []engine.Record) bool {
	return count(records, engine.Event) < heldEach && count(records, engine.Message) < heldEach
}

func count(records []engine.Record, k engine.Kind) (n int) {
	for _, r := range records {
		if r.Kind == k {
			n++
		}
	}
	return n
}

// returned reports whether the player joined among the entries: what came
// before is not for it.
func returned(records []engine.Record, player party.PlayerID) bool {
	return slices.ContainsFunc(records, func(r engine.Record) bool {
		if r.Kind != engine.Event {
			return false
		}
		e, err := party.DecodeEntry(r.Data)
		return err == nil && slices.ContainsFunc(e.Events, func(event party.Event) bool {
			j, ok := event.(party.Joined)
			return ok && j.Member.Player == player
		})
	})
}

// missed sends the entries up to the one after which the client gets all live,
// then what waited, then how the others are now.
func (w *welcoming) missed(records []engine.Record, after, until uint64) {
	s, p := w.s, w.s.party
	live := *s.behind
	s.hello, s.behind = nil, nil
	s.tell(protocol.Resumed{
		T: protocol.TResumed, Epoch: s.h.o.Node.Epoch(), Session: s.id, Resume: w.secret, Seq: after, Applied: p.applied(s.id),
	})
	n := p.state.Member(s.player).N
	for _, r := range records {
		if r.Seq <= until {
			w.retell = s.showMissed(r, n) || w.retell
		}
	}
	for _, f := range live {
		s.send(f.binary, f.data)
	}
	if w.retell {
		s.tellParty(reasonIdentified)
	}
	for i := range p.state.Members {
		if m := &p.state.Members[i]; m.Player != s.player {
			s.send(false, p.statusFrame(m))
		}
	}
	w.over()
}

// caughtUpWithout drops what waited: a snapshot stands in for it.
func (s *session) caughtUpWithout() { s.behind = nil }

// showMissed sends an entry, and reports whether by it a member got another id.
func (s *session) showMissed(r engine.Record, n int) (identified bool) {
	switch r.Kind {
	case engine.Event:
		if e, err := party.DecodeEntry(r.Data); err == nil {
			if views := e.View(); len(views) > 0 {
				s.tell(protocol.Event{T: protocol.TEvent, Seq: r.Seq, Rev: e.Rev, At: e.At, Events: views})
			}
			identified = slices.ContainsFunc(e.Events, identifies)
		}
	case engine.Chat:
		if l, err := decodeLine(r); err == nil {
			s.tell(l.frame())
		}
	case engine.Message:
		if m, err := decodeStored(r.Data); err == nil && m.concerns(n) && !s.party.repeats(m, r.Seq) {
			s.send(true, m.appendFrame(nil, r.Seq))
		}
	}
	return identified
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

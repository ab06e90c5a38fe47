package host

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"partykit/internal/engine"
	"partykit/party"
	"partykit/protocol"
)

// arrived is called by the engine with every committed entry.
func (p *live) arrived(r engine.Record) {
	p.post(func() {
		switch {
		case p.unloaded:
		case p.opening || p.reading:
			p.held = append(p.held, r)
		default:
			p.take(r)
		}
	})
}

// take applies an entry that came back from the log, or reads what is missing
// before it.
func (p *live) take(r engine.Record) {
	switch {
	case p.reading:
		p.held = append(p.held, r)
	case r.Kind == engine.Gap:
		p.reread(r.Seq, 0)
	case r.Seq <= p.lastOf(r.Kind):
		// seen before
	case r.Prev > p.lastOf(r.Kind):
		p.held = append(p.held, r)
		p.reread(p.lastOf(r.Kind), 0)
	default:
		if r.Seq < p.last {
			p.tear()
		}
		p.show(r)
	}
}

// lastOf is the newest entry of a kind that was applied or delivered.
func (p *live) lastOf(k engine.Kind) uint64 {
	switch k {
	case engine.Event:
		return p.state.Seq
	case engine.Message:
		return p.lastMsg
	default:
		return p.lastChat
	}
}

// show applies an entry, or delivers it.
func (p *live) show(r engine.Record) {
	switch r.Kind {
	case engine.Event:
		e, err := p.read(r.Data)
		if err != nil {
			p.h.log.Error("an entry cannot be read", "game", p.ref.Game, "party", p.ref.Party, "seq", r.Seq, "err", err)
			return
		}
		p.size += len(r.Data)
		p.newest.add(r)
		p.apply(r.Seq, e)
		p.finishInflight()
	case engine.Message:
		p.newest.add(r)
		p.deliver(r)
	case engine.Chat:
		p.newest.add(r)
		p.deliverChat(r)
	}
}

// read returns an entry as the log holds it. This host's own, which it waits for,
// is what it wrote.
func (p *live) read(data []byte) (party.Entry, error) {
	if f := p.inflight; f != nil && f.data != nil && bytes.Equal(f.data, data) {
		return f.entry, nil
	}
	return party.DecodeEntry(data)
}

// tear ends all connections because an entry comes behind one that was shown
// already: nobody gets things out of their order. Members resume, and who has
// seen no more than what was shown is told the gap, also by whoever serves the
// party next: the log says so. Another host cannot know which of its members were
// served here before, so that one that missed nothing may be told it, too.
func (p *live) tear() {
	if p.torn != p.last {
		p.torn = p.last
		p.markTear()
	}
	for _, s := range p.sessions {
		s.close(protocol.SlowReader)
	}
}

// markTear writes the newest gap into the log, again and again until it is there.
func (p *live) markTear() {
	if p.marking {
		return
	}
	p.marking = true
	mark := stored{flags: tearMark, id: p.torn}
	p.put(engine.Message, "", mark.encode(), func(_ uint64, err error) {
		p.marking = false
		switch {
		case err != nil && p.h.ctx.Err() == nil:
			p.h.log.Warn("a gap is known to this process only; it is marked again in a second", "game", p.ref.Game, "party", p.ref.Party, "err", err)
			p.marking = true
			p.pins++
			time.AfterFunc(time.Second, func() {
				p.post(func() {
					p.pins--
					p.marking = false
					p.markTear()
				})
			})
		case err == nil && p.torn > mark.id:
			p.markTear()
		}
	})
}

// reread brings what was missed after a sequence, or after the newest entry that
// was shown if that comes before it. Nothing is decided meanwhile.
func (p *live) reread(after uint64, wait time.Duration) {
	if p.reading {
		return
	}
	p.reading = true
	p.newest.stop() // it may lack what is read
	p.pins++
	after = min(after, p.last)
	p.h.work(wait+patience, func(ctx context.Context) {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
		loaded, err := p.h.o.Node.Load(ctx, p.ref)
		var tail []engine.Record
		if err == nil {
			tail, err = p.h.o.Node.Read(ctx, p.ref, after)
		}
		p.post(func() { p.pins--; p.caughtUp(after, loaded, tail, err) })
	})
}

func (p *live) caughtUp(after uint64, loaded engine.Loaded, tail []engine.Record, err error) {
	p.reading = false
	if err != nil && !errors.Is(err, engine.ErrNotFound) {
		if p.h.ctx.Err() == nil {
			p.reread(after, time.Second)
		}
		return
	}
	p.expect = loaded.Last
	if loaded.Covered > p.state.Seq && !reaches(tail, loaded.Covered) {
		p.jump(loaded)
	}
	if !held(tail) {
		p.tear() // older ones may have gone
	}
	waiting := p.held
	p.held = nil
	for _, r := range append(tail, waiting...) {
		p.take(r)
	}
	p.finishInflight() // its entry may be one of those that a snapshot stood in for
	p.pump()
}

// reaches reports whether records lead up to an event without a hole.
func reaches(records []engine.Record, seq uint64) bool {
	return count(records, engine.Event) < heldEach &&
		slices.ContainsFunc(records, func(r engine.Record) bool { return r.Seq == seq })
}

// jump takes the stored snapshot where the log no longer holds what lies
// between.
func (p *live) jump(l engine.Loaded) {
	state, err := restore(engine.Loaded{Snapshot: l.Snapshot, Covered: l.Covered})
	if err != nil {
		p.h.log.Error("a snapshot cannot be read", "game", p.ref.Game, "party", p.ref.Party, "err", err)
		return
	}
	p.state, p.last, p.near = state, max(p.last, state.Seq), nil
	p.tear()
	for _, s := range p.sessions {
		if p.state.Member(s.player) == nil {
			p.expel(s, party.ReasonLeft)
		}
	}
}

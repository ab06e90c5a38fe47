package host

import (
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
		p.reread(0)
	case r.Kind == engine.Event && r.Seq <= p.state.Seq, r.Kind == engine.Message && r.Seq <= p.lastMsg, r.Kind == engine.Chat && r.Seq <= p.lastChat:
		// seen before
	case r.Kind == engine.Event && r.Prev > p.state.Seq, r.Kind == engine.Message && r.Prev > p.lastMsg, r.Kind == engine.Chat && r.Prev > p.lastChat:
		p.held = append(p.held, r)
		p.reread(0)
	case r.Kind == engine.Event:
		e, err := party.DecodeEntry(r.Data)
		if err != nil {
			p.h.log.Error("an entry cannot be read", "game", p.ref.Game, "party", p.ref.Party, "seq", r.Seq, "err", err)
			return
		}
		p.size += len(r.Data)
		p.newest.add(r)
		p.apply(r.Seq, e)
		p.finishInflight()
	case r.Kind == engine.Message:
		p.newest.add(r)
		p.deliver(r)
	case r.Kind == engine.Chat:
		p.newest.add(r)
		p.deliverChat(r)
	}
}

// reread brings what was missed. Nothing is decided meanwhile.
func (p *live) reread(wait time.Duration) {
	if p.reading {
		return
	}
	p.reading = true
	p.newest.stop() // it may lack what is read
	p.pins++
	after := p.last
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
		p.post(func() { p.pins--; p.caughtUp(loaded, tail, err) })
	})
}

func (p *live) caughtUp(loaded engine.Loaded, tail []engine.Record, err error) {
	p.reading = false
	if err != nil && !errors.Is(err, engine.ErrNotFound) {
		if p.h.ctx.Err() == nil {
			p.reread(time.Second)
		}
		return
	}
	p.expect = loaded.Last
	if loaded.Covered > p.state.Seq && !reaches(tail, loaded.Covered) {
		p.jump(loaded)
	}
	held := p.held
	p.held = nil
	for _, r := range append(tail, held...) {
		p.take(r)
	}
	p.pump()
}

// reaches reports whether records lead up to an event without a hole.
func reaches(records []engine.Record, seq uint64) bool {
	return count(records, engine.Event) < heldEach &&
		slices.ContainsFunc(records, func(r engine.Record) bool { return r.Seq == seq })
}

// jump takes the stored snapshot where the log no longer holds what lies
// between. Members resume and are told the gap.
func (p *live) jump(l engine.Loaded) {
	state, err := restore(engine.Loaded{Snapshot: l.Snapshot, Covered: l.Covered})
	if err != nil {
		p.h.log.Error("a snapshot cannot be read", "game", p.ref.Game, "party", p.ref.Party, "err", err)
		return
	}
	p.state, p.last, p.near = state, max(p.last, state.Seq), nil
	for _, s := range p.sessions {
		s.close(protocol.SlowReader)
		if p.state.Member(s.player) == nil {
			p.expel(s, party.ReasonLeft)
		}
	}
}

package host

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"partykit/internal/engine"
	"partykit/party"
)

// load brings the party from its log. Nothing is served before.
func (p *live) load() {
	p.opening = true
	p.h.work(patience, func(ctx context.Context) {
		o := p.fetch(ctx)
		p.post(func() { p.opened(o) })
	})
}

// opening is what load found.
type opening struct {
	follow   *engine.Following
	state    *party.State
	expect   uint64
	size     int
	unsaved  int             // events after the snapshot
	messages []engine.Record // and chat: all that are held
	err      error
}

func (p *live) fetch(ctx context.Context) (o opening) {
	node := p.h.o.Node
	// Following comes first: what is committed after the reads is then shown.
	if o.follow, o.err = node.Follow(p.ref, p.arrived); o.err != nil {
		return o
	}
	loaded, all, err := node.LoadAll(ctx, p.ref)
	if err != nil {
		o.err = err
		return o
	}
	if o.state, o.err = restore(loaded); o.err != nil {
		return o
	}
	o.expect, o.size, o.unsaved = loaded.Last, len(loaded.Snapshot), len(loaded.Events)
	for _, r := range loaded.Events {
		o.size += len(r.Data)
	}
	o.messages = slices.DeleteFunc(all, func(r engine.Record) bool { return r.Kind == engine.Event })
	return o
}

// restore folds what was stored into a state.
func restore(l engine.Loaded) (*party.State, error) {
	s := &party.State{}
	if l.Snapshot != nil {
		if err := json.Unmarshal(l.Snapshot, s); err != nil {
			return nil, err
		}
	}
	for _, r := range l.Events {
		e, err := party.DecodeEntry(r.Data)
		if err != nil {
			return nil, err
		}
		s.Apply(r.Seq, e)
	}
	return s, nil
}

func (p *live) opened(o opening) {
	p.opening = false
	waiting := p.waiting
	p.waiting = nil
	p.follow = o.follow
	err := o.err
	if err == nil && o.state.Retired {
		err = engine.ErrNotFound
	}
	if err != nil {
		if !errors.Is(err, engine.ErrNotFound) {
			p.h.log.Error("a party cannot be loaded", "game", p.ref.Game, "party", p.ref.Party, "err", err)
		}
		p.unload()
		for _, fn := range waiting {
			fn(nil, failure(err))
		}
		return
	}
	p.state, p.logged, p.expect, p.size = o.state, true, o.expect, o.size
	p.last = o.state.Seq
	p.unsaved = o.unsaved
	p.saveNext = now().Add(snapshotEvery) // what it was loaded from is kept for margin at least
	p.started(now())
	p.newest.keep(p.last)
	held := p.held // came since it was read
	p.held = nil
	for _, r := range o.messages {
		switch {
		case r.Seq > p.last:
			p.take(r)
		case r.Kind == engine.Chat:
			p.recall(r)
		default:
			p.lastMsg = max(p.lastMsg, r.Seq)
			if m, err := decodeStored(r.Data); err == nil {
				p.track(m, r.Seq)
			}
		}
	}
	for _, r := range held {
		p.take(r)
	}
	p.settle()
	for _, fn := range waiting {
		fn(p, nil)
	}
	p.schedule()
}

// started marks everybody as away since now: whoever is there will say so, and
// a deadline that passed while nobody looked starts anew.
func (p *live) started(t party.Time) {
	for _, m := range p.state.Members {
		p.absent[m.Player] = party.Absence{Since: t, ByServer: true}
		if m.State == party.Loads {
			p.reports[m.Player] = &report{progress: t}
		}
		if w, ok := p.h.whereIs(p.state.Game, m.Player); ok && w.party != p.state.ID && w.move < m.Move {
			p.h.leaveBehind(ref(p.state.Game, w.party), movedAway(m.Player, m.Move))
		}
		p.h.moved(p.state.Game, m.Player, whereabouts{p.state.ID, m.Move})
	}
	for _, s := range p.state.Seats {
		p.closed[s.ID] = t
	}
	for _, v := range p.state.Line {
		p.closed[v.Seat] = t
	}
	p.announce()
}

// settle finishes moves that a crash may have cut short: whoever joined from
// another party must have left it, and of two memberships of a player the one
// of the lower move goes.
func (p *live) settle() {
	for _, m := range p.state.Members {
		if p.elsewhere(&m) {
			w, _ := p.h.whereIs(p.state.Game, m.Player)
			p.h.leaveBehind(p.ref, movedAway(m.Player, w.move))
			continue
		}
		if m.From != "" && m.Joined.Add(24*time.Hour) > now() {
			p.h.leaveBehind(ref(p.state.Game, m.From), movedAway(m.Player, m.Move))
		}
	}
}

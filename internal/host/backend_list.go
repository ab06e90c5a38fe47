package host

import (
	"context"
	"errors"
	"sync"

	"partykit/internal/engine"
	"partykit/party"
)

// What one list looks at: so many parties, the ended ones too, and so many of
// them at once.
const (
	maxLooked  = 200
	lookAtOnce = 8
)

// Parties lists the parties of a game that were shared and have not ended, on
// whichever node they are, resting ones too; not those of one player that
// nobody else has seen, which have no log. It goes on after a party ("": from
// the first), in an order of its own, and returns at most limit of them. next
// is after what to go on, "" at the end: a page may be short, or empty, before
// that, because each looks at 200 parties at most.
func (h *Host) Parties(ctx context.Context, g party.GameID, after party.ID, limit int) (page []party.Snapshot, next party.ID, err error) {
	if _, err := h.active(g); err != nil {
		return nil, "", err
	}
	if after != "" && !partyShape.MatchString(string(after)) {
		return nil, "", party.Errorf(party.BadRequest, "A list goes on after the id that the page before gave as next.")
	}
	ids, err := h.o.Node.Parties(ctx, string(g), string(after), maxLooked)
	if err != nil {
		return nil, "", failure(err)
	}
	more := len(ids) == maxLooked
	for len(ids) > 0 && len(page) < limit {
		some := ids[:min(len(ids), limit-len(page))]
		ids = ids[len(some):]
		found, err := h.lookAt(ctx, g, some)
		if err != nil {
			return nil, "", err
		}
		page = append(page, found...)
		if next = ""; more || len(ids) > 0 {
			next = party.ID(some[len(some)-1])
		}
	}
	return page, next, nil
}

// lookAt returns those of the parties that have not ended.
func (h *Host) lookAt(ctx context.Context, g party.GameID, ids []string) ([]party.Snapshot, error) {
	views := make([]*party.Snapshot, len(ids))
	errs := make([]error, len(ids))
	slots := make(chan struct{}, lookAtOnce)
	var looking sync.WaitGroup
	for i, id := range ids {
		slots <- struct{}{}
		looking.Go(func() {
			defer func() { <-slots }()
			views[i], errs[i] = h.glance(ctx, g, party.ID(id))
		})
	}
	looking.Wait()
	var found []party.Snapshot
	for _, v := range views {
		if v != nil {
			found = append(found, *v)
		}
	}
	return found, errors.Join(errs...)
}

// glance returns a party as it is, nil where it has ended. One that is not
// served here and that nobody is in is only read: nothing is due in it that a
// glance would have to begin.
func (h *Host) glance(ctx context.Context, g party.GameID, id party.ID) (*party.Snapshot, error) {
	here, v, err := h.served(ctx, ref(g, id))
	if here || err != nil {
		return v, err
	}
	stored, err := h.o.Node.Load(ctx, ref(g, id))
	var s *party.State
	if err == nil {
		s, err = restore(stored)
	}
	switch {
	case errors.Is(err, engine.ErrUnavailable):
		return nil, failure(err)
	case errors.Is(err, engine.ErrNotFound):
		return nil, nil
	case err != nil: // one that is broken must not hide the others
		h.log.Error("a party cannot be listed", "game", g, "party", id, "err", err)
		return nil, nil
	case s.Ended || s.Retired || s.Taken() == 0 && len(s.LiveInvites(now())) == 0:
		return nil, nil
	case s.Taken() == 0:
		return new(s.View(now(), nil, nil)), nil
	}
	look, err := h.Look(ctx, g, id)
	if err == nil {
		return &look, nil
	}
	if code := failure(err).Code; code == party.Ended || code == party.NotFound {
		return nil, nil
	}
	return nil, err
}

// served returns a party that is served here, nil where it has ended or has no
// log any more.
func (h *Host) served(ctx context.Context, r engine.Ref) (here bool, v *party.Snapshot, err error) {
	l := h.loopOf(r)
	v, err = await(ctx, h, func(done func(*party.Snapshot, error)) {
		l.Post(r.Game, func() {
			p := l.parties[r]
			here = p != nil && (p.asleep() || !p.opening)
			if here && !p.asleep() && p.logged && !p.state.Ended {
				done(new(p.snapshot()), nil)
				return
			}
			done(nil, nil)
		})
	})
	return here, v, err
}

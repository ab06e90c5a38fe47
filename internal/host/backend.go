package host

import (
	"context"
	"regexp"

	"partykit/internal/engine"
	"partykit/party"
)

// What a game's own backend asks for. The game is always that of its key, so
// another game's ids are not found. Every call fails with an [*party.Error].

// partyShape is what a party's id looks like; nothing else is looked for.
var partyShape = regexp.MustCompile(`^[a-z0-9]{1,64}$`)

// Look returns a party as its members see it. It fails with NotFound, also for
// a party of one on another node, and with Ended.
func (h *Host) Look(ctx context.Context, g party.GameID, id party.ID) (party.Snapshot, error) {
	return visitParty(ctx, h, g, id, func(p *live, done func(party.Snapshot, error)) { done(p.snapshot(), nil) })
}

// Do runs a command of [party.Backend] in a party and returns the party as it
// is then. Where it fails with Unavailable the command may still take effect.
func (h *Host) Do(ctx context.Context, g party.GameID, id party.ID, cmd party.Command) (party.Snapshot, error) {
	if c, ok := cmd.(party.Change); ok {
		known, err := h.active(g)
		if err != nil {
			return party.Snapshot{}, err
		}
		c.MaxSize = h.partySize(known)
		cmd = c
	}
	return visitParty(ctx, h, g, id, func(p *live, done func(party.Snapshot, error)) {
		p.submit(&job{cmd: cmd, done: func(o outcome) {
			if o.err != nil {
				done(party.Snapshot{}, o.err)
				return
			}
			done(p.snapshot(), nil)
		}})
	})
}

// Where returns the party that a player of the game is in. It knows players
// that are connected here, or were when their grace began.
func (h *Host) Where(ctx context.Context, g party.GameID, player party.PlayerID) (party.Snapshot, party.MemberView, error) {
	absent := &party.Error{Code: party.NotFound, Detail: "No player of that id is here now."}
	w, ok := h.whereIs(g, player)
	if !ok {
		return party.Snapshot{}, party.MemberView{}, absent
	}
	v, err := h.Look(ctx, g, w.party)
	if err != nil {
		if failure(err).Code == party.Ended {
			err = absent
		}
		return v, party.MemberView{}, err
	}
	for _, m := range v.Members {
		if m.ID == player {
			return v, m, nil
		}
	}
	return party.Snapshot{}, party.MemberView{}, absent
}

// Invites returns the live links of a party with what came of them, oldest
// first.
func (h *Host) Invites(ctx context.Context, g party.GameID, id party.ID) ([]party.InviteStats, error) {
	return visitParty(ctx, h, g, id, func(p *live, done func([]party.InviteStats, error)) { done(p.state.Stats(now()), nil) })
}

// snapshot is the party as a value that may leave its loop.
func (p *live) snapshot() party.Snapshot { return p.state.Clone().View(now(), p.status, p.elsewhere) }

// visitParty runs fn on a party's loop and waits for what it calls done with,
// once. A party that has ended is told as Ended.
func visitParty[T any](ctx context.Context, h *Host, g party.GameID, id party.ID, fn func(p *live, done func(T, error))) (T, error) {
	var none T
	if _, err := h.active(g); err != nil {
		return none, err
	}
	if !partyShape.MatchString(string(id)) {
		return none, &party.Error{Code: party.NotFound}
	}
	return await(ctx, h, func(done func(T, error)) {
		h.with(ref(g, id), func(p *live, err error) {
			switch {
			case err != nil:
				done(none, err)
			case p.state.Ended:
				done(none, &party.Error{Code: party.Ended})
			default:
				fn(p, done)
			}
		})
	})
}

// await starts something and waits for what it calls done with, for as long as
// ctx and the host last.
func await[T any](ctx context.Context, h *Host, start func(done func(T, error))) (T, error) {
	type answer struct {
		v   T
		err error
	}
	answered := make(chan answer, 1)
	start(func(v T, err error) {
		if err != nil {
			err = failure(err)
		}
		answered <- answer{v, err}
	})
	select {
	case a := <-answered:
		return a.v, a.err
	case <-ctx.Done():
	case <-h.ctx.Done():
	}
	var none T
	return none, &party.Error{Code: party.Unavailable}
}

// rest begins a party that nobody is in, in memory, and calls fn with it on its
// loop; or with the one of that id that is there already.
func (h *Host) rest(r engine.Ref, state func() *party.State, fn func(*live, error)) {
	l := h.loopOf(r)
	h.with(r, func(p *live, err error) {
		if err == nil || failure(err).Code != party.NotFound {
			fn(p, err)
			return
		}
		if p = l.parties[r]; p == nil { // else somebody who asked for the same was served before
			p = h.newLive(r, l)
			p.state = state()
		}
		p.rouse()
		fn(p, nil)
	})
}

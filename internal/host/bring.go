package host

import (
	"context"
	"encoding/json"

	"partykit/internal/engine"
	"partykit/party"
)

// A link may follow its maker. It ends in the party that its maker leaves, and
// is taken in by the one its maker is in; then its code leads there. Whoever
// looks it up before that, or after a crash, finishes what is missing.

// bring takes links of one maker, which left a party with it, to the party it
// is in now, and calls done with that; or with "" where there is none or the
// maker may not invite there. done is called on any loop.
func (h *Host) bring(g party.GameID, links []party.Invite, done func(party.ID)) {
	if len(links) == 0 {
		done("")
		return
	}
	maker := links[0].By
	at, ok := h.whereIs(g, maker)
	if !ok {
		done("")
		return
	}
	h.with(ref(g, at.party), func(y *live, err error) {
		if err != nil {
			done("")
			return
		}
		y.submit(&job{cmd: party.Adopt{Player: maker, Invites: links}, done: func(o outcome) {
			if o.err != nil {
				done("")
				return
			}
			h.work(lookup, func(ctx context.Context) {
				for _, i := range links {
					h.repoint(ctx, g, at.party, i)
				}
			})
			done(at.party)
		}})
	})
}

// bringAfter brings the links that left x with a player to where it is now. It
// runs on x's loop.
func (p *live) bringAfter(player party.PlayerID) {
	p.h.bring(p.state.Game, p.state.Went(player, now()), func(party.ID) {})
}

// repoint has a link's code lead to the party that took it in. Where that fails
// the way over the former party is left.
func (h *Host) repoint(ctx context.Context, g party.GameID, to party.ID, i party.Invite) {
	if err := h.tryRepoint(ctx, g, to, i.Hash); err != nil {
		h.log.Warn("a link that followed its maker is found over its former party only", "game", g, "invite", i.ID, "err", err)
	}
}

func (h *Host) tryRepoint(ctx context.Context, g party.GameID, to party.ID, hash string) error {
	l, revision, err := h.record(ctx, g, hash)
	if err != nil {
		return err
	}
	l.Party = to
	record, err := json.Marshal(l)
	if err != nil {
		return err
	}
	_, err = h.o.Node.Put(ctx, string(g), engine.Invites, hash, record, revision, l.keep(now()))
	return err
}

// leads returns where a link leads that may have followed its maker. Who has a
// seat in the former party still enters there.
func (h *Host) leads(ctx context.Context, l link, seat party.SeatID) link {
	if !l.Follows {
		return l
	}
	at, err := await(ctx, h, func(done func(party.ID, error)) {
		h.with(ref(l.Game, l.Party), func(p *live, err error) {
			if err != nil {
				done("", err)
				return
			}
			i := p.state.Invite(l.Invite)
			if i == nil || !i.Went || p.state.Knows(seat) {
				done("", nil)
				return
			}
			h.bring(l.Game, []party.Invite{*i}, func(to party.ID) { done(to, nil) })
		})
	})
	if err == nil && at != "" {
		l.Party = at
	}
	return l
}

// sendAfter ends the pages of a link that has gone: they open again where it
// leads then.
func (p *live) sendAfter(id party.InviteID) {
	for page := range p.pages.open {
		if page.link.Invite == id && !p.state.Knows(page.seat) {
			p.close(page)
			close(page.updates)
		}
	}
}

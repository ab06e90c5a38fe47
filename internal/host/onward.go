package host

import (
	"context"
	"time"

	"partykit/internal/game"
	"partykit/party"
)

// A link that died of itself may lead on to the party that its maker is in by
// now, where the game has set that (law 28). It does so for a day after it was
// made or expired, and only from one host's knowledge of where players are:
// nothing is stored, and nothing of that party is told but how to get in.

// onwardFor is how long after it was made, or expired, a link leads on.
const onwardFor = 24 * time.Hour

// mayLead reports whether a link leads on, should it be dead.
func (h *Host) mayLead(l link) bool {
	t := now()
	since := l.Made
	if l.Expires != 0 && l.Expires <= t {
		since = l.Expires
	}
	return l.Made != 0 && t < since.Add(onwardFor) && h.settings(l.Game).DeadLinks > game.DeadLinksEnd
}

// onward returns where a link leads for a visitor, as lookOnward does.
func (h *Host) onward(ctx context.Context, l link, of party.Hold) link {
	if h.mayLead(l) {
		l, _, _ = h.lookOnward(ctx, l, of)
	}
	return l
}

// lookOnward returns where a link leads for a visitor, and what it shows there: on
// to where its maker is, if it is dead and the game lets it. A party that the
// visitor may ask by the link itself is asked before another.
func (h *Host) lookOnward(ctx context.Context, l link, of party.Hold) (link, party.Invitation, error) {
	v, err := h.look(ctx, l, of)
	if err != nil || !v.Died || !h.mayLead(l) {
		return l, v, err
	}
	to := link{Game: l.Game, Made: l.Made, led: party.Led{
		Maker: v.Maker, Died: v.Problem, Asks: h.settings(l.Game).DeadLinks == game.DeadLinksAsk,
	}}
	at, ok := h.whereIs(l.Game, to.led.Maker)
	if !ok {
		return l, v, nil
	}
	to.Party = at.party
	there, err := h.look(ctx, to, of)
	mayAsk := v.CanAsk || v.Declined != 0
	switch {
	case err != nil:
		return l, v, nil
	case there.Problem == "", there.Onward == party.OnwardJoin, !mayAsk && (there.Onward != "" || there.Declined != 0):
		return to, there, nil
	}
	return l, v, nil
}

// sendOn ends the pages of dead links that led to a player who is not here any
// more: they open again where that one is then.
func (p *live) sendOn(maker party.PlayerID) {
	for page := range p.pages.open {
		if page.link.led.Maker == maker && !p.state.Knows(page.seat) {
			p.openAgain(page)
		}
	}
}

// openAgain ends a page, which opens again where its link leads now.
func (p *live) openAgain(page *Page) {
	p.close(page)
	close(page.updates)
}

// mayGoOn reports whether a player that a dead link refused may be led on by it.
func (m *moving) mayGoOn(refused *party.Error) bool {
	if m.entry.code == "" || m.refused || !m.s.h.mayLead(m.in.link) {
		return false
	}
	return refused.Code == party.Expired || refused.Code == party.UsedUp || refused.Code == party.Ended
}

// goOn takes a player that a dead link refused to where the link's maker is, if
// it has a seat there or wants to, and else tells it how to get there.
func (m *moving) goOn(refused *party.Error) {
	h := m.s.h
	m.refused = true
	h.lookUp(string(m.s.game), func(ctx context.Context) {
		of := h.looker(m.in.link, "player "+string(m.s.player))
		of.Player = m.s.player
		to, v, err := h.lookOnward(ctx, m.in.link, of)
		switch {
		case err != nil || to.led.Maker == "":
			m.stay(nil, refused)
		case v.Problem == "", v.Onward == party.OnwardJoin && m.entry.onward:
			m.in.link = to
			m.x.post(m.leaveCompany)
		default:
			refused.Next = v.Onward
			m.stay(nil, refused)
		}
	})
}

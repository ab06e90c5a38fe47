package host

import (
	"partykit/internal/auth"
	"partykit/party"
)

type playerKey struct {
	game   party.GameID
	player party.PlayerID
}

// whereabouts is the party a player was last seen to move into.
type whereabouts struct {
	party party.ID
	move  uint64
}

// whereIs returns the party a player is in, as far as this host knows.
func (h *Host) whereIs(g party.GameID, p party.PlayerID) (whereabouts, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	w, ok := h.where[g][p]
	return w, ok
}

// moved notes a membership; the highest move wins.
func (h *Host) moved(g party.GameID, p party.PlayerID, w whereabouts) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if old, ok := h.where[g][p]; !ok || w.move >= old.move {
		if ok && w.party != old.party {
			h.noticed.went(old.party)
		}
		h.put(g, p, w)
	}
}

// forget drops a player's whereabouts if they still name that party.
func (h *Host) forget(g party.GameID, p party.PlayerID, id party.ID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.where[g][p].party != id {
		return
	}
	if delete(h.where[g], p); len(h.where[g]) == 0 {
		delete(h.where, g)
	}
}

// put notes where a player is. The lock is held.
func (h *Host) put(g party.GameID, p party.PlayerID, w whereabouts) {
	players := h.where[g]
	if players == nil {
		players = map[party.PlayerID]whereabouts{}
		h.where[g] = players
	}
	players[p] = w
}

// nextMove numbers a player's move: the clock, or one more than its last, so that
// it rises also where clocks differ. The lock is held.
func (h *Host) nextMove(g party.GameID, p party.PlayerID, last uint64) uint64 {
	return max(uint64(now()), h.where[g][p].move+1, last+1)
}

// found founds a party of one for the session on its loop, which then owns the
// session, and calls fn there. A player that is in another party by now is left
// there: found returns that party, and fn is not called.
func (s *session) found(fn func(*live)) (elsewhere party.ID, err error) {
	h := s.h
	g, err := h.active(s.game)
	if err != nil {
		return "", err
	}
	// The lock is held until the party's task stands in its loop: whoever finds
	// the player there also finds the party.
	h.mu.Lock()
	defer h.mu.Unlock()
	if at, ok := h.where[s.game][s.player]; ok {
		return at.party, nil
	}
	m := party.Member{Player: s.player, Name: s.name, Face: s.face, Session: s.id, Move: h.nextMove(s.game, s.player, 0)}
	state := party.Solo(party.ID(auth.ID("p")), s.game, h.partySize(g), m, s.hash.String(), s.own, now())
	h.put(s.game, s.player, whereabouts{state.ID, m.Move})
	r := ref(state.Game, state.ID)
	l := h.loopOf(r)
	s.owner.Store(l)
	l.Post(r.Game, func() {
		p := h.newLive(r, l)
		p.state = state
		fn(p)
	})
	return "", nil
}

package host

import (
	"context"
	"errors"
	"time"

	"partykit/internal/auth"
	"partykit/internal/engine"
	"partykit/internal/game"
	"partykit/party"
	"partykit/protocol"
)

// identity returns whom a game's own token names.
func (h *Host) identity(ctx context.Context, g game.Game, token string) (auth.Identity, error) {
	if auth.Named(token) {
		who, err := h.o.Keys.VerifyNamed(g.ID, token, time.Now())
		return who, unproven(err)
	}
	if !g.Identity.On() {
		return auth.Identity{}, party.Errorf(party.Unauthorized, "This game does not name its players here. Set it up with: partykit game identity %s", g.ID)
	}
	trust := auth.Trust{Game: g.ID, Issuer: g.Identity.Issuer, JWKS: g.Identity.JWKS}
	if g.Identity.Secret != "" {
		secret, err := h.o.Keys.Open(game.IdentityPurpose(g.ID), g.Identity.Secret)
		if err != nil {
			h.log.Error("a game's secret cannot be opened", "game", g.ID, "err", err)
			return auth.Identity{}, &party.Error{Code: party.Internal}
		}
		trust.Secret = secret
	}
	who, err := h.o.Identities.Verify(ctx, trust, token, time.Now())
	if errors.Is(err, auth.ErrKeysUnavailable) {
		h.log.Warn("a game's keys cannot be had", "game", g.ID, "err", err)
		return who, &party.Error{Code: party.Unavailable, Detail: "The game's keys cannot be fetched now. Try again in a moment."}
	}
	return who, unproven(err)
}

// unproven tells why a token does not name anybody.
func unproven(err error) error {
	if refused, ok := errors.AsType[*auth.IdentityError](err); ok {
		return &party.Error{Code: party.Unauthorized, Detail: "The game's token for this player is not valid here. " + refused.Why}
	}
	return err
}

// gamesName is a player's name as its game writes it, or "" where that is no
// name, or one that the game does not want.
func (s *session) gamesName(who auth.Identity) string {
	name, err := s.h.chosen(s.game, who.Name)
	if err != nil {
		return ""
	}
	return name
}

// identify makes a new session that of the player its hello names. Who also
// shows the key of a guest becomes that player in the guest's place.
func (w *welcoming) identify(ctx context.Context, c Caller) error {
	s := w.s
	g, err := s.h.active(c.Game)
	if err != nil {
		return err
	}
	who, err := s.h.identity(ctx, g, c.Hello.Identity)
	if err != nil {
		return err
	}
	if c.Hello.Key != "" {
		guest, err := auth.GuestID(g.ID, c.Hello.Key)
		if err != nil {
			return errKey
		}
		w.guest = party.PlayerID(guest)
	}
	s.player, s.known = party.PlayerID(who.ID), true
	if s.name = s.gamesName(who); s.name != "" {
		return nil
	}
	if s.name, err = s.h.chosen(s.game, c.Hello.Name); err != nil {
		s.name, s.fresh = s.h.friendly(s.game, who.ID), true
	}
	return nil
}

// upgrade makes the guest whose key the hello showed the player it names, in
// the party where the guest is, and goes on as if it had always been it.
func (w *welcoming) upgrade(p *live) {
	s := w.s
	if old := p.sessions[w.guest]; old != nil && !w.takesOver(old) {
		return
	}
	cmd := party.Identify{Player: w.guest, As: s.player, Move: s.h.move(s.game, s.player)}
	if !s.fresh {
		cmd.Name = s.name
	}
	p.submit(&job{cmd: cmd, done: func(o outcome) {
		if o.err != nil && o.err.Code == party.Unavailable {
			w.fail(o.err)
			return
		}
		w.guest = ""
		s.h.back(w)
	}})
}

// move numbers a move of a player from wherever it is.
func (h *Host) move(g party.GameID, p party.PlayerID) uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.nextMove(g, p, 0)
}

// naming is a live session on its way from a guest to the player its game
// names.
type naming struct {
	s    *session
	p    *live // the party it is in
	c    protocol.Command
	who  auth.Identity
	as   party.PlayerID
	from *whereabouts // the party that player is in, if another
	left party.ID     // the same, where it has a log
}

// become is the command identify. The session is paused until it is answered.
func (s *session) become(c protocol.Command) {
	p := s.party
	g, err := s.h.active(s.game)
	if err != nil {
		s.fail(c.ID, err, nil)
		return
	}
	s.inTurn(c.ID, func() {
		if s.atDoor != nil { // its place there is the guest's
			s.fail(c.ID, party.Errorf(party.NotAllowed, "This guest waits at another party's door, where nobody else may take its place. Join or leave there first."), nil)
			s.rest()
			return
		}
		p.pins++
		s.h.lookUp(string(s.game), func(ctx context.Context) {
			who, err := s.h.identity(ctx, g, c.Token)
			p.post(func() {
				n := &naming{s: s, p: p, c: c, who: who, as: party.PlayerID(who.ID)}
				n.named(err)
			})
		})
	})
}

// end answers the command. It runs on the party's loop.
func (n *naming) end(err error, ask *protocol.Ask) {
	n.p.pins--
	if err != nil {
		n.s.fail(n.c.ID, err, ask)
	} else {
		n.s.answer(protocol.OK{T: protocol.TOK, ID: n.c.ID, Seq: n.p.last, You: new(n.s.you())})
	}
	n.s.rest()
	n.p.schedule()
}

// named goes on when it is clear whom the token names.
func (n *naming) named(err error) {
	s := n.s
	switch {
	case err != nil:
		n.end(err, nil)
	case s.expelled() != "":
		n.end(&party.Error{Code: party.Unavailable}, nil)
	case n.as == s.player:
		n.end(nil, nil)
	case s.known:
		n.end(&party.Error{Code: party.NotAllowed, Detail: "This connection is another player of the game already. Begin a new one for this player."}, nil)
	default:
		n.leaveCompany()
	}
}

// leaveCompany asks a player that is among others elsewhere before it leaves
// them.
func (n *naming) leaveCompany() {
	h, p := n.s.h, n.p
	at, known := h.whereIs(n.s.game, n.as)
	if !known || at.party == p.state.ID {
		n.join()
		return
	}
	ask := &protocol.Ask{Game: p.state.Game, Size: p.state.Taken()}
	if leader := p.state.Member(p.state.Leader); leader != nil {
		ask.From = leader.Name
	}
	h.with(ref(n.s.game, at.party), func(y *live, err error) {
		if err == nil && y.state.Member(n.as) != nil {
			n.from = &at
			if y.logged {
				n.left = y.state.ID
			}
		}
		company := n.from != nil && len(y.state.Members) > 1
		p.post(func() {
			switch {
			case err != nil && failure(err).Code != party.NotFound:
				n.end(err, nil)
			case company && !n.c.Confirm:
				n.end(&party.Error{Code: party.ConfirmRequired}, ask)
			default:
				n.join()
			}
		})
	})
}

// join gives the guest's place to the player: one append, which also is the
// player's move where it was elsewhere.
func (n *naming) join() {
	s, p := n.s, n.p
	move := s.h.move(s.game, n.as)
	cmd := party.Identify{
		Player: s.player, As: n.as, Name: s.gamesName(n.who), Move: move, From: n.left, Session: s.id, Hash: s.hash.String(),
	}
	p.submit(&job{cmd: cmd, id: &party.CommandID{Session: s.id, Counter: n.c.ID}, done: func(o outcome) {
		if o.err != nil {
			n.end(o.err, nil)
			return
		}
		if n.from != nil {
			s.h.fence(ref(s.game, n.from.party), n.as, move)
		}
		n.settle(move)
	}})
}

// settle takes the session to the player it now is. Where that player was in
// the party already, under another number, the client gets the party anew.
func (n *naming) settle(move uint64) {
	s, p := n.s, n.p
	m := p.state.Member(n.as)
	if m == nil {
		n.end(&party.Error{Code: party.NotFound, Detail: "The player left meanwhile."}, nil)
		return
	}
	s.known, s.fresh, s.name = true, false, m.Name
	if s.player != n.as {
		s.player = n.as
		p.h.moved(s.game, n.as, whereabouts{p.state.ID, move})
		p.adopt(s)
		s.tellParty(party.ReasonJoined)
	}
	n.end(nil, nil)
}

// fence ends the connection a player has in a party that it moved away from,
// because a newer one speaks for it, and takes the player out.
func (h *Host) fence(from engine.Ref, player party.PlayerID, move uint64) {
	h.with(from, func(y *live, err error) {
		if err == nil {
			if old := y.sessions[player]; old != nil {
				old.close(protocol.Replaced)
			}
		}
		h.leaveBehind(from, movedAway(player, move))
	})
}

// reasonIdentified is why a party is told anew: a member has another id.
const reasonIdentified party.Reason = "identified"

func identifies(e party.Event) bool {
	_, ok := e.(party.Identified)
	return ok
}

// retell gives every member the whole party once more. An id stands in many
// places, and changes so rarely that no SDK need know them all. Who is being
// welcomed gets it behind what it missed.
func (p *live) retell() {
	for _, s := range p.sessions {
		if s.hello != nil {
			s.hello.retell = true
			continue
		}
		s.tellParty(reasonIdentified)
	}
}

// identified puts the new id where this host knew the player by the former. A
// session that the guest had elsewhere is over.
func (p *live) identified(e party.Identified) {
	rename(p.absent, e)
	rename(p.reports, e)
	rename(p.hidden, e)
	rename(p.remote.members, e)
	p.h.forget(p.state.Game, e.Player, p.state.ID)
	p.h.moved(p.state.Game, e.As, whereabouts{p.state.ID, e.Move})
	if s := p.sessions[e.Player]; s != nil {
		delete(p.sessions, e.Player)
		p.near = nil
		if s.id == e.Session {
			s.player = e.As
			p.sessions[e.As] = s
		} else {
			s.close(protocol.Replaced)
		}
	}
	if m := p.state.Member(e.As); m != nil && p.elsewhere(m) { // it came back elsewhere meanwhile
		w, _ := p.h.whereIs(p.state.Game, e.As)
		p.h.leaveBehind(p.ref, movedAway(e.As, w.move))
	}
}

func rename[V any](m map[party.PlayerID]V, e party.Identified) {
	if v, ok := m[e.Player]; ok {
		delete(m, e.Player)
		m[e.As] = v
	}
}

// playerToken is the command token: by it the game's own servers know the
// player.
func (s *session) playerToken(c protocol.Command) {
	you := s.you()
	token, until := s.h.o.Keys.PlayerToken(s.h.o.PublicURL, string(s.game), string(s.player), you.Name, time.Now())
	s.answer(protocol.OK{T: protocol.TOK, ID: c.ID, Seq: s.party.last, Token: token, Until: party.At(until)})
}

package host

import (
	"context"
	"hash/fnv"
	"net/netip"
	"regexp"
	"time"

	"partykit/internal/auth"
	"partykit/internal/game"
	"partykit/internal/names"
	"partykit/party"
	"partykit/protocol"
)

// Caller is who says hello.
type Caller struct {
	Game    game.Game // that the address named; Origin was checked against it
	Hello   protocol.Hello
	Address netip.Addr
	Origin  string // "" for a native client
	Conn    Conn
}

// Hello takes a player in: resumed, back in its party, by its ticket in
// another's, or in a party of one. It sends the welcome. A refusal is a
// *party.Error and has sent nothing.
func (h *Host) Hello(ctx context.Context, c Caller) (*Session, error) {
	if h.isClosing() {
		return nil, &party.Error{Code: party.Unavailable}
	}
	s, err := h.newSession(c)
	if err != nil {
		return nil, err
	}
	w := &welcoming{s: s, c: c, done: make(chan error, 1)}
	h.back(w)
	select {
	case err = <-w.done:
	case <-ctx.Done():
		err = &party.Error{Code: party.Unavailable}
		w.s.push(input{conn: c.Conn, gone: true})
	}
	if err != nil {
		return nil, err
	}
	return &Session{w.s, c.Conn}, nil
}

// newSession checks who it is.
func (h *Host) newSession(c Caller) (*session, error) {
	if _, err := h.active(party.GameID(c.Game.ID)); err != nil {
		return nil, err
	}
	id, err := auth.GuestID(c.Game.ID, c.Hello.Key)
	if err != nil {
		return nil, party.Errorf(party.BadRequest, "hello needs the guest's key: 32 hexadecimal digits, made by the client and kept with the guest.")
	}
	s := &session{
		h: h, game: party.GameID(c.Game.ID), player: party.PlayerID(id), home: c.Address, web: c.Origin != "",
		conn: c.Conn, limits: newLimits(), moving: true,
	}
	if err := s.restate(c.Hello.Own); err != nil {
		return nil, err
	}
	guest, err := h.o.Keys.Verify(c.Game.ID, c.Hello.Token, time.Now())
	switch {
	case err == nil && guest.ID == id:
		s.name = guest.Name
	case c.Hello.Name != "":
		if s.name, err = names.Clean(c.Hello.Name); err != nil {
			return nil, &party.Error{Code: party.BadName}
		}
	default:
		s.fresh = true
		s.name = names.Friendly(id)
	}
	if _, known := h.whereIs(s.game, s.player); err != nil && !known && h.o.NewGuest != nil {
		if ok, retry := h.o.NewGuest(c.Address); !ok {
			return nil, &party.Error{Code: party.RateLimited, RetryAfter: retry, Detail: "Too many new players from one address. Try again in a moment."}
		}
	}
	s.face = Face(s.name)
	s.id = party.SessionID(auth.ID("s"))
	s.secret = auth.Secret()
	s.hash = auth.Hash(s.secret)
	return s, nil
}

// Face seeds the drawn face of a name. It depends on the name alone, so that a
// guest keeps the face its invite page promised it.
func Face(name string) uint32 {
	f := fnv.New32a()
	f.Write([]byte(names.Key(name)))
	return f.Sum32()
}

// restate takes what the client says it has set (law 5).
func (s *session) restate(own protocol.Own) error {
	if own.Data != nil {
		d, err := own.Data.Clean()
		if err != nil {
			return err
		}
		s.own.Data = d
	}
	if own.Landing != nil {
		f, err := party.CleanFields(own.Landing)
		if err != nil {
			return err
		}
		s.own.Landing = f
	}
	return nil
}

// welcoming is a hello on its way to its answer.
type welcoming struct {
	s       *session
	c       Caller
	lost    bool // the client named a party it is not in any more
	resumed bool
	gap     bool
	ask     *protocol.Ask
	done    chan error
}

var idShape = regexp.MustCompile(`^[a-z0-9]{1,64}$`)

// back looks for the party the player is in: where this host last saw it, or
// where the client says it was, if that party knows the player.
func (h *Host) back(w *welcoming) {
	s := w.s
	id := w.c.Hello.Party
	if at, ok := h.whereIs(s.game, s.player); ok {
		id = at.party
	}
	if !idShape.MatchString(string(id)) {
		w.alone()
		return
	}
	r := ref(s.game, id)
	s.owner.Store(h.loopOf(r))
	h.with(r, func(p *live, err error) {
		switch {
		case err != nil && failure(err).Code == party.Unavailable:
			w.done <- failure(err)
		case err != nil || p.state.Member(s.player) == nil:
			w.lost = w.c.Hello.Party != ""
			w.alone()
		default:
			w.attach(p)
		}
	})
}

// alone founds a party of one.
func (w *welcoming) alone() {
	s := w.s
	state, err := s.solo()
	if err != nil {
		w.done <- err
		return
	}
	s.owner.Store(s.h.loopOf(ref(state.Game, state.ID)))
	s.h.found(state, func(p *live) {
		p.adopt(s)
		w.arrive()
	})
}

// solo returns the session's party of one.
func (s *session) solo() (*party.State, error) {
	g, err := s.h.active(s.game)
	if err != nil {
		return nil, err
	}
	m := party.Member{
		Player: s.player, Name: s.name, Face: s.face, Session: s.id,
		Move: s.h.nextMove(s.game, s.player, 0),
	}
	return party.Solo(party.ID(auth.ID("p")), s.game, s.h.partySize(g), m, s.hash, s.own, now()), nil
}

// attach gives a member's new connection its session: the one it resumes, or a
// new one.
func (w *welcoming) attach(p *live) {
	s := w.s
	prev := ""
	old := p.sessions[s.player]
	if r := w.c.Hello.Resume; r != nil {
		hash := auth.Hash(r.Token)
		if st := p.state.Session(r.Session); st != nil && st.Player == s.player && st.Gone == 0 &&
			(hash == st.Hash || hash == st.Prev && (old == nil || old.id != st.ID || !old.used)) {
			w.resumed, prev, s.id = true, hash, st.ID
		}
	}
	p.submit(&job{cmd: party.Resume{Player: s.player, Session: s.id, Hash: s.hash, Prev: prev}, done: func(o outcome) {
		if o.err != nil {
			w.lost = true
			w.alone()
			return
		}
		if old := p.sessions[s.player]; old != nil {
			s.inherit(old, w.resumed)
		}
		if m := p.state.Member(s.player); m != nil && s.fresh {
			s.name, s.face, s.fresh = m.Name, m.Face, false
		}
		p.adopt(s)
		w.restated(p)
		w.arrive()
	}})
}

// inherit takes over what the session's former connection left in memory.
func (s *session) inherit(old *session, same bool) {
	if s.own.Data == nil {
		s.own.Data = old.own.Data
	}
	if s.own.Landing == nil {
		s.own.Landing = old.own.Landing
	}
	if s.fresh {
		s.name, s.face, s.fresh = old.name, old.face, false
	}
	if same {
		s.high, s.answers = old.high, old.answers
	}
}

// restated lets what the client restated take effect if it leads: it was set
// when no answer could come.
func (w *welcoming) restated(p *live) {
	s := w.s
	if p.state.Leader != s.player {
		return
	}
	if d := w.c.Hello.Own.Data; d != nil && p.state.Data == nil {
		p.submit(&job{cmd: party.SetData{Player: s.player, Data: s.own.Data}})
	}
	if f := w.c.Hello.Own.Landing; f != nil && p.state.Landing == nil {
		p.submit(&job{cmd: party.SetLanding{Player: s.player, Fields: s.own.Landing}})
	}
}

// arrive redeems the ticket, if there is one, then welcomes the player. It
// runs on the loop of the session's party.
func (w *welcoming) arrive() {
	s := w.s
	if w.c.Hello.Ticket == "" || w.resumed {
		w.welcome()
		return
	}
	s.enter(entry{ticket: w.c.Hello.Ticket}, func(ask *protocol.Ask, err *party.Error) {
		w.ask = ask
		if err != nil && ask == nil {
			w.ask = &protocol.Ask{Error: new(s.h.Failure(err))}
		}
		w.welcome()
	})
}

// welcome answers the hello: with what was missed where that is wanted and
// held, else with a snapshot.
func (w *welcoming) welcome() {
	r := w.c.Hello.Resume
	if w.resumed && r.Seq > 0 {
		if r.Epoch == w.s.h.o.Epoch && r.Seq <= w.s.party.last {
			w.replay(r.Seq)
			return
		}
		w.gap = true
	}
	w.snapshot()
}

func (w *welcoming) snapshot() {
	s, p, h := w.s, w.s.party, w.s.h
	s.tell(protocol.Welcome{
		T: protocol.TWelcome, V: protocol.Version, Server: h.o.Version, Epoch: h.o.Epoch,
		You: s.you(), Token: s.token(), Session: s.id, Resume: s.secret, Seq: p.last,
		Lost: w.lost, Gap: w.gap, Party: p.view(), Invite: w.ask,
	})
	w.done <- nil
	s.rest()
}

func (s *session) token() string {
	return s.h.o.Keys.Issue(string(s.game), string(s.player), s.name, time.Now())
}

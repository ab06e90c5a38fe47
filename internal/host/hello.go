package host

import (
	"context"
	"net/netip"
	"time"

	"partykit/internal/auth"
	"partykit/internal/face"
	"partykit/internal/names"
	"partykit/party"
	"partykit/protocol"
)

// Caller is who says hello.
type Caller struct {
	Game    party.GameID // that the address named; Origin was checked against it
	Hello   protocol.Hello
	Address netip.Addr
	Origin  string // "" for a native client
	Spare   bool   // there is room only for who comes back to a live session
	Conn    Conn
}

// Hello takes a player in: resumed, back in its party, by its ticket in
// another's, or in a party of one. It sends the welcome. A refusal is a
// *party.Error and has sent nothing.
func (h *Host) Hello(ctx context.Context, c Caller) (*Session, error) {
	if h.closing.Load() {
		return nil, &party.Error{Code: party.Unavailable}
	}
	w := &welcoming{c: c, done: make(chan welcomed, 1)}
	if err := w.begin(ctx, h); err != nil {
		return nil, err
	}
	h.back(w)
	select {
	case x := <-w.done:
		if x.err != nil {
			return nil, x.err
		}
		return &Session{s: x.s, conn: c.Conn}, nil
	case <-ctx.Done():
	case <-h.ctx.Done():
	}
	if !w.settled.CompareAndSwap(false, true) { // it has just been welcomed
		if x := <-w.done; x.s != nil {
			x.s.push(input{conn: c.Conn, gone: true})
		}
	}
	return nil, &party.Error{Code: party.Unavailable}
}

// begin checks who it is, and begins the session.
func (w *welcoming) begin(ctx context.Context, h *Host) error {
	c := w.c
	if _, err := h.active(c.Game); err != nil {
		return err
	}
	s := &session{
		h: h, game: c.Game, web: c.Origin != "",
		conn: c.Conn, pause: new(pause), has: c.Hello.Has, from: c.Address,
	}
	w.takes(s)
	if err := s.restate(c.Hello.Own); err != nil {
		return err
	}
	who := s.beGuest
	if c.Hello.Identity != "" {
		who = w.identify
	}
	if err := who(ctx, c); err != nil {
		return err
	}
	s.face = Face(s.name)
	s.id = party.SessionID(auth.ID("s"))
	w.secret = auth.Secret()
	s.hash = auth.DigestOf(w.secret)
	return nil
}

var errKey = party.Errorf(party.BadRequest, "hello needs the guest's key: 32 hexadecimal digits, made by the client and kept with the guest.")

// beGuest makes a new session that of the guest whose key its hello shows.
func (s *session) beGuest(_ context.Context, c Caller) error {
	h := s.h
	id, err := auth.GuestID(string(c.Game), c.Hello.Key)
	if err != nil {
		return errKey
	}
	s.player = party.PlayerID(id)
	guest, err := h.o.Keys.Verify(string(c.Game), c.Hello.Token, time.Now())
	known := err == nil && guest.ID == id
	switch {
	case known:
		if s.name = guest.Name; h.nameFilter(s.game).Refuses(s.name) { // it is older than the filter
			s.name = h.friendly(s.game, id)
		}
	case c.Hello.Name != "":
		if s.name, err = h.chosen(s.game, c.Hello.Name); err != nil {
			return err
		}
	default:
		s.fresh = true
		s.name = h.friendly(s.game, id)
	}
	if _, here := h.whereIs(s.game, s.player); !known && !here && h.o.NewGuest != nil {
		if ok, retry := h.o.NewGuest(string(c.Game), c.Address); !ok {
			return &party.Error{Code: party.RateLimited, RetryAfter: retry, Detail: "Too many new players from one address. Try again in a moment."}
		}
	}
	return nil
}

// Face seeds the drawn face of a name. It depends on the name alone, so that a
// guest keeps the face its invite page promised it, and FriendlyLion is a cat.
func Face(name string) uint32 { return face.Of(names.Key(name), names.Animal(name)) }

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

// token is the guest token. A player that its game names needs none.
func (s *session) token() string {
	if s.known {
		return ""
	}
	return s.h.o.Keys.Issue(string(s.game), string(s.player), s.name, time.Now())
}

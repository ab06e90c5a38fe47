package host

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"sync"

	"partykit/internal/auth"
	"partykit/internal/engine"
	"partykit/party"
)

// ticket is what the engine holds under a seat: the newest ticket of a browser
// that pressed Start, and the guest that redeemed it.
type ticket struct {
	link
	Hash    string         `json:"hash"`
	Browser string         `json:"browser"` // opaque mark
	Player  party.PlayerID `json:"player,omitempty"`
	Left    *departure     `json:"left,omitempty"` // of one that travels
}

// keepTicket is how long a ticket is held at most: a page open for as long as
// may be, and then a seat.
const keepTicket = 2 * party.MaxSeatOpen

var errOldStart = party.Errorf(party.TicketSpent, "This start is too old. Open the invite link again and press Start.")

// ticket looks a ticket up. The same guest may repeat it; for anybody else it
// is spent by the first redemption, and by a newer ticket of the same seat.
func (s *session) ticket(ctx context.Context, text string) (entrance, error) {
	id, hash, ok := auth.ParseTicket(text)
	if !ok {
		return entrance{}, &party.Error{Code: party.NotFound, Detail: "That is not a ticket. Open the invite link again and press Start."}
	}
	seat := party.SeatID(id)
	t, ok := s.h.tickets.get(seat)
	if !ok || t.refuse(s, hash) != nil { // what is remembered refuses nobody
		var err error
		if t.ticket, t.revision, err = s.h.ticketOf(ctx, s.game, seat); err != nil {
			return entrance{}, oldStart(err)
		}
		if err := t.refuse(s, hash); err != nil {
			return entrance{}, err
		}
	}
	return entrance{s.h.leads(ctx, t.link, seat), seat, t.Browser, t.Left, func(x *live, done func(error)) { s.bind(x, seat, t, done) }}, nil
}

// refuse says why a ticket is not the session's to redeem, if it is not.
func (t ticket) refuse(s *session, hash string) error {
	switch {
	case t.Game != s.game:
		return &party.Error{Code: party.NotFound}
	case !s.web:
		return party.Errorf(party.OriginNotAllowed, "This ticket was made for a game on the web; it is redeemed only from there.")
	case subtle.ConstantTimeCompare([]byte(t.Hash), []byte(hash)) != 1 || t.Player != "" && t.Player != s.player:
		return &party.Error{Code: party.TicketSpent}
	}
	return nil
}

// bind spends a ticket, if it is still as it was looked up, and calls done on any
// goroutine. Of several who do so at once, on whichever hosts, one is first. x is
// the session's party.
func (s *session) bind(x *live, seat party.SeatID, t given, done func(error)) {
	if t.Player == s.player {
		done(nil)
		return
	}
	t.Player = s.player
	record, err := json.Marshal(t.ticket)
	if err != nil {
		done(err)
		return
	}
	s.h.o.Node.Store(string(s.game), engine.Tickets, string(seat), record, t.revision, keepTicket, func(_ uint64, err error) {
		s.h.tickets.forget(seat)
		if !errors.Is(err, engine.ErrConflict) {
			done(err)
			return
		}
		x.post(func() {
			s.h.lookUp(string(s.game), func(ctx context.Context) { done(s.bound(ctx, seat, t.Hash)) })
		})
	})
}

// bound says why a ticket that was bound meanwhile is not the session's, if it is
// not: the same guest may have come elsewhere.
func (s *session) bound(ctx context.Context, seat party.SeatID, hash string) error {
	stored, _, err := s.h.ticketOf(ctx, s.game, seat)
	switch {
	case err != nil:
		return oldStart(err)
	case stored.Hash != hash || stored.Player != s.player:
		return &party.Error{Code: party.TicketSpent}
	}
	return nil
}

// oldStart says of a ticket that is not stored any more that it is too old.
func oldStart(err error) error {
	if errors.Is(err, engine.ErrNotFound) {
		return errOldStart
	}
	return failure(err)
}

func (h *Host) ticketOf(ctx context.Context, g party.GameID, seat party.SeatID) (t ticket, revision uint64, err error) {
	b, revision, err := h.o.Node.Get(ctx, string(g), engine.Tickets, string(seat))
	if err != nil {
		return t, 0, err
	}
	return t, revision, json.Unmarshal(b, &t)
}

func (h *Host) putTicket(ctx context.Context, seat party.SeatID, t ticket, expect uint64) (revision uint64, err error) {
	b, err := json.Marshal(t)
	if err != nil {
		return 0, err
	}
	return h.o.Node.Put(ctx, string(t.Game), engine.Tickets, string(seat), b, expect, keepTicket)
}

// replaceTicket stores a ticket in the place of the seat's older one.
func (h *Host) replaceTicket(ctx context.Context, seat party.SeatID, t ticket) error {
	expect := uint64(0) // most seats have none yet
	for {
		revision, err := h.putTicket(ctx, seat, t, expect)
		if err == nil {
			h.tickets.put(seat, given{t, revision})
		}
		if !errors.Is(err, engine.ErrConflict) {
			return err
		}
		var old ticket
		old, expect, err = h.ticketOf(ctx, t.Game, seat)
		if err != nil && !errors.Is(err, engine.ErrNotFound) {
			return failure(err)
		}
		if err == nil && old.Hash == t.Hash {
			return nil // the command is repeated
		}
	}
}

// knownTickets is how many tickets a host remembers at most, some 600 bytes each.
const knownTickets = 8192

// tickets are those that this host has given out lately and that nobody redeemed
// here. They save a read and prove nothing: who redeems one binds what is stored,
// at the revision that is remembered.
type tickets struct {
	mu     sync.Mutex
	bySeat map[party.SeatID]given
}

// given is a ticket as it is stored.
type given struct {
	ticket
	revision uint64
}

func (k *tickets) get(seat party.SeatID) (given, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	g, ok := k.bySeat[seat]
	return g, ok
}

// put remembers the newest ticket of a seat, in the place of any other's when
// there are too many.
func (k *tickets) put(seat party.SeatID, g given) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if g.revision < k.bySeat[seat].revision {
		return
	}
	remember(k.bySeat, knownTickets, seat, g)
}

func (k *tickets) forget(seat party.SeatID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.bySeat, seat)
}

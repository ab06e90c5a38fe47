package host

import (
	"cmp"
	"context"
	"time"

	"partykit/internal/auth"
	"partykit/internal/game"
	"partykit/party"
)

// Wish is a link that a game's backend asks for.
type Wish struct {
	Expires time.Duration // 0: as the game is set
	MaxUses int
	Message string
	Options party.InviteOptions
	As      int  // the number of the member whose link it is; 0: the game's
	Spoken  bool // with a spoken code
	// Replaces is the live link that ends by this one; "": none.
	Replaces party.InviteID
}

// Made is a link that was made. Its codes are told here and nowhere else.
type Made struct {
	Invite party.InviteView
	Code   string
	URL    string
	Spoken string // "" unless wished for
}

// Founding is a party that a game's backend asks for.
type Founding struct {
	Size    int // 0: as the game is set
	Data    party.Data
	Landing []party.Field
	Invite  Wish
}

// MakeInvite makes a link into a party, in the name of the game or of a member.
// The same seed gives the same link, however often it is asked for; "" is never the same.
func (h *Host) MakeInvite(ctx context.Context, g party.GameID, id party.ID, seed string, wish Wish) (Made, error) {
	known, err := h.active(g)
	if err != nil {
		return Made{}, err
	}
	m := h.wish(known, id, seed, wish)
	type plan struct {
		link    link
		approve bool
	}
	made, err := visitParty(ctx, h, g, id, func(p *live, done func(plan, error)) {
		l, err := foresee(p.state, m.cmd, p.known()) // what is refused stores nothing
		done(plan{l, p.state.Approve}, err)
	})
	if err == nil {
		err = h.storeFirst(ctx, m, made.link, made.approve)
	}
	if err != nil {
		return Made{}, err
	}
	return visitParty(ctx, h, g, id, func(p *live, done func(Made, error)) { p.make(m, done) })
}

// Found makes a party that nobody is in yet, with a link: who comes first leads
// it. The same seed gives the same party; "" is never the same.
func (h *Host) Found(ctx context.Context, g party.GameID, seed string, f Founding) (party.Snapshot, Made, error) {
	known, err := h.active(g)
	if err != nil {
		return party.Snapshot{}, Made{}, err
	}
	id := party.ID(auth.ID("p"))
	if seed != "" {
		id = party.ID(h.o.Keys.Derived("p", string(g), seed))
	}
	m := h.wish(known, id, seed, f.Invite)
	begin, err := h.founding(known, id, f)
	var l link
	if err == nil {
		l, err = foresee(begin(), m.cmd, party.Known{})
	}
	if err == nil {
		err = h.storeFirst(ctx, m, l, false)
	}
	if err != nil {
		return party.Snapshot{}, Made{}, failure(err)
	}
	type founded struct {
		party party.Snapshot
		made  Made
	}
	v, err := await(ctx, h, func(done func(founded, error)) {
		h.rest(ref(g, id), begin, func(p *live, err error) {
			if err != nil {
				done(founded{}, err)
				return
			}
			p.make(m, func(made Made, err error) {
				if err != nil {
					done(founded{}, err)
					if !p.logged && p.inflight == nil && len(p.state.Members) == 0 && !p.unloaded {
						p.unload() // as if it had never been
					}
					return
				}
				done(founded{p.snapshot(), made}, nil)
			})
		})
	})
	return v.party, v.made, err
}

// founding checks what a party begins with.
func (h *Host) founding(g game.Game, id party.ID, f Founding) (func() *party.State, error) {
	size := h.partySize(g)
	if f.Size < 0 || f.Size > size {
		return nil, party.Errorf(party.BadRequest, "A party has 1 to %d places.", size)
	}
	var own party.Own
	var err error
	if f.Data != nil {
		if own.Data, err = f.Data.Clean(); err != nil {
			return nil, err
		}
	}
	if f.Landing != nil {
		if own.Landing, err = party.CleanFields(f.Landing); err != nil {
			return nil, err
		}
	}
	return func() *party.State {
		return party.Rest(id, party.GameID(g.ID), cmp.Or(f.Size, size), own, now())
	}, nil
}

// wish is the link that is wished for.
func (h *Host) wish(g game.Game, id party.ID, seed string, w Wish) *making {
	if seed == "" {
		seed = auth.ID("")
	}
	return h.making("backend "+g.ID+" "+string(id)+" "+seed, 0, party.MakeInvite{ // no session's id has spaces
		Player: party.Backend, As: party.Person{Name: g.Name, Face: Face(g.Name)},
		For: w.As, Replaces: w.Replaces, Expires: cmp.Or(w.Expires, g.Settings.OrDefault().InviteExpiry),
		MaxUses: w.MaxUses, Message: w.Message, Options: w.Options,
	}, w.Spoken)
}

// storeFirst writes where the codes of a link lead before its event: where that
// fails nothing of it is there, and who asks again with the same seed makes it.
func (h *Host) storeFirst(ctx context.Context, m *making, l link, approve bool) error {
	ctx, cancel := context.WithTimeout(ctx, lookup)
	defer cancel()
	if err := h.store(ctx, m, l, approve); err != nil {
		return failure(err)
	}
	return nil
}

// make makes a link whose record is stored.
func (p *live) make(m *making, done func(Made, error)) {
	p.submit(&job{cmd: m.cmd, done: func(o outcome) {
		if o.err != nil {
			done(Made{}, o.err)
			return
		}
		i := p.state.Invite(m.cmd.ID)
		if i == nil {
			done(Made{}, &party.Error{Code: party.NotFound})
			return
		}
		done(Made{i.View(), m.code, p.h.url(m.code), m.spoken}, nil)
	}})
}

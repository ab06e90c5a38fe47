package host

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"time"

	"partykit/internal/auth"
	"partykit/internal/engine"
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
	w := h.wish(known, id, seed, wish)
	approve, err := visitParty(ctx, h, g, id, func(p *live, done func(bool, error)) {
		_, err := party.Decide(p.state, w.cmd, now(), p.known())
		done(p.state.Approve, err) // what is refused stores nothing
	})
	if err == nil {
		err = h.store(ctx, &w, approve)
	}
	if err != nil {
		return Made{}, err
	}
	return visitParty(ctx, h, g, id, func(p *live, done func(Made, error)) { p.make(w, done) })
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
	w := h.wish(known, id, seed, f.Invite)
	begin, err := h.founding(known, id, f)
	if err == nil {
		_, err = party.Decide(begin(), w.cmd, now(), party.Known{})
	}
	if err == nil {
		err = h.store(ctx, &w, false)
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
			p.make(w, func(m Made, err error) {
				if err != nil {
					done(founded{}, err)
					if !p.logged && p.inflight == nil && len(p.state.Members) == 0 && !p.unloaded {
						p.unload() // as if it had never been
					}
					return
				}
				done(founded{p.snapshot(), m}, nil)
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

// wished is a link on its way.
type wished struct {
	code   string
	cmd    party.MakeInvite
	link   link
	life   time.Duration
	speaks bool
	spoken string // once stored
}

func (h *Host) wish(g game.Game, id party.ID, seed string, w Wish) wished {
	if seed == "" {
		seed = auth.ID("")
	}
	code := h.o.Keys.Code("backend "+g.ID+" "+string(id)+" "+seed, 0) // no session's id has spaces
	invite := party.InviteID(auth.InviteID(auth.CodeHash(code)))
	expires := cmp.Or(w.Expires, g.Settings.OrDefault().InviteExpiry)
	life := max(expires, 0)
	if w.Options.UntilEmpty {
		life = party.MaxExpiry
	}
	cmd := party.MakeInvite{
		Hash:   auth.CodeHash(code),
		Player: party.Backend, As: party.Person{Name: g.Name, Face: Face(g.Name)},
		For: w.As, ID: invite, Replaces: w.Replaces, Expires: expires, MaxUses: w.MaxUses, Message: w.Message, Options: w.Options,
	}
	l := link{Game: party.GameID(g.ID), Party: id, Invite: invite, Follows: w.Options.OnLeave == party.FollowOnLeave}
	return wished{code: code, cmd: cmd, link: l.dated(cmd, life), life: life, speaks: w.Spoken}
}

// store writes where the code leads, and the spoken one.
func (h *Host) store(ctx context.Context, w *wished, approve bool) error {
	record, err := json.Marshal(w.link)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, lookup)
	defer cancel()
	_, err = h.o.Node.Put(ctx, engine.Invites, auth.CodeHash(w.code), record, 0, w.life+keepLink)
	if err != nil && !errors.Is(err, engine.ErrConflict) { // a conflict: it was asked for before
		return failure(err)
	}
	if !w.speaks {
		return nil
	}
	if w.spoken, err = h.speak(ctx, w.code, 0, w.link, w.life, approve); err != nil {
		return failure(err)
	}
	return nil
}

// make makes a link whose record is stored.
func (p *live) make(w wished, done func(Made, error)) {
	p.submit(&job{cmd: w.cmd, done: func(o outcome) {
		if o.err != nil {
			done(Made{}, o.err)
			return
		}
		i := p.state.Invite(w.cmd.ID)
		if i == nil {
			done(Made{}, &party.Error{Code: party.NotFound})
			return
		}
		done(Made{i.View(), w.code, p.h.o.PublicURL + "/join/" + w.code, w.spoken}, nil)
	}})
}

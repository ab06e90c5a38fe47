package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"partykit/internal/host"
	"partykit/party"
)

// NewInvite is a link to make.
type NewInvite struct {
	Expires  int             `json:"expires,omitempty" minimum:"60" maximum:"2592000" doc:"Seconds that it works; as the game is set if left out."`
	Until    string          `json:"until,omitempty" enum:"empty" doc:"empty: it works until nobody is left, whatever expires says. Somebody must be in the party."`
	MaxUses  int             `json:"maxUses,omitempty" minimum:"0" maximum:"1000" doc:"Players that may come by it; 0 is any number."`
	Message  string          `json:"message,omitempty" maxLength:"255" doc:"Shown on the invite page; at most 255 bytes."`
	For      party.PlayerID  `json:"for,omitempty" maxLength:"64" doc:"The one player that may use it."`
	Payload  json.RawMessage `json:"payload,omitempty" doc:"For the game of who comes: any JSON of at most 2 KiB."`
	Requires party.Needs     `json:"requires,omitempty" doc:"What the game must be to fit, such as version; told before joining."`
	As       int             `json:"as,omitempty" minimum:"1" doc:"The number of the member whose link it is, and who may revoke it too; the game's if left out."`
	OnLeave  party.OnLeave   `json:"onLeave,omitempty" enum:"keep,revoke,follow" doc:"With as: what becomes of it when that member leaves; follow leads to the party it then is in. keep if left out."`
	Replaces party.InviteID  `json:"replaces,omitempty" maxLength:"64" doc:"The id of a live link of the party, which ends in the same change."`
	Spoken   bool            `json:"spoken,omitempty" doc:"Give it a code to say as well: of 6 characters if it works for 10 minutes at most or newcomers are approved, else of 8."`
}

func (n NewInvite) wish() host.Wish {
	return host.Wish{
		Expires: time.Duration(n.Expires) * time.Second, MaxUses: n.MaxUses, Message: n.Message,
		As: n.As, Spoken: n.Spoken, Replaces: n.Replaces,
		Options: party.InviteOptions{For: n.For, UntilEmpty: n.Until == "empty", OnLeave: n.OnLeave, Payload: n.Payload, Requires: n.Requires},
	}
}

// MadeInvite is a link that was made. Its codes are told here and nowhere else.
type MadeInvite struct {
	party.InviteView
	Code   string `json:"code" doc:"What the link ends with. Secret: who has it may come."`
	URL    string `json:"url" format:"uri" doc:"The link."`
	Spoken string `json:"spoken,omitempty" doc:"The code to say, if one was asked for."`
}

func newMadeInvite(m host.Made) MadeInvite { return MadeInvite{m.Invite, m.Code, m.URL, m.Spoken} }

// Invites is a page of live links.
type Invites struct {
	Invites []party.InviteStats `json:"invites"`
	Next    party.InviteID      `json:"next,omitempty" doc:"There are more: ask again with this as after."`
}

type (
	listInvites struct {
		InParty
		Limit int            `query:"limit" minimum:"1" maximum:"64" default:"20" doc:"At most so many."`
		After party.InviteID `query:"after" doc:"Go on after this one."`
	}
	invitesAnswer struct{ Body Invites }
	makeInvite    struct {
		InParty
		Body NewInvite
	}
	madeInvite   struct{ Body MadeInvite }
	revokeInvite struct {
		InParty
		Invite party.InviteID `path:"invite" doc:"The link's id."`
	}
)

func (s *server) registerInvites() {
	huma.Register(s.huma, of(http.MethodGet, "/invites", "listInvites", "invites", "List the live links",
		"In the order of their ids, with how often each was opened, started and used, without their codes."), s.listInvites)
	post := of(http.MethodPost, "/invites", "makeInvite", "invites", "Make a link",
		"Makes a link into the party in the name of the game, or of a member. Its code is told in the answer and nowhere else.",
		http.StatusConflict, http.StatusRequestEntityTooLarge)
	post.DefaultStatus = http.StatusCreated
	huma.Register(s.huma, post, s.makeInvite)
	huma.Register(s.huma, of(http.MethodDelete, "/invites/{invite}", "revokeInvite", "invites", "Revoke a link",
		"Nobody new comes by it any more; seats already held may still enter."), s.revokeInvite)
}

func (s *server) listInvites(ctx context.Context, in *listInvites) (*invitesAnswer, error) {
	list, err := s.o.Parties.Invites(ctx, gameOf(ctx), in.Party)
	if err != nil {
		return nil, s.problem(err)
	}
	list = slices.DeleteFunc(list, func(i party.InviteStats) bool { return i.ID <= in.After })
	slices.SortFunc(list, func(a, b party.InviteStats) int { return strings.Compare(string(a.ID), string(b.ID)) })
	page := Invites{Invites: list}
	if len(list) > in.Limit {
		page.Invites, page.Next = list[:in.Limit], list[in.Limit-1].ID
	}
	return &invitesAnswer{page}, nil
}

func (s *server) makeInvite(ctx context.Context, in *makeInvite) (*madeInvite, error) {
	c := callOf(ctx)
	c.secret = true
	made, err := s.o.Parties.MakeInvite(ctx, gameOf(ctx), in.Party, c.seed, in.Body.wish())
	if err != nil {
		return nil, s.problem(err)
	}
	return &madeInvite{newMadeInvite(made)}, nil
}

func (s *server) revokeInvite(ctx context.Context, in *revokeInvite) (*partyAnswer, error) {
	return s.answer(s.o.Parties.Do(ctx, gameOf(ctx), in.Party, party.Revoke{Player: party.Backend, Invite: in.Invite}))
}

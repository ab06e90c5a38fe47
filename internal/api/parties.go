package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partykit/internal/host"
	"partykit/party"
)

// NewParty is a party to make.
type NewParty struct {
	Size    int           `json:"size,omitempty" minimum:"1" maximum:"256" doc:"Places; at most and by default as the game is set."`
	Data    party.Data    `json:"data,omitempty" doc:"The party's data, which who comes first leads it with."`
	Landing []party.Field `json:"landing,omitempty" maxItems:"8" doc:"What the invite page shows of it."`
	Invite  *NewInvite    `json:"invite,omitempty" doc:"Its first link; without one, a link with all defaults."`
}

// MadeParty is a party that was made, with the link that keeps it.
type MadeParty struct {
	Party  party.Snapshot `json:"party"`
	Invite MadeInvite     `json:"invite"`
}

// Settings are how a party is entered.
type Settings struct {
	Openness *party.Openness `json:"openness,omitempty" enum:"invite_only,open,locked" doc:"Who may enter beside those who hold a seat."`
	Inviters *party.Inviters `json:"inviters,omitempty" enum:"everyone,leader" doc:"Who may make links."`
	Approve  *bool           `json:"approve,omitempty" doc:"Whether a member lets each newcomer in."`
	Size     *int            `json:"size,omitempty" minimum:"1" maximum:"256" doc:"Places: at most as the game is set, at least as many as are taken."`
}

type (
	makeParty struct {
		Body NewParty
	}
	madeParty struct {
		Location string `header:"Location" doc:"The party's path."`
		Body     MadeParty
	}
	changeSettings struct {
		InParty
		Body Settings
	}
	setLanding struct {
		InParty
		Body Landing
	}
)

// Landing is what the invite page shows of a party.
type Landing struct {
	Fields []party.Field `json:"fields" maxItems:"8"`
}

func (s *server) registerParties() {
	post := operation(http.MethodPost, "/v1/parties", "makeParty", "parties", "Make a party",
		"Makes a party that nobody is in yet, with a link. Who opens the link first leads the party, with the data and landing info given here. It ends when nobody is in it and no link lives.",
		http.StatusRequestEntityTooLarge)
	post.DefaultStatus = http.StatusCreated
	huma.Register(s.huma, post, s.makeParty)
	huma.Register(s.huma, of(http.MethodGet, "", "getParty", "parties", "Look at a party",
		"The party as its members see it, presence and loading included."), s.getParty)
	huma.Register(s.huma, of(http.MethodPatch, "/settings", "changeSettings", "parties", "Change how a party is entered",
		"What is left out stays as it is.", http.StatusConflict), s.changeSettings)
	huma.Register(s.huma, of(http.MethodPut, "/landing", "setLanding", "parties", "Set the landing info",
		"Replaces what the invite page shows of the party.", http.StatusRequestEntityTooLarge), s.setLanding)
}

func (s *server) makeParty(ctx context.Context, in *makeParty) (*madeParty, error) {
	c := callOf(ctx)
	c.secret = true
	f := host.Founding{Size: in.Body.Size, Data: in.Body.Data, Landing: in.Body.Landing}
	if in.Body.Invite != nil {
		f.Invite = in.Body.Invite.wish()
	}
	v, made, err := s.o.Parties.Found(ctx, gameOf(ctx), c.seed, f)
	if err != nil {
		return nil, s.problem(err)
	}
	return &madeParty{"/v1/parties/" + string(v.ID), MadeParty{v, newMadeInvite(made)}}, nil
}

func (s *server) getParty(ctx context.Context, in *InParty) (*partyAnswer, error) {
	return s.answer(s.o.Parties.Look(ctx, gameOf(ctx), in.Party))
}

func (s *server) changeSettings(ctx context.Context, in *changeSettings) (*partyAnswer, error) {
	b := in.Body
	return s.answer(s.o.Parties.Do(ctx, gameOf(ctx), in.Party, party.Change{
		Player: party.Backend, Openness: b.Openness, Inviters: b.Inviters, Approve: b.Approve, Size: b.Size,
	}))
}

func (s *server) setLanding(ctx context.Context, in *setLanding) (*partyAnswer, error) {
	return s.answer(s.o.Parties.Do(ctx, gameOf(ctx), in.Party, party.SetLanding{Player: party.Backend, Fields: in.Body.Fields}))
}

package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partykit/party"
)

// Match is where a party plays.
type Match struct {
	ID         string          `json:"id" minLength:"1" maxLength:"127" doc:"A new id asks the members to follow."`
	Connection json.RawMessage `json:"connection,omitempty" doc:"What the game needs to connect: any JSON of at most 2 KiB, which only members see."`
	Joinable   bool            `json:"joinable,omitempty" doc:"Whether newcomers can join it; shown on the invite page."`
	Free       int             `json:"free,omitempty" minimum:"0" doc:"Free seats in it; shown on the invite page."`
}

type setMatch struct {
	InParty
	Body Match
}

func (s *server) registerMatch() {
	huma.Register(s.huma, of(http.MethodPut, "/match", "setMatch", "match", "Set the match",
		"Tells the members where the party plays, and asks them to follow. Nobody is moved.", http.StatusRequestEntityTooLarge), s.setMatch)
	huma.Register(s.huma, of(http.MethodDelete, "/match", "endMatch", "match", "End the match",
		"Tells the members that the party plays nowhere now."), s.endMatch)
}

func (s *server) setMatch(ctx context.Context, in *setMatch) (*partyAnswer, error) {
	m := party.Match{ID: in.Body.ID, Connection: in.Body.Connection, Joinable: in.Body.Joinable, Free: in.Body.Free}
	return s.answer(s.o.Parties.Do(ctx, gameOf(ctx), in.Party, party.SetMatch{Player: party.Backend, Match: &m}))
}

func (s *server) endMatch(ctx context.Context, in *InParty) (*partyAnswer, error) {
	return s.answer(s.o.Parties.Do(ctx, gameOf(ctx), in.Party, party.SetMatch{Player: party.Backend}))
}

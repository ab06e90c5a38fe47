package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partykit/party"
)

// Asking names somebody who asks to be let in.
type Asking struct {
	InParty
	N int `path:"n" minimum:"1" doc:"The number of who asks, from the party's asks."`
}

type admit struct {
	Asking
}

func (s *server) registerAsks() {
	huma.Register(s.huma, of(http.MethodPost, "/asks/{n}/admit", "admit", "asks", "Let somebody in",
		"Answers yes to who asks to be let in: a place is held, which the page takes to the game.", http.StatusConflict),
		func(ctx context.Context, in *admit) (*partyAnswer, error) { return s.answerAsk(ctx, in.Asking, true) })
	huma.Register(s.huma, of(http.MethodDelete, "/asks/{n}", "decline", "asks", "Turn somebody away",
		"Answers no to who asks to be let in."),
		func(ctx context.Context, in *Asking) (*partyAnswer, error) { return s.answerAsk(ctx, *in, false) })
}

func (s *server) answerAsk(ctx context.Context, in Asking, yes bool) (*partyAnswer, error) {
	return s.answer(s.o.Parties.Do(ctx, gameOf(ctx), in.Party, party.AnswerAsk{Player: party.Backend, N: in.N, Yes: yes}))
}

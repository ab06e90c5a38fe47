package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"partykit/party"
)

// NewReady is a ready check to start.
type NewReady struct {
	Within int  `json:"within,omitempty" minimum:"5" maximum:"300" doc:"Seconds to answer; 30 if left out."`
	Keep   bool `json:"keep,omitempty" doc:"Answers outlive changes of roster and data."`
}

type startReady struct {
	InParty
	Body NewReady
}

func (s *server) registerReady() {
	huma.Register(s.huma, of(http.MethodPost, "/ready", "startReady", "ready", "Start a ready check",
		"Asks every member that is in. Look at the party for the answers.", http.StatusConflict), s.startReady)
	huma.Register(s.huma, of(http.MethodDelete, "/ready", "cancelReady", "ready", "Cancel the ready check", ""), s.cancelReady)
}

func (s *server) startReady(ctx context.Context, in *startReady) (*partyAnswer, error) {
	within := time.Duration(in.Body.Within) * time.Second
	return s.answer(s.o.Parties.Do(ctx, gameOf(ctx), in.Party, party.StartReady{Player: party.Backend, Within: within, Keep: in.Body.Keep}))
}

func (s *server) cancelReady(ctx context.Context, in *InParty) (*partyAnswer, error) {
	return s.answer(s.o.Parties.Do(ctx, gameOf(ctx), in.Party, party.CancelReady{Player: party.Backend}))
}

package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"partykit/party"
)

type (
	kick struct {
		Numbered
		Ban bool `query:"ban" doc:"Keep out for good; else an invite made for this player lets it back."`
	}
	promote struct {
		Numbered
	}
)

func (s *server) registerMembers() {
	huma.Register(s.huma, of(http.MethodDelete, "/members/{n}", "kick", "members", "Take out a member",
		"Takes out a member, the leader too, or ends a held seat, and keeps player and browser out until readmitted.", http.StatusConflict), s.kick)
	huma.Register(s.huma, of(http.MethodPost, "/members/{n}/promote", "promote", "members", "Promote a member",
		"Gives the crown to that member, whose waiting data and landing info then count."), s.promote)
	huma.Register(s.huma, of(http.MethodDelete, "/outcasts/{n}", "readmit", "members", "Readmit somebody",
		"Lets somebody who was taken out come back in."), s.readmit)
}

func (s *server) kick(ctx context.Context, in *kick) (*partyAnswer, error) {
	return s.answer(s.o.Parties.Do(ctx, gameOf(ctx), in.Party, party.Kick{Player: party.Backend, N: in.N, Ban: in.Ban}))
}

func (s *server) promote(ctx context.Context, in *promote) (*partyAnswer, error) {
	v, err := s.o.Parties.Look(ctx, gameOf(ctx), in.Party)
	if err != nil {
		return nil, s.problem(err)
	}
	i := slices.IndexFunc(v.Members, func(m party.MemberView) bool { return m.N == in.N })
	if i < 0 {
		return nil, s.problem(party.Errorf(party.NotFound, "There is no member of that number in the party."))
	}
	return s.answer(s.o.Parties.Do(ctx, gameOf(ctx), in.Party, party.Promote{Player: party.Backend, To: v.Members[i].ID}))
}

func (s *server) readmit(ctx context.Context, in *Numbered) (*partyAnswer, error) {
	return s.answer(s.o.Parties.Do(ctx, gameOf(ctx), in.Party, party.Readmit{Player: party.Backend, N: in.N}))
}

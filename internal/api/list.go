package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partykit/party"
)

// PartyBrief is a party as the list tells it.
type PartyBrief struct {
	ID       party.ID       `json:"id" doc:"Its id."`
	Revision uint64         `json:"revision" doc:"Rises with every durable change that members can see."`
	Leader   party.PlayerID `json:"leader" doc:"The leader's player id; empty when nobody is in."`
	Openness party.Openness `json:"openness" enum:"invite_only,open,locked" doc:"Who may enter beside those who hold a seat."`
	Size     int            `json:"size" doc:"Places."`
	Players  int            `json:"players" doc:"How many are in it; 0 while it rests."`
	Held     int            `json:"held" doc:"Places held for browsers that are opening the game."`
	Line     int            `json:"line" doc:"How many wait for a seat."`
	Asks     int            `json:"asks" doc:"How many ask to be let in."`
	Match    string         `json:"match,omitempty" doc:"The id of its match; absent: it plays nowhere."`
}

func brief(v party.Snapshot) PartyBrief {
	b := PartyBrief{
		ID: v.ID, Revision: v.Revision, Leader: v.Leader, Openness: v.Openness, Size: v.Size,
		Players: len(v.Members), Held: len(v.Held), Line: v.Line, Asks: len(v.Asks),
	}
	if v.Match != nil {
		b.Match = v.Match.ID
	}
	return b
}

// PartyList is a page of parties.
type PartyList struct {
	Parties []PartyBrief `json:"parties" doc:"This page of them. It may be shorter than asked for, or empty, and there are more all the same."`
	Next    party.ID     `json:"next,omitempty" doc:"There may be more: ask again with this as after."`
}

type (
	listParties struct {
		Limit int      `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"At most so many."`
		After party.ID `query:"after" pattern:"^[a-z0-9]{1,64}$" doc:"Go on after this one."`
	}
	partyList struct{ Body PartyList }
)

func (s *server) registerList() {
	huma.Register(s.huma, operation(http.MethodGet, "/v1/parties", "listParties", "parties", "List the parties",
		"Every party of the game that was shared and has not ended, also those at rest, which nobody is in and a link leads to. A player alone in a party that was never shared is not listed: find it by its player. In an order that means nothing."), s.listParties)
}

func (s *server) listParties(ctx context.Context, in *listParties) (*partyList, error) {
	page, next, err := s.o.Parties.Parties(ctx, gameOf(ctx), in.After, in.Limit)
	if err != nil {
		return nil, s.problem(err)
	}
	list := PartyList{Parties: []PartyBrief{}, Next: next}
	for _, v := range page {
		list.Parties = append(list.Parties, brief(v))
	}
	return &partyList{list}, nil
}

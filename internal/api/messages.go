package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partykit/internal/host"
	"partykit/party"
)

// NewMessage is a message to send: either JSON or bytes.
type NewMessage struct {
	To    int             `json:"to,omitempty" minimum:"0" doc:"The number of the one member that gets it; 0 or left out: everybody."`
	JSON  json.RawMessage `json:"json,omitempty" doc:"Any JSON, at most 16 KiB."`
	Bytes []byte          `json:"bytes,omitempty" doc:"Bytes in base64, at most 16 KiB of them."`
}

// Sent is a message that was sent.
type Sent struct {
	Seq uint64 `json:"seq" doc:"Its place in the order of the party."`
}

type (
	sendMessage struct {
		InParty
		Body NewMessage
	}
	sentAnswer struct{ Body Sent }
)

func (s *server) registerMessages() {
	huma.Register(s.huma, of(http.MethodPost, "/messages", "sendMessage", "messages", "Send a message",
		"Sends a reliable message into the party: durable, in the one order of the party, from number 0. To a party of one that was never shared it goes if its player is connected.",
		http.StatusRequestEntityTooLarge), s.sendMessage)
}

func (s *server) sendMessage(ctx context.Context, in *sendMessage) (*sentAnswer, error) {
	if (in.Body.JSON == nil) == (in.Body.Bytes == nil) {
		return nil, s.problem(party.Errorf(party.BadRequest, "A message holds either json or bytes."))
	}
	m := host.Message{To: in.Body.To, Payload: in.Body.Bytes}
	if in.Body.JSON != nil {
		m.JSON, m.Payload = true, in.Body.JSON
	}
	seq, err := s.o.Parties.Tell(ctx, gameOf(ctx), in.Party, callOf(ctx).seed, m)
	if err != nil {
		return nil, s.problem(err)
	}
	return &sentAnswer{Sent{seq}}, nil
}

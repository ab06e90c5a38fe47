package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partykit/party"
)

// What several requests have in common.
type (
	// InParty names the party.
	InParty struct {
		Party party.ID `path:"party" doc:"The party's id."`
	}
	// Numbered names somebody in it.
	Numbered struct {
		InParty
		N int `path:"n" minimum:"1" doc:"The number of a member or of a held seat in the party."`
	}
	partyAnswer struct{ Body party.Snapshot }
)

// operation is one method of one path.
func operation(method, path, id, tag, summary, description string, more ...int) huma.Operation {
	return huma.Operation{
		Method: method, Path: path, OperationID: id, Tags: []string{tag}, Summary: summary, Description: description,
		MaxBodyBytes: maxBody,
		Errors: append([]int{
			http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests, http.StatusServiceUnavailable,
		}, more...),
	}
}

// of is operation for something in a party.
func of(method, path, id, tag, summary, description string, more ...int) huma.Operation {
	return operation(method, "/v1/parties/{party}"+path, id, tag, summary, description, append(more, http.StatusNotFound, http.StatusGone)...)
}

// answer turns the outcome of a command into what is sent.
func (s *server) answer(v party.Snapshot, err error) (*partyAnswer, error) {
	if err != nil {
		return nil, s.problem(err)
	}
	return &partyAnswer{v}, nil
}

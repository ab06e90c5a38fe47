package api

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"partykit/party"
)

// Problem is application/problem+json (RFC 9457) with a code of PartyKit's.
type Problem struct {
	Type       string            `json:"type" format:"uri-reference" doc:"Where to read more about the code."`
	Title      string            `json:"title" doc:"The status in words."`
	Status     int               `json:"status" doc:"The HTTP status."`
	Detail     string            `json:"detail" doc:"Says what to do, for people."`
	Code       party.Code        `json:"code" doc:"Stable: a program may switch over it."`
	RetryAfter float64           `json:"retryAfter,omitempty" doc:"Seconds until the same request may succeed."`
	Errors     []Mistake         `json:"errors,omitempty" doc:"With bad_request: what is wrong where."`
	Data       *party.Data       `json:"data,omitempty" doc:"With revision_conflict: the party's data as it is now."`
	Revision   *uint64           `json:"dataRevision,omitempty" doc:"With revision_conflict: its revision."`
	headers    map[string]string // beside
}

// Mistake is one thing that is wrong with a request.
type Mistake struct {
	Location string `json:"location,omitempty" doc:"Where, such as body.size or path.n."`
	Message  string `json:"message" doc:"What."`
}

func (p *Problem) Error() string             { return string(p.Code) + ": " + p.Detail }
func (p *Problem) GetStatus() int            { return p.Status }
func (p *Problem) ContentType(string) string { return problemType }

const problemType = "application/problem+json"

// GetHeaders are those that go with it.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	for name, value := range p.headers {
		h.Set(name, value)
	}
	return h
}

// problem is an error as it is answered.
func (s *server) problem(err error) *Problem {
	e, ok := errors.AsType[*party.Error](err)
	if !ok {
		s.log.Error("a request failed", "err", err)
		e = &party.Error{Code: party.Internal}
	}
	p := newProblem(e)
	p.Type = s.about(e.Code)
	return p
}

// about is the address at which the server tells about a code.
func (s *server) about(code party.Code) string {
	return s.o.PublicURL.JoinPath("docs", "errors").String() + "#" + string(code)
}

// whole gives what the library finds wrong, which knows no server, the whole
// address of its code.
func (s *server) whole(_ huma.Context, _ string, v any) (any, error) {
	if p, ok := v.(*Problem); ok {
		p.Type = s.about(p.Code)
	}
	return v, nil
}

func newProblem(e *party.Error) *Problem {
	status := party.Lookup(e.Code).Status
	p := &Problem{
		Type: "/docs/errors#" + string(e.Code), Title: http.StatusText(status), Status: status,
		Detail: e.Message(), Code: e.Code, RetryAfter: e.RetryAfter.Seconds(), headers: map[string]string{},
	}
	if e.RetryAfter > 0 {
		p.headers["Retry-After"] = strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds())))
	}
	if e.Code == party.Unauthorized {
		p.headers["WWW-Authenticate"] = `Bearer realm="partykit"`
	}
	if e.Current != nil {
		data := e.Current.Data
		if data == nil {
			data = party.Data{}
		}
		p.Data, p.Revision = &data, &e.Current.Revision
	}
	return p
}

// refuse answers before any handler.
func (s *server) refuse(w http.ResponseWriter, err error) {
	p := s.problem(err)
	for name, value := range p.headers {
		w.Header().Set(name, value)
	}
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p)
}

// mistake is what the library finds wrong with a request, told with a code of
// the one table.
func mistake(status int, message string, errs ...error) huma.StatusError {
	e := &party.Error{Code: party.BadRequest, Detail: "The request is not as it must be: " + message + "."}
	switch {
	case status == http.StatusRequestEntityTooLarge:
		e = party.Errorf(party.TooLarge, "A request has at most %d bytes.", maxBody)
	case status >= 500:
		e = &party.Error{Code: party.Internal}
	}
	p := newProblem(e)
	for _, err := range errs {
		m := Mistake{Message: err.Error()}
		if d, ok := err.(huma.ErrorDetailer); ok {
			m = Mistake{d.ErrorDetail().Location, d.ErrorDetail().Message}
		}
		p.Errors = append(p.Errors, m)
	}
	if len(p.Errors) > 0 && e.Code == party.BadRequest {
		p.Detail = "The request is not as it must be: " + strings.TrimPrefix(p.Errors[0].Location+": ", ": ") + p.Errors[0].Message + "."
	}
	return p
}

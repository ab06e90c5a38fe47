// Package api is the Go client of PartyKit's HTTP API, for a game's own
// backend: it reads and steers the parties of its game, sends into them, and
// makes and revokes links.
//
//	kit := api.New("https://play.example.com", os.Getenv("PARTYKIT_KEY"))
//	made, err := kit.MakeParty(ctx, api.NewParty{Size: 4})
//	// made.Invite.URL is what the players open; who comes first leads
//	_, err = kit.SetMatch(ctx, made.Party.ID, api.Match{ID: "m1"})
//
// A server key is a secret of the backend: it never goes into a game. What the
// server asks to wait for is waited for and tried again, and so is what got no
// answer; all that changes something carries a key of its own, by which it
// happens once.
package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"partykit/party"
)

// Client asks a server on behalf of one game. Its methods may be called from
// any goroutine. They fail with an [*Error] when the server refuses.
type Client struct {
	url, key string
	http     *http.Client
}

// New returns a client of the server at an address, scheme and host, with a
// server key of the game.
func New(url, key string) *Client { return NewWith(url, key, http.DefaultClient) }

// NewWith is New with an HTTP client of the caller's.
func NewWith(url, key string, client *http.Client) *Client {
	return &Client{strings.TrimSuffix(url, "/"), key, client}
}

// Error is what the server answers a request that failed.
type Error struct {
	Code       party.Code // stable; docs/errors.md lists all
	Message    string     // says what to do
	Docs       string     // where to read more
	Status     int        // of HTTP
	RetryAfter time.Duration
	Mistakes   []Mistake      // with bad_request: what is wrong where
	Current    *party.Current // with revision_conflict: the data as it is now
}

// Mistake is one thing that is wrong with a request.
type Mistake struct {
	Location string `json:"location"`
	Message  string `json:"message"`
}

func (e *Error) Error() string {
	text := "partykit: " + string(e.Code) + ": " + e.Message
	for _, m := range e.Mistakes {
		text += fmt.Sprintf(" (%s: %s)", m.Location, m.Message)
	}
	return text
}

// Is makes errors.Is(err, &api.Error{Code: code}) find an error by its code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code && t.Message == ""
}

// CodeOf returns the stable code of an error, "" if it has none.
func CodeOf(err error) party.Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// Tries and pauses of a request.
const (
	tries     = 4
	firstWait = 250 * time.Millisecond // doubles
	maxAnswer = 1 << 20
)

// request is one call.
type request struct {
	method, path string
	query        url.Values
	body         any
	match        string // If-Match
	once         bool   // doing it twice is not the same: what may have been done is not tried again
}

// do sends a request until it is answered for good.
func (c *Client) do(ctx context.Context, r request, into any) error {
	var body []byte
	if r.body != nil {
		var err error
		if body, err = json.Marshal(r.body); err != nil {
			return err
		}
	}
	key := ""
	if r.method != http.MethodGet {
		key = rand.Text()
	}
	wait := firstWait
	for try := 1; ; try++ {
		err := c.try(ctx, r, body, key, into)
		if err == nil || try == tries || !again(r, err) {
			return err
		}
		pause := wait
		if e, ok := errors.AsType[*Error](err); ok && e.RetryAfter > pause {
			pause = e.RetryAfter
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return err
		}
		wait *= 2
	}
}

// again reports whether a request that failed is to be sent again: it was
// refused for its haste, its answer was lost, which its key finds again, or the
// server does not know whether it was done and it may be done twice.
func again(r request, err error) bool {
	e, answered := errors.AsType[*Error](err)
	return !answered || e.Code == party.RateLimited || e.Code == party.Unavailable && !r.once
}

func (c *Client) try(ctx context.Context, r request, body []byte, key string, into any) error {
	address := c.url + r.path
	if len(r.query) > 0 {
		address += "?" + r.query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, r.method, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+c.key)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	if r.match != "" {
		request.Header.Set("If-Match", r.match)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return err
	}
	if response.StatusCode < 300 {
		return json.Unmarshal(answer, into)
	}
	return failure(response, answer)
}

// failure reads why a request was refused.
func failure(response *http.Response, answer []byte) error {
	var p struct {
		Type       string     `json:"type"`
		Detail     string     `json:"detail"`
		Code       party.Code `json:"code"`
		RetryAfter float64    `json:"retryAfter"`
		Errors     []Mistake  `json:"errors"`
		Data       party.Data `json:"data"`
		Revision   uint64     `json:"dataRevision"`
	}
	if err := json.Unmarshal(answer, &p); err != nil || p.Code == "" {
		code := party.Internal
		if response.StatusCode == http.StatusBadGateway || response.StatusCode == http.StatusServiceUnavailable || response.StatusCode == http.StatusGatewayTimeout {
			code = party.Unavailable // a proxy's
		}
		return &Error{Code: code, Message: "The server answered " + response.Status + ".", Status: response.StatusCode}
	}
	e := &Error{
		Code: p.Code, Message: p.Detail, Docs: p.Type, Status: response.StatusCode, Mistakes: p.Errors,
		RetryAfter: time.Duration(p.RetryAfter * float64(time.Second)),
	}
	if p.Code == party.RevisionConflict {
		e.Current = &party.Current{Data: p.Data, Revision: p.Revision}
	}
	return e
}

// call sends a request and returns its answer.
func call[T any](ctx context.Context, c *Client, r request) (answer T, err error) {
	err = c.do(ctx, r, &answer)
	return answer, err
}

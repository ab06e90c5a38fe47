package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"partykit/party"
)

// Match is where a party plays.
type Match struct {
	ID         string          `json:"id"`
	Connection json.RawMessage `json:"connection,omitempty"` // only members see it
	Joinable   bool            `json:"joinable,omitempty"`
	Free       int             `json:"free,omitempty"` // seats
}

// SetMatch tells the members where the party plays; a new id asks them to
// follow.
func (c *Client) SetMatch(ctx context.Context, id party.ID, m Match) (party.Snapshot, error) {
	return call[party.Snapshot](ctx, c, request{method: http.MethodPut, path: in(id, "/match"), body: m})
}

// EndMatch tells them that it plays nowhere now.
func (c *Client) EndMatch(ctx context.Context, id party.ID) (party.Snapshot, error) {
	return call[party.Snapshot](ctx, c, request{method: http.MethodDelete, path: in(id, "/match")})
}

// Kick takes out the member or held seat with that number, and keeps it out:
// until it is readmitted, with ban for good.
func (c *Client) Kick(ctx context.Context, id party.ID, n int, ban bool) (party.Snapshot, error) {
	r := request{method: http.MethodDelete, path: in(id, "/members/"+strconv.Itoa(n)), once: true}
	if ban {
		r.query = url.Values{"ban": {"true"}}
	}
	return call[party.Snapshot](ctx, c, r)
}

// Promote gives the crown to the member with that number.
func (c *Client) Promote(ctx context.Context, id party.ID, n int) (party.Snapshot, error) {
	return call[party.Snapshot](ctx, c, request{method: http.MethodPost, path: in(id, "/members/"+strconv.Itoa(n)+"/promote")})
}

// Readmit lets an outcast come back in.
func (c *Client) Readmit(ctx context.Context, id party.ID, n int) (party.Snapshot, error) {
	return call[party.Snapshot](ctx, c, request{method: http.MethodDelete, path: in(id, "/outcasts/"+strconv.Itoa(n)), once: true})
}

// Admit lets in who asks to be let in, by the number in the party's asks: a
// place is held.
func (c *Client) Admit(ctx context.Context, id party.ID, n int) (party.Snapshot, error) {
	return call[party.Snapshot](ctx, c, request{method: http.MethodPost, path: in(id, "/asks/"+strconv.Itoa(n)+"/admit")})
}

// Decline turns away who asks to be let in.
func (c *Client) Decline(ctx context.Context, id party.ID, n int) (party.Snapshot, error) {
	return call[party.Snapshot](ctx, c, request{method: http.MethodDelete, path: in(id, "/asks/"+strconv.Itoa(n)), once: true})
}

// StartReady asks every member that is in whether it is ready, to be answered
// within some seconds, 30 for 0. With keep, answers outlive changes of roster
// and data.
func (c *Client) StartReady(ctx context.Context, id party.ID, within time.Duration, keep bool) (party.Snapshot, error) {
	body := map[string]any{"keep": keep}
	if within != 0 {
		body["within"] = int(within / time.Second)
	}
	return call[party.Snapshot](ctx, c, request{method: http.MethodPost, path: in(id, "/ready"), body: body})
}

// CancelReady ends the ready check.
func (c *Client) CancelReady(ctx context.Context, id party.ID) (party.Snapshot, error) {
	return call[party.Snapshot](ctx, c, request{method: http.MethodDelete, path: in(id, "/ready")})
}

// Message is a message to send: JSON, or bytes where it is nil.
type Message struct {
	To    int             `json:"to,omitempty"` // a member's number; 0: everybody
	JSON  json.RawMessage `json:"json,omitempty"`
	Bytes []byte          `json:"bytes,omitempty"`
}

// Send sends a reliable message into a party and returns its place in the
// party's order.
func (c *Client) Send(ctx context.Context, id party.ID, m Message) (seq uint64, err error) {
	sent, err := call[struct {
		Seq uint64 `json:"seq"`
	}](ctx, c, request{method: http.MethodPost, path: in(id, "/messages"), body: m})
	return sent.Seq, err
}

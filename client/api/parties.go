package api

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"partykit/party"
)

// Game is the game that the key belongs to.
type Game struct {
	ID   party.GameID `json:"id"`
	Name string       `json:"name"`
}

// Game tells which game the key belongs to.
func (c *Client) Game(ctx context.Context) (Game, error) {
	return call[Game](ctx, c, request{method: http.MethodGet, path: "/v1/game"})
}

// NewParty is a party to make. What is left out is as the game is set.
type NewParty struct {
	Size    int           `json:"size,omitempty"`
	Data    party.Data    `json:"data,omitempty"`
	Landing []party.Field `json:"landing,omitempty"`
	Invite  *NewInvite    `json:"invite,omitempty"` // its first link
}

// MadeParty is a party that was made, with the link that keeps it.
type MadeParty struct {
	Party  party.Snapshot `json:"party"`
	Invite Invite         `json:"invite"`
}

// MakeParty makes a party that nobody is in yet. Who opens its link first leads
// it.
func (c *Client) MakeParty(ctx context.Context, p NewParty) (MadeParty, error) {
	return call[MadeParty](ctx, c, request{method: http.MethodPost, path: "/v1/parties", body: p})
}

// Party returns a party as its members see it.
func (c *Client) Party(ctx context.Context, id party.ID) (party.Snapshot, error) {
	return call[party.Snapshot](ctx, c, request{method: http.MethodGet, path: in(id, "")})
}

// PartyBrief is a party as the list tells it.
type PartyBrief struct {
	ID       party.ID       `json:"id"`
	Revision uint64         `json:"revision"`
	Leader   party.PlayerID `json:"leader"` // "": nobody is in
	Openness party.Openness `json:"openness"`
	Size     int            `json:"size"`
	Players  int            `json:"players"` // how many are in it; 0 while it rests
	Held     int            `json:"held"`
	Line     int            `json:"line"`
	Asks     int            `json:"asks"`
	Match    string         `json:"match"` // its id; "": it plays nowhere
}

// Parties goes through the game's parties that were shared and have not ended,
// in no order, and ends with the first error. A player alone in a party that was
// never shared is found with [Client.Player] only.
func (c *Client) Parties(ctx context.Context) iter.Seq2[PartyBrief, error] {
	type page struct {
		Parties []PartyBrief `json:"parties"`
		Next    string       `json:"next"`
	}
	return pages(ctx, c, "/v1/parties", func(p page) ([]PartyBrief, string) { return p.Parties, p.Next })
}

// Settings are how a party is entered; nil leaves one as it is.
type Settings struct {
	Openness *party.Openness `json:"openness,omitempty"`
	Inviters *party.Inviters `json:"inviters,omitempty"`
	Approve  *bool           `json:"approve,omitempty"`
	Size     *int            `json:"size,omitempty"`
}

// Change changes how a party is entered.
func (c *Client) Change(ctx context.Context, id party.ID, s Settings) (party.Snapshot, error) {
	return call[party.Snapshot](ctx, c, request{method: http.MethodPatch, path: in(id, "/settings"), body: s})
}

// SetLanding replaces what the invite page shows.
func (c *Client) SetLanding(ctx context.Context, id party.ID, fields []party.Field) (party.Snapshot, error) {
	if fields == nil {
		fields = []party.Field{}
	}
	body := map[string][]party.Field{"fields": fields}
	return call[party.Snapshot](ctx, c, request{method: http.MethodPut, path: in(id, "/landing"), body: body})
}

// Data is a party's data.
type Data struct {
	Data     party.Data `json:"data"`
	Revision uint64     `json:"dataRevision"`
}

// Data returns the party's data and its revision.
func (c *Client) Data(ctx context.Context, id party.ID) (Data, error) {
	return call[Data](ctx, c, request{method: http.MethodGet, path: in(id, "/data")})
}

// SetData replaces the party's data. With a revision that is not nil it does so
// only if the data has it, and else fails with revision_conflict; Error.Current
// is then the data as it is.
func (c *Client) SetData(ctx context.Context, id party.ID, data party.Data, revision *uint64) (Data, error) {
	return c.changeData(ctx, http.MethodPut, id, data, revision)
}

// PatchData sets some keys and removes those set to null, else as SetData.
func (c *Client) PatchData(ctx context.Context, id party.ID, patch party.Data, revision *uint64) (Data, error) {
	return c.changeData(ctx, http.MethodPatch, id, patch, revision)
}

func (c *Client) changeData(ctx context.Context, method string, id party.ID, data party.Data, revision *uint64) (Data, error) {
	if data == nil {
		data = party.Data{}
	}
	r := request{method: method, path: in(id, "/data"), body: data}
	if revision != nil {
		r.match, r.once = `"`+strconv.FormatUint(*revision, 10)+`"`, true
	}
	return call[Data](ctx, c, r)
}

// Player is where a player is.
type Player struct {
	Party  party.ID         `json:"party"`
	Member party.MemberView `json:"member"`
}

// Player finds the party that a player is in.
func (c *Client) Player(ctx context.Context, id party.PlayerID) (Player, error) {
	return call[Player](ctx, c, request{method: http.MethodGet, path: "/v1/players/" + url.PathEscape(string(id))})
}

func in(id party.ID, path string) string { return "/v1/parties/" + url.PathEscape(string(id)) + path }

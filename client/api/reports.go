package api

import (
	"context"
	"iter"
	"net/http"
	"net/url"

	"partykit/party"
)

// Report is what a player reported of another. All text in it is the players'.
type Report struct {
	ID     string       `json:"id"`
	Game   party.GameID `json:"game"`
	Party  party.ID     `json:"party"`
	At     party.Time   `json:"at"`
	By     Person       `json:"by"`
	About  Person       `json:"about"`
	Reason string       `json:"reason"`
	Chat   []Line       `json:"chat"` // the newest lines of the party then, oldest first
}

// Person is somebody in a party, as it was called then.
type Person struct {
	Player party.PlayerID `json:"player"` // "" for a seat that nobody had taken yet
	N      int            `json:"n"`
	Name   string         `json:"name"`
}

// Line is a line of chat.
type Line struct {
	N    int        `json:"n"`
	Name string     `json:"name"`
	Text string     `json:"text"`
	At   party.Time `json:"at"`
}

// Reports goes through what players reported of one another, newest first, and
// ends with the first error.
func (c *Client) Reports(ctx context.Context) iter.Seq2[Report, error] {
	type page struct {
		Reports []Report `json:"reports"`
		Next    string   `json:"next"`
	}
	return pages(ctx, c, "/v1/reports", func(p page) ([]Report, string) { return p.Reports, p.Next })
}

// CloseReport forgets a report that was dealt with.
func (c *Client) CloseReport(ctx context.Context, id string) error {
	return c.do(ctx, request{method: http.MethodDelete, path: "/v1/reports/" + url.PathEscape(id), once: true}, &struct{}{})
}

package api

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"

	"partykit/party"
)

// NewInvite is a link to make. What is left out is as the game is set.
type NewInvite struct {
	Expires  int             `json:"expires,omitempty"` // seconds, 60 to 2,592,000
	MaxUses  int             `json:"maxUses,omitempty"` // 0: any number
	Message  string          `json:"message,omitempty"`
	For      party.PlayerID  `json:"for,omitempty"`     // the one player that may use it
	Payload  json.RawMessage `json:"payload,omitempty"` // for the game of who comes
	Requires party.Needs     `json:"requires,omitempty"`
}

// Invite is a link that was made. Code and URL are told once.
type Invite struct {
	party.InviteView
	Code string `json:"code"`
	URL  string `json:"url"`
}

// MakeInvite makes a link into a party, in the name of the game.
func (c *Client) MakeInvite(ctx context.Context, id party.ID, i NewInvite) (Invite, error) {
	return call[Invite](ctx, c, request{method: http.MethodPost, path: in(id, "/invites"), body: i})
}

// Invites goes through the live links of a party, without their codes, and ends
// with the first error.
func (c *Client) Invites(ctx context.Context, id party.ID) iter.Seq2[party.InviteView, error] {
	return func(yield func(party.InviteView, error) bool) {
		query := url.Values{}
		for {
			page, err := call[struct {
				Invites []party.InviteView `json:"invites"`
				Next    string             `json:"next"`
			}](ctx, c, request{method: http.MethodGet, path: in(id, "/invites"), query: query})
			if err != nil {
				yield(party.InviteView{}, err)
				return
			}
			for _, i := range page.Invites {
				if !yield(i, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			query.Set("after", page.Next)
		}
	}
}

// Revoke ends a link: nobody new comes by it any more.
func (c *Client) Revoke(ctx context.Context, id party.ID, invite party.InviteID) (party.Snapshot, error) {
	return call[party.Snapshot](ctx, c, request{method: http.MethodDelete, path: in(id, "/invites/"+url.PathEscape(string(invite))), once: true})
}

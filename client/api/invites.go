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
	Until    string          `json:"until,omitempty"`   // UntilEmpty: it works until nobody is left
	MaxUses  int             `json:"maxUses,omitempty"` // 0: any number
	Message  string          `json:"message,omitempty"`
	For      party.PlayerID  `json:"for,omitempty"`     // the one player that may use it
	Payload  json.RawMessage `json:"payload,omitempty"` // for the game of who comes
	Requires party.Needs     `json:"requires,omitempty"`
	As       int             `json:"as,omitempty"`       // the number of the member whose link it is; 0: the game's
	OnLeave  party.OnLeave   `json:"onLeave,omitempty"`  // with As: what becomes of it when that member leaves
	Replaces party.InviteID  `json:"replaces,omitempty"` // a live link, which ends in the same change
	Spoken   bool            `json:"spoken,omitempty"`   // give it a code to say as well
}

// UntilEmpty is NewInvite.Until of a link that works until nobody is left.
const UntilEmpty = "empty"

// Invite is a link that was made. Its codes and URL are told once.
type Invite struct {
	party.InviteView
	Code   string `json:"code"`
	URL    string `json:"url"`
	Spoken string `json:"spoken"` // "" unless asked for
}

// MakeInvite makes a link into a party, in the name of the game or of a member.
func (c *Client) MakeInvite(ctx context.Context, id party.ID, i NewInvite) (Invite, error) {
	return call[Invite](ctx, c, request{method: http.MethodPost, path: in(id, "/invites"), body: i})
}

// Invites goes through the live links of a party, with what came of them and
// without their codes, and ends with the first error.
func (c *Client) Invites(ctx context.Context, id party.ID) iter.Seq2[party.InviteStats, error] {
	type page struct {
		Invites []party.InviteStats `json:"invites"`
		Next    string              `json:"next"`
	}
	return pages(ctx, c, in(id, "/invites"), func(p page) ([]party.InviteStats, string) { return p.Invites, p.Next })
}

// Revoke ends a link: nobody new comes by it any more.
func (c *Client) Revoke(ctx context.Context, id party.ID, invite party.InviteID) (party.Snapshot, error) {
	return call[party.Snapshot](ctx, c, request{method: http.MethodDelete, path: in(id, "/invites/"+url.PathEscape(string(invite))), once: true})
}

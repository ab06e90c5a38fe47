package client

import (
	"context"
	"time"

	"partykit/party"
	"partykit/protocol"
)

// SetMatch tells where the party plays; nil: in no match any more. A match of
// another id asks the members to follow. The leader may. Since is the server's.
func (c *Client) SetMatch(ctx context.Context, m *party.Match) error {
	_, err := c.do(ctx, protocol.Command{T: protocol.TMatch, Match: m})
	return err
}

// Follow answers whether this player follows into the party's match. It fails
// with not_found when the party is not in that match any more.
func (c *Client) Follow(ctx context.Context, match string, yes bool) error {
	_, err := c.do(ctx, protocol.Command{T: protocol.TFollow, Into: match, Yes: &yes})
	return err
}

// ReadyOptions of a ready check; the zero value is the default of each.
type ReadyOptions struct {
	Within time.Duration // 5 seconds to 5 minutes, in whole seconds; default 30 seconds
	Keep   bool          // keep the answers when roster or data change
}

// AskReady asks all who are in whether they are ready. The leader may.
func (c *Client) AskReady(ctx context.Context, o ReadyOptions) error {
	_, err := c.do(ctx, protocol.Command{T: protocol.TReady, Within: int64(o.Within / time.Second), Keep: o.Keep})
	return err
}

// AnswerReady answers the ready check; the last answer ends it.
func (c *Client) AnswerReady(ctx context.Context, yes bool) error {
	_, err := c.do(ctx, protocol.Command{T: protocol.TAnswer, Yes: &yes})
	return err
}

// CancelReady ends the ready check: by who began it, or the leader.
func (c *Client) CancelReady(ctx context.Context) error {
	_, err := c.do(ctx, protocol.Command{T: protocol.TCancel})
	return err
}

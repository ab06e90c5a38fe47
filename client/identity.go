package client

import (
	"context"
	"errors"
	"fmt"

	"partykit/party"
	"partykit/protocol"
)

// Identity gives a token of the game's own that names its player, at most 4 KiB;
// docs/identity.md says what stands in it. It is called before every hello, also
// when a lost connection comes back, so that the token is fresh.
type Identity func(ctx context.Context) (string, error)

// Named is an Identity that always gives the same token, for programs that do
// not run for longer than it is valid.
func Named(token string) Identity {
	return func(context.Context) (string, error) { return token, nil }
}

// IdentifyOptions say whom a guest becomes. Identity is required.
type IdentifyOptions struct {
	Identity Identity // is asked now, and before every later hello
	Confirm  bool     // also when that player is among others elsewhere, and leaves them
}

// Identify makes this guest the player that the game names, without leaving the
// party: same number, same place, crown, data and links. Where that player is
// among others elsewhere, it fails with confirm_required unless Confirm is set,
// and the error's Invite says whose party it would be in then. An older
// connection of that player ends.
func (c *Client) Identify(ctx context.Context, o IdentifyOptions) error {
	token, err := Options{Identity: o.Identity}.name(ctx)
	if err != nil {
		return err
	}
	// A connection that is lost before the answer comes back as that player:
	// the server may have made it so.
	before := c.become(o.Identity)
	_, err = c.do(ctx, protocol.Command{T: protocol.TIdentify, Token: token, Confirm: o.Confirm})
	if _, refused := errors.AsType[*Error](err); refused {
		c.become(before)
	}
	return err
}

// become makes the next hellos name the player by i, and returns what they did
// before.
func (c *Client) become(i Identity) (before Identity) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before, c.opts.Identity = c.opts.Identity, i
	return before
}

// name returns the token for a hello, "" for a guest.
func (o Options) name(ctx context.Context) (string, error) {
	if o.Identity == nil {
		return "", nil
	}
	token, err := o.Identity(ctx)
	if err != nil {
		return "", fmt.Errorf("partykit: the player's identity: %w", err)
	}
	return token, nil
}

// PlayerToken lets the game's own servers know the player, offline, by the keys
// at /v1/games/ID/jwks.json. It opens nothing at the PartyKit server.
type PlayerToken struct {
	Token string
	Until party.Time // when it ends
}

// Token returns a fresh token for the game's own servers.
func (c *Client) Token(ctx context.Context) (PlayerToken, error) {
	ok, err := c.do(ctx, protocol.Command{T: protocol.TToken})
	return PlayerToken{ok.Token, ok.Until}, err
}

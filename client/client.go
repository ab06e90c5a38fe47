// Package client is the Go SDK of PartyKit: for games and tools written in Go,
// for bots, and for the tests of the server itself.
//
//	kit, err := client.Dial(ctx, client.Options{URL: "https://play.example.com", Game: "my-game"})
//	if err != nil { … }
//	defer kit.Close()
//	invite, err := kit.Invite(ctx, client.InviteOptions{})   // invite.URL is what a friend opens
//	for event := range kit.Events(ctx) { … }                 // who comes, what they send
//
// A Client is a player, always in exactly one party. [Client.Snapshot] is that
// party as it is now. A lost connection comes back by itself: commands and
// reliable messages that were not answered are sent again and apply once, and
// nothing reliable is missed in between.
package client

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"sync"

	"partykit/party"
	"partykit/protocol"
)

// Options say who connects to which game. URL and Game are required.
type Options struct {
	URL  string // of the server: scheme and host
	Game string

	// Key is the guest's slot key, 32 lower-case hex digits: with it the player
	// is the same guest every time. It is a secret. Empty: a new guest.
	Key    string
	Token  string      // guest token of an earlier connection
	Name   string      // of a new guest; empty: the server finds a friendly one
	Ticket string      // from the launch address
	Has    party.Needs // what the game is, such as its version: compared with what a link requires

	// Identity names the player by the game's own accounts; nil: a guest. If the
	// guest of Key is in a party, it becomes that player in its place.
	Identity Identity

	// What an earlier client left, to take its story up again; see
	// [Client.Saved].
	Party  party.ID
	Resume *protocol.Resume
	Used   Used // the numbers used in that session
	Own    protocol.Own

	Origin string // sent by clients that stand in for a browser; games send none
	Page   string // where the game is played; used by a server in dev

	// HTTPClient makes the connections; nil is http.DefaultClient. It must not
	// have a Timeout, which would end the connection.
	HTTPClient *http.Client
	// NoReconnect ends the client with its first connection.
	NoReconnect bool
}

// Used are the last numbers that a session has used: never used twice, because
// a number that the server knows answers as it did before.
type Used struct{ Commands, Messages uint64 }

// NewKey returns a fresh slot key.
func NewKey() string {
	b := make([]byte, 16)
	rand.Read(b)
	return hex.EncodeToString(b)
}

// Client is a player's connection to its party. All methods may be called from
// any goroutine.
type Client struct {
	ctx    context.Context // ends with Close
	cancel context.CancelCauseFunc
	done   chan struct{} // closed when nothing more happens

	inbox    *inbox
	commands *outbox
	messages *outbox

	// sending is held while frames are numbered and written, so that they
	// leave in the order of their numbers.
	sending sync.Mutex

	mu      sync.Mutex
	opts    Options // kept up to date: what a next hello says
	link    *link   // nil while there is no connection
	you     protocol.You
	party   party.Snapshot    // its parts are replaced, never changed
	chat    []ChatLine        // likewise
	payload json.RawMessage   // of the invite that is loading
	knock   *protocol.Command // at another party's door
	away    *bool             // what was said last; nil: nothing
	changed chan struct{}     // closed and replaced at every change
	err     error             // why it ended
}

// Dial connects and says hello. It fails with an [*Error] when the server
// refuses, and with another error when it cannot be reached.
func Dial(ctx context.Context, o Options) (*Client, error) {
	if o.Key == "" {
		o.Key = NewKey()
	}
	c := &Client{
		done: make(chan struct{}), opts: o, changed: make(chan struct{}),
		inbox:    newInbox(),
		commands: newOutbox(maxCommands),
		messages: newOutbox(maxMessages),
	}
	if o.Resume != nil {
		c.opts.Resume = new(*o.Resume)
		c.opts.Resume.Seq = 0 // there is no snapshot yet: ask for one
		c.commands.last, c.messages.last = o.Used.Commands, o.Used.Messages
	}
	c.ctx, c.cancel = context.WithCancelCause(context.Background())
	l, err := c.connect(ctx)
	if err != nil {
		c.cancel(err)
		return nil, err
	}
	go c.run(l)
	return c, nil
}

// Close leaves the server, but not the party: the player's place is kept for a
// while, as after any lost connection. It waits until the client has ended.
func (c *Client) Close() {
	c.cancel(ErrClosed)
	<-c.done
}

// Done is closed when the client has ended: by Close, or because the server
// said not to come back. [Client.Err] says why.
func (c *Client) Done() <-chan struct{} { return c.done }

// Err is why the client ended; nil until then.
func (c *Client) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// You returns who this player is: its id, its name and its number in the party.
func (c *Client) You() protocol.You {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.you
}

// Snapshot returns the party as it is now. Its parts are shared and must not be
// changed.
func (c *Client) Snapshot() party.Snapshot {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.party
}

// Me returns this player's own membership.
func (c *Client) Me() party.MemberView {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m := memberN(c.party.Members, c.you.N); m != nil {
		return *m
	}
	return party.MemberView{}
}

// InvitePayload returns what the maker of the link gave to this game, while the
// invite is loading; else nil. Another player's game wrote it: check it.
func (c *Client) InvitePayload() json.RawMessage {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m := memberN(c.party.Members, c.you.N); m == nil || m.State != party.Loads {
		return nil
	}
	return c.payload
}

// Leads reports whether this player leads its party.
func (c *Client) Leads() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.leads()
}

func (c *Client) leads() bool { return c.party.Leader == c.you.ID }

// Until waits until the party is as ok wants it, and returns it. It fails when
// ctx ends or the client does.
func (c *Client) Until(ctx context.Context, ok func(party.Snapshot) bool) (party.Snapshot, error) {
	for {
		c.mu.Lock()
		now, changed := c.party, c.changed
		c.mu.Unlock()
		if ok(now) {
			return now, nil
		}
		select {
		case <-changed:
		case <-c.done:
			return now, c.Err()
		case <-ctx.Done():
			return now, context.Cause(ctx)
		}
	}
}

// Saved returns the options with which a later [Dial], also of another process,
// is the same player and takes the session up where it is now. They hold
// secrets. The ticket is not among them, and functions are none that another
// process could keep.
func (c *Client) Saved() Options {
	c.mu.Lock()
	defer c.mu.Unlock()
	o := c.opts
	o.Ticket = ""
	o.Used = Used{c.commands.used(), c.messages.used()}
	if o.Resume != nil {
		o.Resume = new(*o.Resume)
	}
	return o
}

// change is called with mu held, after what others wait for changed.
func (c *Client) change() {
	close(c.changed)
	c.changed = make(chan struct{})
}

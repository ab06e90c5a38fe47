package client

import (
	"context"
	"errors"

	"partykit/party"
	"partykit/protocol"
)

// Door is how it goes at another party's door, after [Client.WaitInLine] or
// [Client.AskToJoin], and an event.
type Door struct {
	Problem party.Code     // why the link does not open the party by itself
	CanAsk  bool           // whether asking would help
	Line    int            // how many wait
	You     *party.Arrival // how far this player is; nil: the link leads nowhere any more
}

func (Door) event() {}

// WaitInLine waits in line for a seat of the full party of a code or link. Door
// events tell how it goes; when a seat is offered or held, [Client.Join] with
// the code takes it. A connection that comes back takes up the place again, or
// a new one.
func (c *Client) WaitInLine(ctx context.Context, code string) error {
	return c.knockAt(ctx, protocol.Command{T: protocol.TWait, Code: code})
}

// AskToJoin asks the members of the party of a code or link to be let in, where
// the link alone does not do. Door events tell what they say.
func (c *Client) AskToJoin(ctx context.Context, code string) error {
	return c.knockAt(ctx, protocol.Command{T: protocol.TAsk, Code: code})
}

// LeaveLine leaves the line, or takes the question back.
func (c *Client) LeaveLine(ctx context.Context) error {
	c.mu.Lock()
	c.knock = nil
	c.mu.Unlock()
	_, err := c.do(ctx, protocol.Command{T: protocol.TWait})
	return err
}

// Admit answers one of the snapshot's Asks: lets it in, or not. Whoever may
// invite may, and the first answer counts.
func (c *Client) Admit(ctx context.Context, n int, yes bool) error {
	_, err := c.do(ctx, protocol.Command{T: protocol.TAdmit, N: n, Yes: &yes})
	return err
}

func (c *Client) knockAt(ctx context.Context, command protocol.Command) error {
	knock := &command
	c.mu.Lock()
	c.knock = knock
	c.mu.Unlock()
	_, err := c.do(ctx, command)
	if err != nil {
		c.mu.Lock()
		if c.knock == knock {
			c.knock = nil
		}
		c.mu.Unlock()
	}
	return err
}

// knockAgain takes up what the server forgot with the connection, unless the
// player leaves, or knocks elsewhere, before its turn to be sent comes.
func (c *Client) knockAgain() {
	c.mu.Lock()
	knock := c.knock
	c.mu.Unlock()
	if knock == nil {
		return
	}
	wanted := func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.knock == knock
	}
	go func() {
		if _, err := c.requestIf(c.ctx, wanted, c.commands, false, encoder(*knock)); err != nil {
			c.failedToKnock(knock, err)
		}
	}()
}

func (c *Client) failedToKnock(knock *protocol.Command, err error) {
	c.mu.Lock()
	mine := c.knock == knock
	if mine {
		c.knock = nil
	}
	c.mu.Unlock()
	if e, ok := errors.AsType[*Error](err); ok && mine {
		c.inbox.put(Failed{e})
	}
}

func (c *Client) atDoor(f protocol.Door) error {
	c.mu.Lock()
	waits := c.knock != nil
	if f.You != nil && f.You.Stage == party.Gone {
		c.knock = nil
	}
	c.mu.Unlock()
	if waits { // else it was left meanwhile
		c.inbox.put(Door{f.Problem, f.CanAsk, f.Line, f.You})
	}
	return nil
}

package client

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"partykit/party"
	"partykit/protocol"
)

// InviteOptions of a link; the zero value is the default of each.
type InviteOptions struct {
	Expires time.Duration // one minute to 30 days; default 24 hours
	MaxUses int           // players, 1 to 1,000; 0 is no limit
	Message string        // ≤255 bytes, shown on its page

	UntilEmpty bool            // lives until nobody is left in the party, in place of Expires
	For        party.PlayerID  // works for this player only, also when it was kicked
	OnLeave    party.OnLeave   // of its maker: keep (the default), revoke or follow
	Payload    json.RawMessage // for the joiner's game, ≤2 KiB
	Requires   party.Needs     // what that game must be: ≤4 names and values, such as its version
	Replaces   party.InviteID  // a live link, which ends in the same change: one of the player's own, or any for the leader
	Spoken     bool            // a spoken code as well: 6 characters for at most 10 minutes, or in a party that approves newcomers, else 8
}

// Invite is a link to the party. Code, URL and Spoken are told only to who made
// it.
type Invite struct {
	party.InviteView
	Code   string
	URL    string
	Spoken string // such as 7KM-2Q9, if it was asked for
}

// Invite makes a link to the party.
func (c *Client) Invite(ctx context.Context, o InviteOptions) (Invite, error) {
	command := protocol.Command{
		T: protocol.TInvite, Expires: int64(o.Expires / time.Second), MaxUses: o.MaxUses, Message: o.Message,
		For: o.For, OnLeave: o.OnLeave, Payload: o.Payload, Requires: o.Requires, Spoken: o.Spoken, Replaces: o.Replaces,
	}
	if o.UntilEmpty {
		command.Until = "empty"
	}
	ok, err := c.do(ctx, command)
	if err != nil {
		return Invite{}, err
	}
	if ok.Invite == nil {
		return Invite{}, fmt.Errorf("partykit: the answer has no invite")
	}
	return Invite{*ok.Invite, ok.Code, ok.URL, ok.Spoken}, nil
}

// Invites lists the party's live links, with how often each was opened and
// Start was pressed.
func (c *Client) Invites(ctx context.Context) ([]party.InviteStats, error) {
	ok, err := c.do(ctx, protocol.Command{T: protocol.TInvites})
	return ok.Invites, err
}

// Revoke takes a link back: by its maker or the leader.
func (c *Client) Revoke(ctx context.Context, id party.InviteID) error {
	_, err := c.do(ctx, protocol.Command{T: protocol.TRevoke, Invite: id})
	return err
}

// JoinOptions name the party to join, by a code (also a spoken one, or a whole
// link), a ticket, or
// the id of an open party.
type JoinOptions struct {
	Code    string
	Ticket  string
	Party   party.ID
	Confirm bool // also when it means to leave others' company
	Onward  bool // by a dead link's Code: where its maker is now, when the error's Next says so
}

// Join moves the player into another party. With others in its present
// party and without Confirm it fails with confirm_required, and the error's
// Invite says whose party it is.
func (c *Client) Join(ctx context.Context, o JoinOptions) error {
	_, err := c.do(ctx, protocol.Command{T: protocol.TJoin, Code: o.Code, Ticket: o.Ticket, Party: o.Party, Confirm: o.Confirm, Onward: o.Onward})
	return err
}

// Leave goes back to a party of one. Before Finalize it is Finalize(false).
func (c *Client) Leave(ctx context.Context) error {
	_, err := c.do(ctx, protocol.Command{T: protocol.TLeave})
	return err
}

// IfRevision makes a change of the party data depend on its revision, the
// snapshot's DataRev: if it is another by then, the call fails with
// revision_conflict, and the error tells the data as it is.
type IfRevision uint64

// SetData replaces the party data: sent to all if this player leads, else kept
// (waiting is true) and sent to all when it becomes leader. Values are anything
// that json.Marshal takes. At most one condition counts.
func (c *Client) SetData(ctx context.Context, data map[string]any, only ...IfRevision) (waiting bool, err error) {
	set, err := encodeData(data)
	if err != nil {
		return false, err
	}
	ok, err := c.ask(ctx, setting{T: protocol.TData, Set: &set, If: condition(only)})
	if err == nil {
		c.keepOwn(func(own *protocol.Own) { own.Data = set })
	}
	return ok.Waiting, err
}

// PatchData merges into the party data, or into what this player keeps waiting;
// nil deletes a key.
func (c *Client) PatchData(ctx context.Context, data map[string]any, only ...IfRevision) (waiting bool, err error) {
	patch, err := encodeData(data)
	if err != nil {
		return false, err
	}
	ok, err := c.ask(ctx, setting{T: protocol.TData, Patch: &patch, If: condition(only)})
	if err == nil {
		c.keepOwn(func(own *protocol.Own) {
			base := own.Data
			if !ok.Waiting {
				base = c.party.Data
			}
			own.Data = base.Patched(patch)
		})
	}
	return ok.Waiting, err
}

func condition(only []IfRevision) *uint64 {
	if len(only) == 0 {
		return nil
	}
	return new(uint64(only[0]))
}

// SetMemberData replaces the player's own data, which all members see: hero,
// team, colour. At most 32 keys and 2 KiB.
func (c *Client) SetMemberData(ctx context.Context, data map[string]any) error {
	set, err := encodeData(data)
	if err == nil {
		_, err = c.ask(ctx, setting{T: protocol.TMember, Set: &set})
	}
	return err
}

// PatchMemberData merges into the player's own data; nil deletes a key.
func (c *Client) PatchMemberData(ctx context.Context, data map[string]any) error {
	patch, err := encodeData(data)
	if err == nil {
		_, err = c.ask(ctx, setting{T: protocol.TMember, Patch: &patch})
	}
	return err
}

// SetLanding replaces the landing info, likewise: at most 8 fields.
func (c *Client) SetLanding(ctx context.Context, fields []party.Field) (waiting bool, err error) {
	if fields == nil {
		fields = []party.Field{}
	}
	ok, err := c.ask(ctx, setting{T: protocol.TLanding, Fields: &fields})
	if err == nil {
		c.keepOwn(func(own *protocol.Own) { own.Landing = fields })
	}
	return ok.Waiting, err
}

// Finalize says that the invite has loaded, or failed to. Only the first call
// counts; false leaves the party.
func (c *Client) Finalize(ctx context.Context, success bool) error {
	_, err := c.do(ctx, protocol.Command{T: protocol.TFinalize, Success: &success})
	return err
}

// Rename gives the player a name, and returns it as it is now: cleaned, and
// unique in the party.
func (c *Client) Rename(ctx context.Context, name string) (string, error) {
	ok, err := c.do(ctx, protocol.Command{T: protocol.TRename, Name: name})
	return ok.Name, err
}

// Loading is what the others see while this player loads.
type Loading struct {
	Phase    string   // opening, downloading, tutorial, connecting, or its own; ≤31 bytes
	Message  string   // ≤255 bytes, about 40 characters are shown
	Progress *float64 // 0 to 1
}

// Loading reports how loading goes. There is no answer; the newest report wins,
// and one made without a connection is dropped.
func (c *Client) Loading(l Loading) {
	c.write(false, protocol.Encode(protocol.Command{T: protocol.TLoading, Phase: l.Phase, Message: l.Message, Progress: l.Progress}))
}

// Outgoing is a game message to send.
type Outgoing struct {
	To      int // a member's n; 0: everyone else
	JSON    bool
	Payload []byte // ≤16 KiB
}

// Send sends a reliable message and waits until it is safe; seq is its place in
// the party's order.
func (c *Client) Send(ctx context.Context, m Outgoing) (seq uint64, err error) {
	ok, err := c.request(ctx, c.messages, true, func(id uint64) []byte {
		return protocol.AppendMessage(nil, protocol.Message{Reliable: true, ID: id, Peer: m.To, Flags: flags(m), Payload: m.Payload})
	})
	return ok.Seq, err
}

// SendVolatile sends a message of which only the newest per channel counts. It
// may be dropped, and is when there is no connection.
func (c *Client) SendVolatile(channel byte, m Outgoing) {
	c.write(true, protocol.AppendMessage(nil, protocol.Message{Channel: channel, Peer: m.To, Flags: flags(m), Payload: m.Payload}))
}

func flags(m Outgoing) byte {
	if m.JSON {
		return protocol.FlagJSON
	}
	return 0
}

// setting is a command whose empty set is not the same as none.
type setting struct {
	T      string         `json:"t"`
	ID     uint64         `json:"id"`
	Set    *party.Data    `json:"set,omitempty"`
	Patch  *party.Data    `json:"patch,omitempty"`
	Fields *[]party.Field `json:"fields,omitempty"`
	If     *uint64        `json:"if,omitempty"`
}

func (c *Client) ask(ctx context.Context, s setting) (okFrame, error) {
	return c.request(ctx, c.commands, false, func(id uint64) []byte {
		s.ID = id
		return protocol.Encode(s)
	})
}

// do sends a command and waits for its answer.
func (c *Client) do(ctx context.Context, command protocol.Command) (okFrame, error) {
	return c.request(ctx, c.commands, false, encoder(command))
}

func encoder(command protocol.Command) func(id uint64) []byte {
	return func(id uint64) []byte {
		command.ID = id
		return protocol.Encode(command)
	}
}

// request sends what is answered by its number. When ctx ends first, the
// request may still take effect.
func (c *Client) request(ctx context.Context, box *outbox, binary bool, encode func(id uint64) []byte) (okFrame, error) {
	return c.requestIf(ctx, func() bool { return true }, box, binary, encode)
}

// requestIf is request for what may be wanted no longer when its turn comes: it
// asks just before the number is given, then sends nothing and fails with
// errUnwanted.
func (c *Client) requestIf(ctx context.Context, wanted func() bool, box *outbox, binary bool, encode func(id uint64) []byte) (okFrame, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(c.ctx, func() { cancel(context.Cause(c.ctx)) })()
	if err := box.reserve(ctx); err != nil {
		return okFrame{}, err
	}
	call := &call{binary: binary, answer: make(chan answer, 1)}
	c.sending.Lock()
	if !wanted() {
		c.sending.Unlock()
		box.release()
		return okFrame{}, errUnwanted
	}
	box.add(call, encode)
	c.writeLocked(binary, call.frame)
	c.sending.Unlock()
	select {
	case a := <-call.answer:
		return a.ok, a.err
	case <-ctx.Done():
		return okFrame{}, context.Cause(ctx)
	}
}

func encodeData(data map[string]any) (party.Data, error) {
	d := party.Data{}
	for k, v := range data {
		b, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("partykit: the value of %q: %w", k, err)
		}
		d[k] = b
	}
	return d, nil
}

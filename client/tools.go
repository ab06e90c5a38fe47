package client

import (
	"context"

	"partykit/party"
	"partykit/protocol"
)

// Settings say how the party is entered. What is zero stays as it is.
type Settings struct {
	Openness party.Openness // invite_only, open or locked
	Inviters party.Inviters // everyone or leader
	Size     int            // places, no fewer than are taken
	Approve  *bool          // newcomers ask first
}

// SetSettings changes the party's settings. The leader may; one that acts for it may
// lock the party and nothing else.
func (c *Client) SetSettings(ctx context.Context, s Settings) error {
	command := protocol.Command{T: protocol.TSettings, Approve: s.Approve}
	if s.Openness != "" {
		command.Openness = &s.Openness
	}
	if s.Inviters != "" {
		command.Inviters = &s.Inviters
	}
	if s.Size != 0 {
		command.Size = &s.Size
	}
	_, err := c.do(ctx, command)
	return err
}

// Promote gives the crown to the member n. The leader may.
func (c *Client) Promote(ctx context.Context, n int) error {
	_, err := c.do(ctx, protocol.Command{T: protocol.TPromote, N: n})
	return err
}

// Kick takes out a member or a held seat and keeps it out, until readmitted.
// The leader may, and who acts for it.
func (c *Client) Kick(ctx context.Context, n int) error {
	_, err := c.do(ctx, protocol.Command{T: protocol.TKick, N: n})
	return err
}

// Ban is Kick for good: no personal invite lets it back in. It also makes a ban
// of a kick. The leader may.
func (c *Client) Ban(ctx context.Context, n int) error {
	_, err := c.do(ctx, protocol.Command{T: protocol.TKick, N: n, Ban: true})
	return err
}

// Readmit lets an outcast of the snapshot come back. The leader may, and where
// it was kicked and not banned, who acts for it.
func (c *Client) Readmit(ctx context.Context, n int) error {
	_, err := c.do(ctx, protocol.Command{T: protocol.TReadmit, N: n})
	return err
}

// Report tells the people who run the game about somebody, with the last lines
// of chat and in at most 255 bytes why: the number of a member, of a held seat,
// of one in Asks or Outcasts, or of who wrote a line of the chat. The party is
// not told, nor is who is reported.
func (c *Client) Report(ctx context.Context, n int, reason string) error {
	_, err := c.do(ctx, protocol.Command{T: protocol.TReport, N: n, Reason: reason})
	return err
}

// Acting returns who acts for a leader that lost its connection: the member
// that would come next, "" while the leader is connected or nobody could.
func Acting(p party.Snapshot) party.PlayerID {
	var heir party.PlayerID
	for _, m := range p.Members {
		away := m.Presence == party.Reconnecting
		switch {
		case m.ID == p.Leader:
			if !away {
				return ""
			}
		case away:
		case m.State == party.In:
			if h := member(p, heir); h == nil || h.State != party.In {
				heir = m.ID
			}
		case heir == "":
			heir = m.ID
		}
	}
	return heir
}

func member(p party.Snapshot, id party.PlayerID) *party.MemberView {
	for i := range p.Members {
		if p.Members[i].ID == id {
			return &p.Members[i]
		}
	}
	return nil
}

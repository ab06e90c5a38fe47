package client

import (
	"context"
	"slices"

	"partykit/party"
	"partykit/protocol"
)

// ChatLine is a line of chat, its writer told as it was then. It is also an
// event: one's own lines come back as everybody's, in their place in the order.
type ChatLine struct {
	Seq  uint64
	N    int
	Name string
	Text string
	At   party.Time
}

func (ChatLine) event() {}

// Chat writes a line of 1 to 500 characters: one a second, or five at once.
func (c *Client) Chat(ctx context.Context, text string) error {
	_, err := c.do(ctx, protocol.Command{T: protocol.TChat, Text: text})
	return err
}

// ChatHistory returns the last 200 lines that the party's chat holds, the
// oldest first. The list must not be changed.
func (c *Client) ChatHistory() []ChatLine {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.chat
}

func chatLines(frames []protocol.Chat) []ChatLine {
	lines := make([]ChatLine, 0, len(frames))
	for _, f := range frames {
		lines = append(lines, ChatLine{f.Seq, f.N, f.Name, f.Text, f.At})
	}
	return lines
}

func (c *Client) chatted(f protocol.Chat) error {
	line := ChatLine{f.Seq, f.N, f.Name, f.Text, f.At}
	c.mu.Lock()
	if !c.reached(f.Seq) {
		c.mu.Unlock()
		return nil
	}
	c.chat = append(slices.Clip(c.chat[max(0, len(c.chat)+1-party.ChatKept):]), line)
	c.mu.Unlock()
	c.inbox.put(line)
	return nil
}

// Away says whether the player has the game out of sight. A new connection
// says it again.
func (c *Client) Away(away bool) {
	c.mu.Lock()
	c.away = &away
	c.mu.Unlock()
	c.write(false, awayFrame(away))
}

func awayFrame(away bool) []byte {
	return protocol.Encode(protocol.Command{T: protocol.TAway, Away: away})
}

package client

import (
	"context"
	"encoding/json"
	"time"

	"partykit/party"
	"partykit/protocol"
)

// TravelOptions of a travel; the zero value is the default of each.
type TravelOptions struct {
	Payload json.RawMessage // for the other game, ≤2 KiB
	Within  time.Duration   // for the answers: 10 seconds to 5 minutes, in whole seconds; default one minute
}

// Way is how a player gets to the other game: it opens URL, which brings Ticket
// along. Where that game is a program of its own that this one starts, Ticket
// goes into its [Options]. Good for 5 minutes, and for one player.
type Way struct {
	Ticket string
	URL    string
}

// Travel takes the party to another game of the studio: the others are asked by
// the snapshot's Travel and answer with [Client.Board]; who says yes arrives in
// one new party there. The way returned is this player's own. The leader may.
func (c *Client) Travel(ctx context.Context, to party.GameID, o TravelOptions) (Way, error) {
	ok, err := c.do(ctx, protocol.Command{T: protocol.TTravel, To: to, Payload: o.Payload, Within: int64(o.Within / time.Second)})
	return Way{ok.Ticket, ok.URL}, err
}

// CancelTravel calls the travel off. Who has arrived stays there. The leader
// may.
func (c *Client) CancelTravel(ctx context.Context) error {
	_, err := c.do(ctx, protocol.Command{T: protocol.TTravel})
	return err
}

// Board answers whether this player comes along with the travel of that id, and
// with yes returns its way. It fails with not_found when that travel is over.
func (c *Client) Board(ctx context.Context, travel string, yes bool) (Way, error) {
	ok, err := c.do(ctx, protocol.Command{T: protocol.TBoard, Travel: travel, Yes: &yes})
	return Way{ok.Ticket, ok.URL}, err
}

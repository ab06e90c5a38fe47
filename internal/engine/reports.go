package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	reportStream = "REPORTS"

	nsReports namespace = 'r'

	// ReportTime is how long a report is kept.
	ReportTime = 90 * 24 * time.Hour
	// MaxReports is how many are kept of one game; the oldest leave for newer.
	MaxReports = 1000
)

// Reported is a report as it is stored.
type Reported struct {
	Seq  uint64 // names it, among those of all games
	Data []byte
}

// Report keeps what somebody reports of a game to its operator. The same id
// again within two minutes adds nothing; ids are unique within the server.
func (n *Node) Report(ctx context.Context, game, id string, data []byte) error {
	at, err := reportPlace(game)
	if err != nil {
		return err
	}
	if len(data) > MaxEntry {
		return ErrTooLarge
	}
	_, err = n.put(ctx, game, message(at, data, ReportTime, headerID, id))
	return err
}

// Reports lists what is kept of a game, oldest first.
func (n *Node) Reports(ctx context.Context, game string) ([]Reported, error) {
	at, err := reportPlace(game)
	if err != nil {
		return nil, err
	}
	entries, err := n.since(ctx, at, 0)
	if err != nil {
		return nil, err
	}
	list := make([]Reported, len(entries))
	for i, e := range entries {
		list[i] = Reported{e.seq, e.data}
	}
	return list, nil
}

// EraseReport forgets a report that [Node.Reports] has listed.
func (n *Node) EraseReport(ctx context.Context, r Reported) error {
	js, err := jetstream.New(n.conn)
	if err != nil {
		return err
	}
	stream, err := js.Stream(ctx, reportStream)
	if err != nil {
		return fmt.Errorf("engine: erasing a report: %w", err)
	}
	if err := stream.DeleteMsg(ctx, r.Seq); err != nil {
		return fmt.Errorf("engine: erasing a report: %w", err)
	}
	return nil
}

func reportPlace(game string) (place, error) {
	if !validToken(game) {
		return place{}, fmt.Errorf("%w: game", ErrInvalid)
	}
	return place{reportStream, subject(nsReports, game), game}, nil
}

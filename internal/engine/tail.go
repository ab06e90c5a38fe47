package engine

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	// lazySync is how often what does not wait for the disk is synced. Each time
	// costs every stream some work, also one that nobody uses.
	lazySync = 2 * time.Minute
	// tail is how much of a log Tail shows: what lazySync may have left, and more
	// than as much again for a disk that is slow.
	tail = 5 * time.Minute
)

// Tail calls fn with the newest events of every log, those that came up to five
// minutes before a shard's last entry: with more than a kill or a power cut can
// have taken of what does not wait for the disk. Those of a shard come in their
// order. It is for a start, before anything is written.
func (n *Node) Tail(ctx context.Context, fn func(Record)) error {
	js, err := jetstream.New(n.conn)
	if err != nil {
		return err
	}
	for i := range n.engine.shards {
		shard := strconv.Itoa(i)
		at := place{streamName(nsLog, shard), subject(nsLog, shard) + ".*.*." + Event.String()}
		stream, err := js.Stream(ctx, at.stream)
		if err != nil {
			return fmt.Errorf("%w: reading the end of a log: %w", ErrUnavailable, err)
		}
		state := stream.CachedInfo().State
		if state.Msgs == 0 {
			continue
		}
		from := state.LastTime.Add(-tail)
		err = n.pages(ctx, at, pageRequest{Time: &from}, func(page []entry) {
			for _, e := range page {
				parts := strings.Split(e.subject, ".") // pk.f.SHARD.GAME.PARTY.KIND
				fn(record(Ref{parts[3], parts[4]}, e))
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

package engine

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

// Parties lists parties of a game that have a log, ended ones too, after one ("":
// from the first) and at most limit of them. Their order means nothing, and
// stays: who asks again after the last one sees each once, but for those that
// come and go meanwhile.
//
// The storage is asked for all names of a shard at once, which costs as much as
// there are: one call is under way at a time, the others wait; games take turns.
func (n *Node) Parties(ctx context.Context, game, after string, limit int) ([]string, error) {
	if !validToken(game) || after != "" && !validToken(after) {
		return nil, fmt.Errorf("%w: party", ErrInvalid)
	}
	if err := n.lists.take(ctx, game); err != nil {
		return nil, err
	}
	defer n.lists.give()
	js, err := jetstream.New(n.conn)
	if err != nil {
		return nil, err
	}
	first := 0
	if after != "" {
		if first, err = strconv.Atoi(shardOf(Ref{game, after}.String(), n.engine.shards)); err != nil {
			return nil, err
		}
	}
	list := []string{}
	for shard := first; shard < n.engine.shards && len(list) < limit; shard++ {
		ids, err := n.partiesOf(ctx, js, game, strconv.Itoa(shard))
		if err != nil {
			return nil, fmt.Errorf("%w: listing: %w", ErrUnavailable, err)
		}
		if shard == first {
			ids = slices.DeleteFunc(ids, func(id string) bool { return id <= after })
		}
		list = append(list, ids...)
	}
	return list[:min(len(list), limit)], nil
}

// partiesOf lists a game's parties in a shard by their ids.
func (n *Node) partiesOf(ctx context.Context, js jetstream.JetStream, game, shard string) ([]string, error) {
	stream, err := js.Stream(ctx, streamName(nsLog, shard))
	if err != nil {
		return nil, err
	}
	before, behind := subject(nsLog, shard, game)+".", "."+Event.String()
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter(before+"*"+behind))
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(info.State.Subjects))
	for s := range info.State.Subjects {
		ids = append(ids, strings.TrimSuffix(strings.TrimPrefix(s, before), behind))
	}
	slices.Sort(ids)
	return ids, nil
}

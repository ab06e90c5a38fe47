package engine

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	headerDeleted = "PartyKit-Deleted"

	// deletedTTL is how long the mark of a deleted invite or ticket lies; nobody
	// watches them.
	deletedTTL = time.Minute
)

// Get returns a record and its revision, or ErrNotFound. The game, "" for none, says
// in whose turn it is read; it is no part of the key.
func (n *Node) Get(ctx context.Context, game string, t Table, key string) (value []byte, revision uint64, err error) {
	at, err := n.engine.recordPlace(game, t, key)
	if err != nil {
		return nil, 0, err
	}
	e, err := n.last(ctx, at)
	if err != nil {
		return nil, 0, err
	}
	if e.gone() {
		return nil, 0, ErrNotFound
	}
	return e.data, e.seq, nil
}

// Put stores a record if its revision is still expect, where 0 means that there
// must be none, and returns the new revision. The record expires after ttl, 0
// for never; others are rounded up to whole seconds. A Put that leaves ttl out
// makes a record that had one stay. ErrConflict says that somebody else was
// faster. The game is as in Get.
func (n *Node) Put(ctx context.Context, game string, t Table, key string, value []byte, expect uint64, ttl time.Duration) (revision uint64, err error) {
	return await(ctx, func(done func(uint64, error)) { n.store(lane{game, true}, t, key, value, expect, ttl, done) })
}

// Store is Put that waits for nothing. It takes its turn with what the game's
// parties write, which much that is put does not hold up. done gets the new
// revision or an error, as of [Node.Append], in any order with those of other
// writes.
func (n *Node) Store(game string, t Table, key string, value []byte, expect uint64, ttl time.Duration, done func(revision uint64, err error)) {
	n.store(lane{game: game}, t, key, value, expect, ttl, done)
}

func (n *Node) store(in lane, t Table, key string, value []byte, expect uint64, ttl time.Duration, done func(revision uint64, err error)) {
	at, err := n.engine.recordPlace(in.game, t, key)
	if err == nil && len(value) > MaxEntry {
		err = ErrTooLarge
	}
	if err != nil {
		go done(0, err)
		return
	}
	put := func(expect uint64, done func(uint64, error)) {
		n.writes.enqueue(&write{lane: in, msg: message(at, value, ttl, headerExpected, strconv.FormatUint(expect, 10)), done: done})
	}
	put(expect, func(revision uint64, err error) {
		if expect != 0 || !errors.Is(err, ErrConflict) {
			done(revision, err)
			return
		}
		// There may be only the mark of a record that is gone, which counts as none.
		go func() {
			switch mark, lookErr := n.last(context.Background(), at); {
			case errors.Is(lookErr, ErrNotFound):
				put(0, done)
			case lookErr != nil || !mark.gone():
				done(0, err)
			default:
				put(mark.seq, done)
			}
		}()
	})
}

// Delete removes a record, whatever its revision. Removing one that is not
// there is no error.
func (n *Node) Delete(ctx context.Context, t Table, key string) error {
	at, err := n.engine.recordPlace("", t, key)
	if err != nil {
		return err
	}
	ttl := deletedTTL
	if t == Config {
		ttl = markerTTL
	}
	_, err = n.put(ctx, at.game, message(at, nil, ttl, headerDeleted, "1"))
	return err
}

// WatchConfig calls fn for every record of Config, one after another, then
// returns. Later changes call it on a goroutine of the node's, until ctx ends or
// the node closes; a nil value means that the record is gone. A node keeps one
// watch: it costs the server a consumer.
func (n *Node) WatchConfig(ctx context.Context, fn func(key string, value []byte)) error {
	all := place{stream: configStream, subject: subject(namespace(Config), ">")}
	prefix := len(all.subject) - len(">")
	tell := func(e entry) {
		value := e.data
		switch {
		case e.gone():
			value = nil
		case value == nil:
			value = []byte{} // an empty record is not an absent one
		}
		fn(e.subject[prefix:], value)
	}
	held, err := n.since(ctx, all, 0)
	if err != nil {
		return err
	}
	var next uint64 = 1
	for _, e := range held {
		next = e.seq + 1
		if !e.gone() {
			tell(e)
		}
	}
	js, err := jetstream.New(n.conn)
	if err != nil {
		return err
	}
	consumer, err := js.OrderedConsumer(ctx, configStream, jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{all.subject},
		DeliverPolicy:  jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:    next,
	})
	if err != nil {
		return fmt.Errorf("engine: watching settings: %w", err)
	}
	consuming, err := consumer.Consume(func(m jetstream.Msg) {
		meta, err := m.Metadata()
		if err != nil {
			n.log.Error("a setting came without its sequence", "err", err)
			return
		}
		tell(entry{
			subject: m.Subject(),
			seq:     meta.Sequence.Stream,
			time:    meta.Timestamp,
			header:  nats.Header(m.Headers()),
			data:    m.Data(),
		})
	}, jetstream.ConsumeErrHandler(func(_ jetstream.ConsumeContext, err error) {
		n.log.Warn("watching settings", "err", err) // the consumer makes itself anew where it stood
	}))
	if err != nil {
		return fmt.Errorf("engine: watching settings: %w", err)
	}
	n.tasks.Go(func() {
		select {
		case <-ctx.Done():
		case <-n.ended:
		}
		consuming.Stop()
	})
	return nil
}

package engine

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	consumeWait  = 30 * time.Second // until an event that was not answered comes again
	consumeAhead = 256              // events of a shard under way at once
	consumeRetry = 5 * time.Second  // after a failure
)

// Consume hands every event of every party to fn, each at least once, one after
// another within a shard, until ctx ends or the node closes. Under the same
// name it goes on where it was, also after a restart, and several nodes share
// the work; the first time it begins with the events since that time. An event
// on which fn fails comes again. What the log has let go of before it was handed
// out is not.
func (n *Node) Consume(ctx context.Context, name string, since time.Time, fn func(context.Context, Record) error) error {
	if !validToken(name) {
		return fmt.Errorf("%w: consumer", ErrInvalid)
	}
	js, err := jetstream.New(n.conn)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var stops []func()
	stop := func() {
		cancel()
		for _, fn := range stops {
			fn()
		}
	}
	for i := range n.engine.shards {
		shard := strconv.Itoa(i)
		consumer, err := durable(ctx, js, streamName(nsLog, shard), jetstream.ConsumerConfig{
			Durable:       name,
			FilterSubject: subject(nsLog, shard) + ".*.*." + Event.String(),
			DeliverPolicy: jetstream.DeliverByStartTimePolicy,
			OptStartTime:  &since,
			AckPolicy:     jetstream.AckExplicitPolicy,
			AckWait:       consumeWait,
			MaxAckPending: consumeAhead,
		})
		if err == nil {
			var running jetstream.ConsumeContext
			if running, err = consumer.Consume(func(m jetstream.Msg) { consume(ctx, m, fn) }, n.consumeErrors(name)); err == nil {
				stops = append(stops, running.Stop)
			}
		}
		if err != nil {
			stop()
			return fmt.Errorf("engine: consuming as %s: %w", name, err)
		}
	}
	n.until(ctx, stop)
	return nil
}

// EndConsume forgets how far a name has come, on every node.
func (n *Node) EndConsume(ctx context.Context, name string) error {
	js, err := jetstream.New(n.conn)
	if err != nil {
		return err
	}
	var errs []error
	for i := range n.engine.shards {
		err := js.DeleteConsumer(ctx, streamName(nsLog, strconv.Itoa(i)), name)
		if !errors.Is(err, jetstream.ErrConsumerNotFound) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// consume hands one event out.
func consume(ctx context.Context, m jetstream.Msg, fn func(context.Context, Record) error) {
	meta, err := m.Metadata()
	parts := strings.Split(m.Subject(), ".") // pk.f.SHARD.GAME.PARTY.KIND
	if err != nil || len(parts) != 6 {
		m.Term() // not from a log of ours
		return
	}
	err = fn(ctx, Record{
		Ref: Ref{parts[3], parts[4]}, Kind: Event, Seq: sequence(meta.Sequence.Stream, 0), Time: meta.Timestamp, Data: m.Data(),
	})
	if err != nil {
		m.NakWithDelay(consumeRetry)
		return
	}
	m.Ack()
}

// durable returns a consumer as it was left, or a new one.
func durable(ctx context.Context, js jetstream.JetStream, stream string, config jetstream.ConsumerConfig) (jetstream.Consumer, error) {
	c, err := js.Consumer(ctx, stream, config.Durable)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		return js.CreateConsumer(ctx, stream, config)
	}
	return c, err
}

// consumeErrors notes what goes wrong beside the entries; the client goes on by
// itself.
func (n *Node) consumeErrors(name string) jetstream.PullConsumeOpt {
	return jetstream.ConsumeErrHandler(func(_ jetstream.ConsumeContext, err error) {
		n.log.Debug("consuming", "consumer", name, "err", err)
	})
}

// until calls stop when ctx ends or the node closes.
func (n *Node) until(ctx context.Context, stop func()) {
	n.tasks.Go(func() {
		select {
		case <-ctx.Done():
		case <-n.ended:
		}
		stop()
	})
}

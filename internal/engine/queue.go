package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	queueStream = "QUEUE"
	deadStream  = "DEAD"

	nsQueue namespace = 'h'
	nsDead  namespace = 'd'

	// QueueTime is how long a task waits at most.
	QueueTime = 72 * time.Hour
	// DeadTime is how long a task that was given up is kept.
	DeadTime = 7 * 24 * time.Hour

	workWait = 2 * time.Minute // until a task that was not answered comes again
	// workAhead is how many tasks of a game may be between their tries.
	workAhead = 5000
)

// Task is something to be done for a game, outside.
type Task struct {
	Game  string
	ID    string // unique within the game
	Data  []byte
	Added time.Time
	Tries int // this one counted
}

// Enqueue adds a task. One of this id that still waits is not added again. It
// fails with ErrFull where the storage has no room.
func (n *Node) Enqueue(ctx context.Context, game, id string, data []byte) error {
	at, err := taskPlace(nsQueue, queueStream, game, id)
	if err != nil {
		return err
	}
	_, err = n.put(ctx, game, message(at, data, QueueTime, headerExpected, "0"))
	if errors.Is(err, ErrConflict) {
		return nil
	}
	return err
}

// Work hands the tasks of a game to fn, at most parallel at once on this node,
// until ctx ends or the node closes. A positive answer has the task come again
// after that time, 0 says that it is done with. Several nodes share the work; a
// task may come twice, when its answer was lost.
func (n *Node) Work(ctx context.Context, game string, parallel int, fn func(context.Context, Task) (again time.Duration)) error {
	if !validToken(game) {
		return fmt.Errorf("%w: game", ErrInvalid)
	}
	js, err := jetstream.New(n.conn)
	if err != nil {
		return err
	}
	consumer, err := durable(ctx, js, queueStream, jetstream.ConsumerConfig{
		Durable:       game,
		FilterSubject: subject(nsQueue, game, "*"),
		AckPolicy:     jetstream.AckExplicitPolicy,
		AckWait:       workWait,
		MaxAckPending: workAhead,
	})
	if err != nil {
		return fmt.Errorf("engine: working for %s: %w", game, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	slots := make(chan struct{}, parallel)
	consuming, err := consumer.Consume(func(m jetstream.Msg) {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		running.Go(func() {
			defer func() { <-slots }()
			work(ctx, m, fn)
		})
	}, jetstream.PullMaxMessages(parallel), n.consumeErrors(game))
	if err != nil {
		cancel()
		return fmt.Errorf("engine: working for %s: %w", game, err)
	}
	n.until(ctx, func() {
		cancel()
		consuming.Stop()
		<-consuming.Closed()
		running.Wait()
	})
	return nil
}

func work(ctx context.Context, m jetstream.Msg, fn func(context.Context, Task) time.Duration) {
	meta, err := m.Metadata()
	parts := strings.Split(m.Subject(), ".") // pk.h.GAME.ID
	if err != nil || len(parts) != 4 {
		m.Term() // not from a queue of ours
		return
	}
	again := fn(ctx, Task{Game: parts[2], ID: parts[3], Data: m.Data(), Added: meta.Timestamp, Tries: int(meta.NumDelivered)})
	if again > 0 {
		m.NakWithDelay(again)
		return
	}
	m.Ack()
}

// EndWork forgets all tasks of a game that wait.
func (n *Node) EndWork(ctx context.Context, game string) error {
	if !validToken(game) {
		return fmt.Errorf("%w: game", ErrInvalid)
	}
	js, err := jetstream.New(n.conn)
	if err != nil {
		return err
	}
	if err := js.DeleteConsumer(ctx, queueStream, game); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return err
	}
	stream, err := js.Stream(ctx, queueStream)
	if err != nil {
		return err
	}
	return stream.Purge(ctx, jetstream.WithPurgeSubject(subject(nsQueue, game, "*")))
}

// Bury keeps a task that was given up, for DeadTime.
func (n *Node) Bury(ctx context.Context, game, id string, data []byte) error {
	at, err := taskPlace(nsDead, deadStream, game, id)
	if err != nil {
		return err
	}
	_, err = n.put(ctx, game, message(at, data, DeadTime))
	return err
}

// Buried lists the tasks of a game that were given up, oldest first.
func (n *Node) Buried(ctx context.Context, game string) ([]Task, error) {
	if !validToken(game) {
		return nil, fmt.Errorf("%w: game", ErrInvalid)
	}
	entries, err := n.since(ctx, place{deadStream, subject(nsDead, game, "*"), game}, 0)
	if err != nil {
		return nil, err
	}
	tasks := []Task{}
	for _, e := range entries {
		if !e.gone() {
			_, id, _ := strings.Cut(strings.TrimPrefix(e.subject, subject(nsDead)+"."), ".")
			tasks = append(tasks, Task{Game: game, ID: id, Data: e.data, Added: e.time})
		}
	}
	return tasks, nil
}

// Unbury forgets a task that was given up.
func (n *Node) Unbury(ctx context.Context, game, id string) error {
	at, err := taskPlace(nsDead, deadStream, game, id)
	if err != nil {
		return err
	}
	_, err = n.put(ctx, game, message(at, nil, deletedTTL, headerDeleted, "1"))
	return err
}

func taskPlace(ns namespace, stream, game, id string) (place, error) {
	if !validToken(game) || !validToken(id) {
		return place{}, fmt.Errorf("%w: task", ErrInvalid)
	}
	return place{stream, subject(ns, game, id), game}, nil
}

package webhook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"partykit/internal/engine"
	"partykit/internal/game"
	"partykit/party"
)

const (
	consumer = "webhooks"
	parallel = 4               // posts of a game at once, on this node
	setBack  = 5 * time.Second // after the engine refused to begin
)

// Options say what a sender works with.
type Options struct {
	Node   *engine.Node
	Games  *game.Registry
	Sealer game.Sealer
	// Client posts. It must not follow redirects nor reach into the operator's
	// own network.
	Client  *http.Client
	Version string
	Logger  *slog.Logger
}

// Sender tells games' backends what happens.
type Sender struct {
	o   Options
	log *slog.Logger

	changed chan struct{}
	ctx     context.Context
	stop    context.CancelFunc
	run     sync.WaitGroup

	// The rest belongs to the goroutine that runs.
	working   map[string]context.CancelFunc // games whose queue is worked on
	consuming context.CancelFunc
}

// New starts a sender. It follows the games' settings by itself, and while no
// game has a webhook it costs nothing.
func New(o Options) *Sender {
	ctx, stop := context.WithCancel(context.Background())
	s := &Sender{
		o: o, log: o.Logger.With("part", "webhook"), changed: make(chan struct{}, 1),
		ctx: ctx, stop: stop, working: map[string]context.CancelFunc{},
	}
	o.Games.OnChange(func() {
		select {
		case s.changed <- struct{}{}:
		default:
		}
	})
	s.run.Go(s.follow)
	return s
}

// Close stops. What is under way is tried again by the next sender.
func (s *Sender) Close() {
	s.stop()
	s.run.Wait()
}

// follow keeps what runs as the games' settings want it.
func (s *Sender) follow() {
	for {
		again := (<-chan time.Time)(nil)
		if err := s.settle(); err != nil && s.ctx.Err() == nil {
			s.log.Warn("webhooks cannot be served yet", "err", err)
			again = time.After(setBack)
		}
		select {
		case <-s.changed:
		case <-again:
		case <-s.ctx.Done():
			return
		}
	}
}

func (s *Sender) settle() error {
	var since time.Time // the earliest
	on := map[string]bool{}
	for _, g := range s.o.Games.List() {
		if g.Webhook.On() {
			on[g.ID] = true
			if since.IsZero() || g.Webhook.Since.Before(since) {
				since = g.Webhook.Since
			}
		}
	}
	var errs []error
	for id := range on {
		if s.working[id] == nil {
			ctx, cancel := context.WithCancel(s.ctx)
			if err := s.o.Node.Work(ctx, id, parallel, s.deliver); err != nil {
				cancel()
				errs = append(errs, err)
				continue
			}
			s.working[id] = cancel
		}
	}
	for id, cancel := range s.working {
		if !on[id] {
			cancel()
			errs = append(errs, s.o.Node.EndWork(s.ctx, id))
			delete(s.working, id)
		}
	}
	switch {
	case len(on) > 0 && s.consuming == nil:
		ctx, cancel := context.WithCancel(s.ctx)
		if err := s.o.Node.Consume(ctx, consumer, since, s.told); err != nil {
			cancel()
			errs = append(errs, err)
			break
		}
		s.consuming = cancel
	case len(on) == 0 && s.consuming != nil:
		s.consuming()
		s.consuming = nil
		errs = append(errs, s.o.Node.EndConsume(s.ctx, consumer))
	}
	return errors.Join(errs...)
}

// told puts the notices of an event into its game's queue.
func (s *Sender) told(ctx context.Context, r engine.Record) error {
	g, ok := s.o.Games.Get(r.Ref.Game)
	if !ok || !g.Webhook.On() || r.Time.Before(g.Webhook.Since) {
		return nil
	}
	e, err := party.DecodeEntry(r.Data)
	if err != nil {
		s.log.Error("an entry cannot be read", "game", r.Ref.Game, "party", r.Ref.Party, "seq", r.Seq, "err", err)
		return nil
	}
	for _, n := range e.Notices() {
		id, body, err := compose(r, e, n)
		if err != nil {
			return err
		}
		err = s.o.Node.Enqueue(ctx, r.Ref.Game, id, body)
		if errors.Is(err, engine.ErrFull) { // one game's silence must not hold up the others
			err = s.o.Node.Bury(ctx, r.Ref.Game, id, letter{body, 0, "the queue was full"}.encode())
		}
		if err != nil {
			return fmt.Errorf("a notice waits: %w", err)
		}
	}
	return nil
}

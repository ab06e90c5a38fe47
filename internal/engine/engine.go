package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Options say where and how an engine stores. Only Dir must be given.
type Options struct {
	Dir        string        // the data folder; made if absent, held by one process at a time
	Durability Durability    // Strict if empty
	Shards     int           // streams that share the load, 1 to 64, 8 if 0; fixed when the folder is first used
	MaxBytes   int64         // what the storage may take in all; 0: four fifths of what the volume has for it
	Timeout    time.Duration // after which a write's outcome is ErrUnknown; 10 s if 0
	Backlog    int           // entries a node holds for its followers before they get a Gap; 16,384 if 0
	Logger     *slog.Logger  // slog.Default if nil
}

// Engine is an open storage.
type Engine struct {
	wiring
	opts    Options
	log     *slog.Logger
	folder  *folder
	history history
	shards  int

	mu     sync.Mutex
	nodes  map[*Node]struct{}
	closed bool
}

// Open starts the storage in a folder. It fails with a [*LockedError] if
// another process has the folder open, and with a sentence for the operator if
// it cannot be used.
func Open(ctx context.Context, o Options) (*Engine, error) {
	if o.Dir == "" {
		return nil, errors.New("engine: no data folder given")
	}
	if o.Durability == "" {
		o.Durability = Strict
	}
	if o.Shards == 0 {
		o.Shards = 8
	}
	if o.Shards < 1 || o.Shards > 64 {
		return nil, fmt.Errorf("engine: %d shards; use 1 to 64", o.Shards)
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Backlog == 0 {
		o.Backlog = 16384
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	f, err := openFolder(o.Dir)
	if err != nil {
		return nil, err
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = f.budget()
	}
	e := &Engine{opts: o, log: o.Logger.With("part", "engine"), folder: f, nodes: make(map[*Node]struct{})}
	if err := e.start(ctx); err != nil {
		return nil, errors.Join(err, f.close())
	}
	return e, nil
}

func (e *Engine) start(ctx context.Context) error {
	w, err := startEmbedded(e.opts.Dir, e.opts.Durability, e.log)
	if err != nil {
		return err
	}
	e.wiring = w
	if err := e.prepare(ctx); err != nil {
		e.stop()
		return fmt.Errorf("the storage in %s: %w", e.opts.Dir, err)
	}
	return nil
}

// prepare makes the streams and notes that a run has begun.
func (e *Engine) prepare(ctx context.Context) error {
	conn, err := e.dial(nats.Name("prepare"))
	if err != nil {
		return err
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	births, ends, err := ensureStreams(ctx, js, e.opts.Shards, e.replicas, e.opts.MaxBytes)
	if err != nil {
		return err
	}
	e.shards = len(ends)
	e.history, err = e.folder.begin(births, ends)
	return err
}

// Close closes all nodes, stops the storage in order and releases the folder.
// Closing again does nothing.
func (e *Engine) Close() error {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil
	}
	e.closed = true
	nodes := make([]*Node, 0, len(e.nodes))
	for n := range e.nodes {
		nodes = append(nodes, n)
	}
	e.mu.Unlock()
	var wg sync.WaitGroup
	for _, n := range nodes {
		wg.Go(n.Close)
	}
	wg.Wait()
	e.stop()
	return e.folder.close()
}

package engine

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// Node is one member's connection to an engine. All its methods may be called
// from any goroutine. What it calls back runs on goroutines of its own, which
// must not be blocked for long: hand over and return.
type Node struct {
	engine *Engine
	name   string
	log    *slog.Logger
	conn   *nats.Conn // writes, reads and followed logs

	replies replies
	writes  writes
	follows follows
	bus     bus

	reads   *turns // pages of logs
	lists   *turns // of parties
	forgets *turns // parties that are over

	ended     chan struct{} // closed when Close begins to cut the connection
	tasks     sync.WaitGroup
	closeOnce sync.Once
}

// maxReads is how many pages of logs a node reads at once, each of about a
// megabyte; others wait. Whoever reads several pages holds those it has: of a
// party at most Held entries of each kind.
const maxReads = 64

// Connect opens a node of its own, for instance one per host. The name matches
// ^[a-z0-9_-]{1,64}$ and is shown in logs.
func (e *Engine) Connect(name string) (*Node, error) {
	if !validToken(name) {
		return nil, fmt.Errorf("%w: node name", ErrInvalid)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, ErrClosed
	}
	ended := make(chan struct{})
	n := &Node{
		engine:  e,
		name:    name,
		log:     e.log.With("node", name),
		reads:   newTurns(maxReads, ended),
		lists:   newTurns(1, ended),
		forgets: newTurns(1, ended),
		ended:   ended,
	}
	if err := n.connect(); err != nil {
		return nil, fmt.Errorf("engine: connecting node %s: %w", name, err)
	}
	e.nodes[n] = struct{}{}
	return n, nil
}

func (n *Node) connect() (err error) {
	common := []nats.Option{
		nats.MaxReconnects(-1),
		nats.ReconnectWait(100 * time.Millisecond),
		nats.ReconnectBufSize(-1), // what cannot be sent now fails now
		nats.ErrorHandler(n.onAsyncError),
	}
	n.conn, err = n.engine.dial(append(common, nats.Name(n.name+" log"), n.follows.watch,
		nats.ReconnectHandler(func(*nats.Conn) { n.follows.suspectAll() }))...)
	if err != nil {
		return err
	}
	// Volatile traffic has a connection of its own, so that it never delays a
	// write, and one that does not hear itself.
	n.bus.conn, err = n.engine.dial(append(common, nats.Name(n.name+" bus"), nats.NoEcho())...)
	if err != nil {
		n.conn.Close()
		return err
	}
	if err := n.replies.open(n.conn); err != nil {
		n.conn.Close()
		n.bus.conn.Close()
		return err
	}
	n.writes.init(n.conn, &n.replies, n.engine.opts.Timeout)
	n.follows.init(n, n.engine.opts.Backlog)
	n.bus.init()
	n.tasks.Go(n.writes.send)
	n.tasks.Go(func() { n.follows.serve(n.ended) })
	n.tasks.Go(func() { n.bus.send(n.ended) })
	n.tasks.Go(func() { n.bus.serve(n.ended) })
	return nil
}

// onAsyncError hears of subscriptions that fell behind.
func (n *Node) onAsyncError(conn *nats.Conn, sub *nats.Subscription, err error) {
	switch {
	case sub != nil && errors.Is(err, nats.ErrSlowConsumer):
		if !n.follows.suspect(sub) {
			n.log.Warn("messages between nodes were dropped: this node is too slow")
		}
	default:
		n.log.Warn("engine connection", "err", err)
	}
}

// Close takes no more writes, waits until those under way are answered (at most
// for the engine's timeout), and disconnects. It must not be called from a
// callback of this node. Closing again waits for the first.
func (n *Node) Close() {
	n.closeOnce.Do(func() {
		n.writes.close()
		close(n.ended)
		n.conn.Close()
		n.bus.conn.Close()
		n.tasks.Wait()
		n.engine.mu.Lock()
		delete(n.engine.nodes, n)
		n.engine.mu.Unlock()
	})
}

package engine

import (
	"context"
	"fmt"
	"sync"

	"github.com/nats-io/nats.go"
)

const (
	// busOut is how many messages may wait to leave a node before more are
	// refused, busIn how many may wait for its handlers before more are dropped.
	busOut = 8192
	busIn  = 16384
)

// bus carries what is never stored: volatile messages and statuses between
// nodes. It may lose, and it never blocks who publishes.
type bus struct {
	conn *nats.Conn
	out  chan outgoing
	in   chan *nats.Msg

	mu    sync.Mutex
	bySub map[*nats.Subscription]func([]byte)
}

// outgoing is a message, or a mark whose turn tells that all before it left.
type outgoing struct {
	subject string
	data    []byte
	mark    chan<- struct{}
}

// Publish sends data to all other nodes that subscribe to topic, once however
// many they are, never to this node and nowhere if there is none. Topics are
// "v.<game>.<party>", "p.<party>.sync" and "x.<node>" with anything valid below.
// data must not change afterwards. It fails with ErrUnavailable, and nothing is
// sent, while too much waits to be sent.
func (n *Node) Publish(topic string, data []byte) error {
	subject, err := topicSubject(topic)
	if err != nil {
		return err
	}
	if len(data) > MaxEntry {
		return ErrTooLarge
	}
	select {
	case <-n.ended:
		return ErrClosed
	default:
	}
	select {
	case n.bus.out <- outgoing{subject: subject, data: data}:
		return nil
	default:
		return fmt.Errorf("%w: too much waits to be sent", ErrUnavailable)
	}
}

// Subscribe calls fn with what other nodes publish to topic, on the node's one
// goroutine for it: fn must hand over and return. What comes faster than it is
// taken is dropped. Flush tells when others can reach it.
func (n *Node) Subscribe(topic string, fn func(data []byte)) (stop func(), err error) {
	subject, err := topicSubject(topic)
	if err != nil {
		return nil, err
	}
	b := &n.bus
	b.mu.Lock() // held until the subscription can be found by it
	defer b.mu.Unlock()
	sub, err := b.conn.ChanSubscribe(subject, b.in)
	if err != nil {
		return nil, sendError(err)
	}
	b.bySub[sub] = fn
	return func() {
		b.mu.Lock()
		delete(b.bySub, sub)
		b.mu.Unlock()
		_ = sub.Unsubscribe() // fails only where the connection has ended, and the subscription with it
	}, nil
}

// Flush returns when all that this node published before has left it and all
// that it subscribed to and follows is in effect.
func (n *Node) Flush(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, n.engine.opts.Timeout)
	defer cancel()
	mark := make(chan struct{})
	select {
	case n.bus.out <- outgoing{mark: mark}:
	case <-n.ended:
		return ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case <-mark:
	case <-n.ended:
		return ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	for _, conn := range []*nats.Conn{n.bus.conn, n.conn} {
		if err := conn.FlushWithContext(ctx); err != nil {
			return sendError(err)
		}
	}
	return nil
}

func (b *bus) init() {
	b.out = make(chan outgoing, busOut)
	b.in = make(chan *nats.Msg, busIn)
	b.bySub = make(map[*nats.Subscription]func([]byte))
}

// send is the one goroutine that publishes.
func (b *bus) send(ended <-chan struct{}) {
	for {
		select {
		case o := <-b.out:
			if o.mark != nil {
				close(o.mark)
				continue
			}
			_ = b.conn.Publish(o.subject, o.data) // while disconnected, what is volatile is lost
		case <-ended:
			return
		}
	}
}

func (b *bus) serve(ended <-chan struct{}) {
	for {
		select {
		case m := <-b.in:
			b.mu.Lock()
			fn := b.bySub[m.Sub]
			b.mu.Unlock()
			if fn != nil {
				fn(m.Data)
			}
		case <-ended:
			return
		}
	}
}

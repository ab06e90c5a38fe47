package client

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/coder/websocket"

	"partykit/party"
	"partykit/protocol"
)

// run serves one connection after another until the client ends.
func (c *Client) run(l *link) {
	for {
		err := c.serve(l)
		c.mu.Lock()
		c.link = nil
		c.mu.Unlock()
		if c.ctx.Err() != nil {
			l.ws.Close(websocket.StatusNormalClosure, "")
			c.finish(context.Cause(c.ctx))
			return
		}
		l.ws.CloseNow()
		code := closeCode(err)
		if code.Final() || c.opts.NoReconnect {
			c.finish(fmt.Errorf("partykit: the connection ended: %w", err))
			return
		}
		c.inbox.put(Disconnected{err})
		if l, err = c.reconnect(code); err != nil {
			c.finish(err)
			return
		}
	}
}

func (c *Client) finish(err error) {
	c.mu.Lock()
	c.err = err
	c.mu.Unlock()
	c.cancel(err)
	c.commands.fail(err)
	c.messages.fail(err)
	c.inbox.put(Closed{err})
	close(c.done)
}

// serve reads a connection until it is lost.
func (c *Client) serve(l *link) error {
	ctx, cancel := context.WithCancel(c.ctx)
	defer cancel()
	go l.keepAlive(ctx)
	stop := context.AfterFunc(c.ctx, func() { l.ws.Close(websocket.StatusNormalClosure, "") })
	defer stop()
	for {
		kind, frame, err := l.ws.Read(context.Background())
		if err != nil {
			return err
		}
		l.heard.Store(time.Now().UnixNano())
		if kind == websocket.MessageBinary {
			err = c.binary(frame)
		} else {
			err = c.text(frame)
		}
		if err != nil {
			return err
		}
	}
}

// reconnect tries until a connection stands, the server refuses for good, or
// the client is closed.
func (c *Client) reconnect(code protocol.CloseCode) (*link, error) {
	pause := firstPause(code)
	for {
		select {
		case <-time.After(pause):
		case <-c.ctx.Done():
			return nil, context.Cause(c.ctx)
		}
		l, err := c.connect(c.ctx)
		if err == nil {
			return l, nil
		}
		if c.ctx.Err() != nil {
			return nil, context.Cause(c.ctx)
		}
		pause = nextPause(pause)
		if refused, ok := errors.AsType[*Error](err); ok {
			if !party.Lookup(refused.Code).Retry {
				return nil, err
			}
			pause = max(pause, spread(refused.RetryAfter))
		} else if closeCode(err).Final() {
			return nil, err
		}
	}
}

// The pauses between attempts grow from a quarter of a second to fifteen, each
// with chance in it, so that many clients do not come back at one moment.
func firstPause(code protocol.CloseCode) time.Duration {
	switch {
	case code >= 4100 && code < 4200:
		return 5*time.Second + rand.N(time.Second)
	case code >= 4000 && code < 4100:
		return rand.N(50 * time.Millisecond)
	}
	return rand.N(250 * time.Millisecond)
}

func nextPause(pause time.Duration) time.Duration {
	next := min(max(2*pause, 250*time.Millisecond), 15*time.Second)
	return next/2 + rand.N(next/2)
}

// spread adds up to half of what a server asks to wait: it asks everybody for
// the same.
func spread(wait time.Duration) time.Duration { return wait + rand.N(wait/2+1) }

// connect makes a connection and takes in the answer to hello.
func (c *Client) connect(ctx context.Context) (*link, error) {
	c.mu.Lock()
	o := c.opts
	c.mu.Unlock()
	l, first, err := dial(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := c.welcome(l, first); err != nil {
		l.ws.CloseNow()
		return nil, err
	}
	return l, nil
}

// write sends a frame that nobody waits for; without a connection it is dropped.
func (c *Client) write(binary bool, frame []byte) {
	c.sending.Lock()
	defer c.sending.Unlock()
	c.writeLocked(binary, frame)
}

// writeLocked sends a frame, with sending held. A connection that fails is seen
// by its reader; what must arrive is sent again after it is back.
func (c *Client) writeLocked(binary bool, frame []byte) {
	c.mu.Lock()
	l := c.link
	c.mu.Unlock()
	if l != nil {
		l.write(c.ctx, binary, frame)
	}
}

package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	directGet = "$JS.API.DIRECT.GET."

	// A page of a batched read ends after so many entries or bytes.
	pageEntries = 512
	pageBytes   = 1 << 20
)

// entry is one stored message as a read returns it.
type entry struct {
	subject string
	seq     uint64
	time    time.Time
	header  nats.Header
	data    []byte
}

// gone reports whether the entry only marks that something was deleted or has
// expired.
func (e entry) gone() bool {
	return e.header.Get(headerDeleted) != "" || e.header.Get("Nats-Marker-Reason") != ""
}

// number is a header that holds a sequence; absent is 0.
func (e entry) number(header string) uint64 {
	v, _ := strconv.ParseUint(e.header.Get(header), 10, 64)
	return v
}

// parseEntry reads what the server adds to a stored message, in the answer to
// a read as in a republished entry.
func parseEntry(m *nats.Msg) (entry, error) {
	e := entry{subject: m.Header.Get("Nats-Subject"), header: m.Header, data: m.Data}
	if e.subject == "" {
		return e, errors.New("engine: entry without a subject")
	}
	var err error
	if e.seq, err = strconv.ParseUint(m.Header.Get("Nats-Sequence"), 10, 64); err != nil {
		return e, fmt.Errorf("engine: entry without a sequence: %w", err)
	}
	if e.time, err = time.Parse(time.RFC3339Nano, m.Header.Get("Nats-Time-Stamp")); err != nil {
		return e, fmt.Errorf("engine: entry without a time: %w", err)
	}
	return e, nil
}

// read gathers the answers to one read. They come on the goroutine of the
// node's replies; whoever waits looks at them only after done is closed.
type read struct {
	batch   bool
	done    chan struct{}
	entries []entry
	more    bool // the page ended before the last entry
	err     error
}

func (r *read) reply(m *nats.Msg) (last bool) {
	switch status := m.Header.Get("Status"); status {
	case "":
		e, err := parseEntry(m)
		if err != nil {
			r.err = err
			break
		}
		r.entries = append(r.entries, e)
		if r.batch {
			return false
		}
	case "204": // the end of a batch
		r.more = m.Header.Get("Nats-Num-Pending") != "0"
	case "404": // nothing there
	case "503":
		r.err = fmt.Errorf("%w: no storage answers", ErrUnavailable)
	default:
		r.err = fmt.Errorf("engine: read refused: %s %s", status, m.Header.Get("Description"))
	}
	close(r.done)
	return true
}

// ask sends one read in its game's turn and waits for its answers.
func (n *Node) ask(ctx context.Context, game, subject string, payload []byte, batch bool) (*read, error) {
	ctx, cancel := context.WithTimeout(ctx, n.engine.opts.Timeout)
	defer cancel()
	if err := n.reads.take(ctx, game); err != nil {
		return nil, err
	}
	defer n.reads.give()
	r := &read{batch: batch, done: make(chan struct{})}
	number, inbox := n.replies.expect(r)
	if err := n.conn.PublishMsg(&nats.Msg{Subject: subject, Reply: inbox, Data: payload}); err != nil {
		n.replies.forget(number)
		return nil, sendError(err)
	}
	select {
	case <-r.done:
		return r, r.err
	case <-n.ended:
		n.replies.forget(number)
		return nil, ErrClosed
	case <-ctx.Done():
		n.replies.forget(number)
		return nil, fmt.Errorf("%w: reading: %w", ErrUnavailable, context.Cause(ctx))
	}
}

// last returns the newest entry of a subject, which may only be a mark.
func (n *Node) last(ctx context.Context, at place) (entry, error) {
	r, err := n.ask(ctx, at.game, directGet+at.stream+"."+at.subject, nil, false)
	if err != nil {
		return entry{}, err
	}
	if len(r.entries) == 0 {
		return entry{}, ErrNotFound
	}
	return r.entries[0], nil
}

// since returns the entries of a place, whose subject may end in a wildcard,
// from a sequence on, in stream order.
func (n *Node) since(ctx context.Context, at place, from uint64) ([]entry, error) {
	var all []entry
	for {
		request, err := json.Marshal(struct {
			Seq      uint64 `json:"seq"`
			Next     string `json:"next_by_subj"`
			Batch    int    `json:"batch"`
			MaxBytes int    `json:"max_bytes"`
		}{max(from, 1), at.subject, pageEntries, pageBytes})
		if err != nil {
			return nil, err
		}
		page, err := n.ask(ctx, at.game, directGet+at.stream, request, true)
		if err != nil {
			return nil, err
		}
		all = append(all, page.entries...)
		if !page.more || len(page.entries) == 0 {
			return all, nil
		}
		from = page.entries[len(page.entries)-1].seq + 1
	}
}

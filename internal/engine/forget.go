package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Begin is Append of an event that says all by itself: whatever of the party
// lies before it says nothing any more. A log begins with it, also where a
// former one of the same party has not been forgotten yet.
func (n *Node) Begin(ref Ref, expect uint64, data []byte, ttl time.Duration, done func(seq uint64, err error)) {
	n.append(ref, expect, data, ttl, done, headerBegins, "1")
}

const headerBegins = "PartyKit-Begins"

// Forget removes a party that is over from the storage: its entries of all kinds
// up to the event over, and its snapshot. final is the snapshot that says so; it
// is stored for ttl before anything goes, so that whoever loads the party never
// finds half of it. What was begun after that event stays. It may be repeated.
//
// It costs the storage a look at everything that was written between the party's
// first entry and its last. A node therefore does one at a time, and others wait
// until ctx ends; games take turns.
func (n *Node) Forget(ctx context.Context, ref Ref, over uint64, final []byte, ttl time.Duration) error {
	if err := n.forgets.take(ctx, ref.Game); err != nil {
		return err
	}
	defer n.forgets.give()
	if err := n.SaveSnapshot(ctx, ref, over, final, ttl); err != nil {
		return err
	}
	if err := n.purge(ctx, n.engine.logPlace(ref, "*"), entryOf(over)); err != nil {
		return err
	}
	at := n.engine.snapshotPlace(ref)
	snapshot, err := n.last(ctx, at)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil
	case err != nil:
		return err
	case snapshot.number(headerCovered) > over:
		return nil // of what was begun since
	}
	return n.purge(ctx, at, snapshot.seq)
}

// purge removes the entries of a place up to a sequence.
func (n *Node) purge(ctx context.Context, at place, upTo uint64) error {
	request, err := json.Marshal(struct {
		Filter string `json:"filter"`
		Before uint64 `json:"seq"`
	}{at.subject, upTo + 1})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, n.engine.opts.Timeout)
	defer cancel()
	m, err := n.conn.RequestWithContext(ctx, "$JS.API.STREAM.PURGE."+at.stream, request)
	if err != nil {
		return fmt.Errorf("%w: purging: %w", ErrUnavailable, err)
	}
	var answer struct {
		Error *struct {
			Description string `json:"description"`
		} `json:"error"`
	}
	if err := json.Unmarshal(m.Data, &answer); err != nil {
		return fmt.Errorf("engine: purging: %w", err)
	}
	if answer.Error != nil {
		return fmt.Errorf("engine: purging: %s", answer.Error.Description)
	}
	return nil
}

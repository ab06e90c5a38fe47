package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Record is one committed entry of a party's log.
type Record struct {
	Ref  Ref
	Kind Kind
	Seq  uint64 // its place in the order of the party
	Prev uint64 // of the same kind, what stands before it or, before that, begins the same entry; 0 if none was held then; only from Follow
	Time time.Time
	Data []byte // the reader's to keep
}

// Read returns a party's committed entries after a sequence, in their order.
// Without kinds it returns all; expired entries are not among them.
func (n *Node) Read(ctx context.Context, ref Ref, after uint64, kinds ...Kind) ([]Record, error) {
	if err := ref.validate(); err != nil {
		return nil, err
	}
	which := "*"
	if len(kinds) == 1 {
		if !validToken(kinds[0].String()) {
			return nil, fmt.Errorf("%w: kind %q", ErrInvalid, kinds[0])
		}
		which = kinds[0].String()
	}
	// Of the entry of that sequence there may be more messages.
	entries, err := n.since(ctx, n.engine.logPlace(ref, which), entryOf(after))
	if err != nil {
		return nil, err
	}
	records := make([]Record, 0, len(entries))
	for _, e := range entries {
		if len(kinds) == 0 || slices.Contains(kinds, e.kind()) {
			records = n.appendRecords(records, ref, e)
		}
	}
	first, _ := slices.BinarySearchFunc(records, after+1, func(r Record, seq uint64) int { return cmp.Compare(r.Seq, seq) })
	return records[first:], nil
}

// kind tells what an entry of a party's log is.
func (e entry) kind() Kind { return Kind(e.subject[len(e.subject)-1]) }

// appendRecords adds what an entry holds.
func (n *Node) appendRecords(all []Record, ref Ref, e entry) []Record {
	if e.kind() != Message {
		return append(all, record(ref, e))
	}
	messages, err := messagesOf(e.data)
	if err != nil {
		n.log.Error("messages of a party cannot be read", "game", ref.Game, "party", ref.Party, "entry", e.seq)
	}
	for i, data := range messages {
		r := record(ref, e)
		r.Seq, r.Data = sequence(e.seq, i), data
		all = append(all, r)
	}
	return all
}

// record is an entry that holds one thing.
func record(ref Ref, e entry) Record {
	return Record{Ref: ref, Kind: e.kind(), Seq: sequence(e.seq, 0), Time: e.time, Data: e.data}
}

// Loaded is what a party's state is made from.
type Loaded struct {
	Snapshot []byte   // nil if there is none
	Covered  uint64   // the last event that the snapshot covers, 0 without one
	Events   []Record // those after Covered
	Last     uint64   // what Append must expect: the last event still held. 0 when all have expired, also where a snapshot remains
}

// Load reads a party's newest snapshot and the events after it. It fails with
// ErrNotFound if there is neither, and with ErrHole if an event after the
// snapshot is missing from the log.
func (n *Node) Load(ctx context.Context, ref Ref) (Loaded, error) {
	l, _, err := n.loadFit(ctx, ref, Event.String())
	return l, err
}

// LoadAll is Load that also returns every entry of the party that is held, of any
// kind and in order, in the same read: that is what a read costs, wherever it
// begins.
func (n *Node) LoadAll(ctx context.Context, ref Ref) (Loaded, []Record, error) {
	l, entries, err := n.loadFit(ctx, ref, "*")
	if err != nil {
		return l, nil, err
	}
	all := make([]Record, 0, len(entries))
	for _, e := range entries {
		all = n.appendRecords(all, ref, e)
	}
	return l, all, nil
}

func (n *Node) loadFit(ctx context.Context, ref Ref, which string) (l Loaded, entries []entry, err error) {
	if err := ref.validate(); err != nil {
		return l, nil, err
	}
	// Snapshot and log are two reads. Where a newer snapshot came between them
	// and older events left, they do not fit, and reading again helps.
	const tries = 4
	for range tries {
		if l, entries, err = n.load(ctx, ref, which); !errors.Is(err, ErrHole) {
			return l, entries, err
		}
	}
	return Loaded{}, nil, err
}

// load reads a party's snapshot, and its entries: of all kinds from the first, or
// of events alone from the last that the snapshot covers.
func (n *Node) load(ctx context.Context, ref Ref, which string) (l Loaded, entries []entry, err error) {
	snapshot, err := n.last(ctx, n.engine.snapshotPlace(ref))
	found := err == nil
	switch {
	case found:
		l.Snapshot = snapshot.data
		l.Covered = snapshot.number(headerCovered)
	case !errors.Is(err, ErrNotFound):
		return l, nil, err
	}
	from := entryOf(l.Covered) // the covered event too: if it is held, nothing is missing before the next
	if which == "*" {
		from = 0
	}
	entries, err = n.since(ctx, n.engine.logPlace(ref, which), from)
	if err != nil {
		return l, nil, err
	}
	known := l.Covered
	for _, e := range entries {
		if e.kind() != Event {
			continue
		}
		r := record(ref, e)
		l.Last = r.Seq
		if r.Seq <= l.Covered {
			continue
		}
		// An event carries the one before it, which its append expected, but
		// for one with which a log begins.
		if begins := e.header.Get(headerBegins) != ""; begins {
			l.Events = nil
		} else if before := sequence(e.number(headerExpected), 0); before > known {
			return l, nil, fmt.Errorf("%w: event %d is not held", ErrHole, before)
		}
		known = r.Seq
		l.Events = append(l.Events, r)
	}
	if l.Last > 0 {
		return l, entries, nil
	}
	if !found {
		return l, nil, ErrNotFound
	}
	// The covered event has expired, but an older one with a longer time may
	// be held, and is then what the subject ends with.
	last, err := n.last(ctx, n.engine.logPlace(ref, Event.String()))
	switch {
	case errors.Is(err, ErrNotFound):
		return l, entries, nil
	case err != nil:
		return l, nil, err
	}
	if l.Last = sequence(last.seq, 0); l.Last > l.Covered {
		return l, nil, fmt.Errorf("%w: event %d came while loading", ErrHole, l.Last)
	}
	return l, entries, nil
}

const headerCovered = "PartyKit-Covered"

// SaveSnapshot stores a party's state as of an event, for ttl (0 for ever). It
// never replaces a snapshot that covers more, which is no error; one that covers
// the same is replaced, so that its time can grow.
func (n *Node) SaveSnapshot(ctx context.Context, ref Ref, covered uint64, data []byte, ttl time.Duration) error {
	if len(data) > MaxSnapshot {
		return ErrTooLarge
	}
	if err := ref.validate(); err != nil {
		return err
	}
	at := n.engine.snapshotPlace(ref)
	for {
		var revision uint64
		switch old, err := n.last(ctx, at); {
		case err == nil && old.number(headerCovered) > covered:
			return nil
		case err == nil:
			revision = old.seq
		case !errors.Is(err, ErrNotFound):
			return err
		}
		m := message(at, data, ttl,
			headerCovered, strconv.FormatUint(covered, 10),
			headerExpected, strconv.FormatUint(revision, 10))
		if _, err := n.put(ctx, ref.Game, m); !errors.Is(err, ErrConflict) {
			return err
		}
	}
}

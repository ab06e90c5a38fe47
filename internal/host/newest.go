package host

import (
	"bytes"
	"sort"

	"partykit/internal/engine"
)

// What is kept at most for those who come back.
const (
	newestEntries = 64
	newestBytes   = 32 << 10
)

// newest are the last entries of a party's log, kept while somebody is away. Who
// comes back and has missed no more than these need not have the log read, which
// is what costs most when everybody comes back at once.
type newest struct {
	keeping bool
	from    uint64 // all after this are here
	entries []engine.Record
	bytes   int
}

// keep begins to keep what comes after a sequence, unless that is done already.
func (n *newest) keep(from uint64) {
	if !n.keeping {
		*n = newest{keeping: true, from: from}
	}
}

func (n *newest) stop() {
	if n.keeping {
		*n = newest{}
	}
}

// add keeps a copy of an entry, the newest of all: what shares its place in
// memory can go.
func (n *newest) add(r engine.Record) {
	if !n.keeping || r.Seq <= n.from {
		return
	}
	if len(n.entries) > 0 && r.Seq < n.entries[len(n.entries)-1].Seq {
		n.stop() // out of its order; the log knows it
		return
	}
	r.Data = bytes.Clone(r.Data)
	n.entries = append(n.entries, r)
	n.bytes += len(r.Data)
	for len(n.entries) > newestEntries || n.bytes > newestBytes {
		n.from = n.entries[0].Seq
		n.bytes -= len(n.entries[0].Data)
		n.entries = n.entries[1:]
	}
}

// after returns the entries after a sequence; false if older ones are needed than
// are kept.
func (n *newest) after(seq uint64) ([]engine.Record, bool) {
	if !n.keeping || seq < n.from {
		return nil, false
	}
	first := sort.Search(len(n.entries), func(i int) bool { return n.entries[i].Seq > seq })
	return n.entries[first:], true
}

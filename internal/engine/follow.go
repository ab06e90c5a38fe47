package engine

import (
	"net"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/nats-io/nats.go"
)

// logKinds are the kinds of entries, in the order in which a Following counts
// them.
const logKinds = "emt"

// Following is one party that a node follows.
type Following struct {
	ref Ref
	fn  func(Record)
	sub *nats.Subscription
	all *follows

	// The rest belongs to the goroutine that delivers.
	seen  uint64                // the last sequence shown
	kinds [len(logKinds)]uint64 // the last of each kind shown
	floor uint64                // up to here, reading after a Gap has everything
	lost  int                   // what the subscription had dropped at the last look
	dials int64                 // and how often the node had connected
}

// Follow calls fn for every entry of a party that is committed from now on, in
// the order of the log, on the node's one goroutine for this: fn must hand over
// and return. What it does not show because it was committed before, a Load or
// Read of this node that begins after Follow returned does.
//
// Where entries may be missing, fn gets a [Gap]: all after its Seq must be read
// ([Node.Read]), and entries met twice recognised by their kind and Seq. What
// this node lost is told before anything behind it is shown. What was lost on
// the way to it shows only in the next entry of its kind: that Gap's Seq lies
// before entries of other kinds which were shown already.
//
// A Gap with Seq 0 says that nothing was shown yet, and one loss may be told
// twice. The first entry of each kind is for the caller to compare: a Prev above
// the last that it has read is a gap too.
func (n *Node) Follow(ref Ref, fn func(Record)) (*Following, error) {
	if err := ref.validate(); err != nil {
		return nil, err
	}
	f := &Following{ref: ref, fn: fn, all: &n.follows, dials: n.follows.dials.Load()}
	if err := n.follows.add(n.conn, n.engine.followSubject(ref), f); err != nil {
		return nil, sendError(err)
	}
	return f, nil
}

// Stop ends it. A call of fn may still be under way when Stop returns; no other
// follows it.
func (f *Following) Stop() {
	f.all.mu.Lock()
	delete(f.all.bySub, f.sub)
	delete(f.all.doubt, f)
	f.all.mu.Unlock()
	_ = f.sub.Unsubscribe() // fails only where the connection has ended, and the subscription with it
}

// follows delivers the entries of all followed parties from one channel. Each
// party has a subscription, which costs about a kilobyte, and no goroutine.
type follows struct {
	node    *Node
	records []Record // of the entry that is shown

	in   chan *nats.Msg
	wake chan struct{} // there is doubt

	dials atomic.Int64 // how often the connection was made, or tried

	mu    sync.Mutex
	bySub map[*nats.Subscription]*Following
	doubt map[*Following]struct{} // those that may have missed entries and get no other
}

func (fs *follows) init(n *Node, backlog int) {
	fs.node = n
	fs.in = make(chan *nats.Msg, backlog)
	fs.wake = make(chan struct{}, 1)
	fs.bySub = make(map[*nats.Subscription]*Following)
	fs.doubt = make(map[*Following]struct{})
}

func (fs *follows) add(conn *nats.Conn, subject string, f *Following) (err error) {
	fs.mu.Lock() // held until the subscription can be found by it
	defer fs.mu.Unlock()
	if f.sub, err = conn.ChanSubscribe(subject, fs.in); err != nil {
		return err
	}
	fs.bySub[f.sub] = f
	return nil
}

// suspect notes that a subscription dropped entries because the channel was
// full. It reports whether the subscription follows a party.
func (fs *follows) suspect(sub *nats.Subscription) bool {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	f := fs.bySub[sub]
	if f == nil {
		return false
	}
	fs.doubt[f] = struct{}{}
	fs.rouse()
	return true
}

// suspectAll notes that the connection was cut for a while.
func (fs *follows) suspectAll() {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for _, f := range fs.bySub {
		fs.doubt[f] = struct{}{}
	}
	fs.rouse()
}

// watch is an option of the node's connection. It counts each time that it is
// made before anything can come by it, unlike the handler of reconnections, which
// runs when it finds time.
func (fs *follows) watch(o *nats.Options) error {
	o.InProcessServer = watched{o.InProcessServer, &fs.dials}
	return nil
}

// watched counts the connections that are made to a server.
type watched struct {
	nats.InProcessConnProvider
	dials *atomic.Int64
}

func (w watched) InProcessConn() (net.Conn, error) {
	w.dials.Add(1)
	return w.InProcessConnProvider.InProcessConn()
}

func (fs *follows) rouse() {
	select {
	case fs.wake <- struct{}{}:
	default:
	}
}

func (fs *follows) serve(ended <-chan struct{}) {
	for {
		select {
		case m := <-fs.in:
			fs.mu.Lock()
			f := fs.bySub[m.Sub]
			fs.mu.Unlock()
			if f != nil {
				f.deliver(m)
			}
		case <-fs.wake:
			fs.mu.Lock()
			doubt := fs.doubt
			fs.doubt = make(map[*Following]struct{})
			fs.mu.Unlock()
			for f := range doubt {
				if f.missed() {
					f.fn(Record{Ref: f.ref, Kind: Gap, Seq: f.seen})
				}
			}
		case <-ended:
			return
		}
	}
}

// missed reports whether, since the last look, the subscription has dropped
// entries or the connection was cut. It is looked at before anything is shown,
// so what was missed came after the entry that was shown last.
func (f *Following) missed() bool {
	lost, err := f.sub.Dropped()
	dials := f.all.dials.Load()
	if err != nil || lost == f.lost && dials == f.dials {
		return false // an ended subscription misses nothing
	}
	f.lost, f.dials = lost, dials
	return true
}

func (f *Following) deliver(m *nats.Msg) {
	e, err := parseEntry(m)
	kind := strings.IndexByte(logKinds, m.Subject[len(m.Subject)-1])
	if err != nil || kind < 0 {
		return // not from a stream of ours; the next entry's Prev shows a gap if it was
	}
	records := f.all.node.appendRecords(f.all.records[:0], f.ref, e)
	if len(records) == 0 {
		return
	}
	f.all.records = records
	records[0].Prev = sequence(e.number("Nats-Last-Sequence"), 0)
	known := max(f.kinds[kind], f.floor)
	switch {
	case f.missed():
		f.gap(f.seen, records[0].Seq)
	case known > 0 && records[0].Prev > known:
		f.gap(min(known, f.seen), records[0].Seq)
	}
	for i, r := range records {
		if i > 0 {
			r.Prev = records[i-1].Seq
		}
		f.kinds[kind], f.seen = r.Seq, r.Seq
		f.fn(r)
	}
	clear(records)
}

// gap tells of a gap before the entry next. Whoever reads because of it reads
// next as well, so that what is before it needs no second telling.
func (f *Following) gap(after, next uint64) {
	f.floor = next
	f.fn(Record{Ref: f.ref, Kind: Gap, Seq: after})
}

package engine

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"partykit/internal/testlog"
)

func openNode(t *testing.T, o Options) *Node {
	t.Helper()
	o.Logger = testlog.New(t)
	e, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	n, err := e.Connect("a")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// said is a write and what it was told.
type said struct {
	text string
	seq  uint64
	err  error
}

// saying brings writes one after another and gathers what they are told.
type saying struct {
	all  []*said
	left sync.WaitGroup
}

func (s *saying) expect(text string) (*said, func(uint64, error)) {
	x := &said{text: text}
	s.all = append(s.all, x)
	s.left.Add(1)
	return x, func(seq uint64, err error) {
		x.seq, x.err = seq, err
		s.left.Done()
	}
}

// entries counts the entries that were written.
func (s *saying) entries() int {
	in := map[uint64]bool{}
	for _, x := range s.all {
		in[entryOf(x.seq)] = true
	}
	return len(in)
}

// Whatever a party writes, however fast, is read and shown in the order in which
// it was brought, each under the sequence that its writer was told; and reading
// may begin behind any of it.
func TestWritesKeepTheirOrder(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 0))
	n := openNode(t, Options{Dir: t.TempDir(), Durability: Relaxed})
	ref := Ref{"demo", "alpaca"}
	shown := make(chan Record, 1000)
	if _, err := n.Follow(ref, func(r Record) { shown <- r }); err != nil {
		t.Fatal(err)
	}
	if err := n.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	var s saying
	var event uint64
	for i := range 600 {
		text := fmt.Sprint(i)
		x, done := s.expect(text)
		switch k := random.IntN(40); {
		case k == 0:
			n.Append(ref, event, []byte(text), 0, done)
			s.left.Wait() // the next must know it
			event = x.seq
		case k == 1:
			n.Send(ref, Chat, "", []byte(text), done)
		case k == 2:
			n.Send(ref, Message, "once-"+text, []byte(text), done)
		default:
			n.Send(ref, Message, "", []byte(text), done)
		}
	}
	s.left.Wait()
	if s.entries() == len(s.all) {
		t.Error("no message shared an entry")
	}
	held, err := n.Read(t.Context(), ref, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(held) != len(s.all) {
		t.Fatalf("seed %d: %d are held of %d", seed, len(held), len(s.all))
	}
	last := map[Kind]uint64{}
	for i, x := range s.all {
		r := held[i]
		if x.err != nil || x.text != string(r.Data) || x.seq != r.Seq || i > 0 && r.Seq <= held[i-1].Seq {
			t.Fatalf("seed %d: as number %d %d %q is held; brought was %q, told %d, %v", seed, i, r.Seq, r.Data, x.text, x.seq, x.err)
		}
		live := <-shown
		if live.Prev > last[r.Kind] || entryOf(live.Prev) != entryOf(last[r.Kind]) {
			t.Errorf("seed %d: number %d says that %d was before, it was %d", seed, i, live.Prev, last[r.Kind])
		}
		last[r.Kind], live.Prev = r.Seq, 0
		if diff := cmp.Diff(r, live); diff != "" {
			t.Fatalf("seed %d: number %d is held and shown (-held +shown):\n%s", seed, i, diff)
		}
	}
	for range 40 {
		i := random.IntN(len(held))
		rest, err := n.Read(t.Context(), ref, held[i].Seq)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(held[i+1:], rest, cmp.Transformer("none", func(r []Record) []Record { return slices.Concat([]Record{}, r) })); diff != "" {
			t.Fatalf("seed %d: after %d (-want +got):\n%s", seed, held[i].Seq, diff)
		}
	}
}

// unanswered is a node in a bubble, and a place whose writes nobody answers.
func unanswered(t *testing.T, dir string) (*Node, func() place) {
	t.Helper()
	n := openNode(t, Options{Dir: dir, Timeout: 3 * time.Second})
	silent, err := n.conn.SubscribeSync("pk.x.silent")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { silent.Unsubscribe() })
	return n, func() place { return place{subject: "pk.x.silent"} }
}

// While an entry of messages is under way, what comes waits for it and shares
// the next, as far as one may grow; what then comes stands behind that.
func TestMessagesGatherWhileOneIsUnderWay(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		n, at := unanswered(t, dir)
		ref := Ref{"demo", "alpaca"}
		ws := &n.writes
		var s saying
		gather := func(size int) {
			_, done := s.expect("")
			ws.gather(ref, at, make([]byte, size), done)
			synctest.Wait()
		}
		look := func(when string, underWay, joined, waiting int) {
			t.Helper()
			ws.mu.Lock()
			defer ws.mu.Unlock()
			talk, g := ws.talks[ref], ws.lanes[lane{game: "demo"}]
			open := 0
			if talk.open != nil {
				open = len(talk.open.said)
			}
			if talk.underWay != underWay || open != joined || g.waiting != waiting {
				t.Errorf("%s %d entries are under way, %d gathered, %d of the game wait; want %d, %d and %d",
					when, talk.underWay, open, g.waiting, underWay, joined, waiting)
			}
		}
		gather(1)
		look("after the first", 1, 0, 0)
		gather(1)
		gather(1)
		look("meanwhile", 1, 2, 2)
		ws.gather(Ref{"demo", "bison"}, at, nil, func(uint64, error) {})
		synctest.Wait()
		look("when another party says something", 1, 2, 2)

		_, done := s.expect("")
		ws.enqueue(&write{lane: lane{game: "demo"}, ref: ref, msg: message(at(), nil, 0), done: done})
		synctest.Wait()
		look("when something else is written", 2, 0, 0)
		for range together {
			gather(1)
		}
		look("full", 2, together, together)
		gather(1)
		look("more than full", 3, 1, 1)
		gather(togetherBytes)
		look("too long for it", 4, 1, 1)

		s.left.Wait()
		for i, x := range s.all {
			want := ErrUnknown
			if i == len(s.all)-1 {
				want = ErrUnavailable // it was held back until its time was over
			}
			if !errors.Is(x.err, want) {
				t.Errorf("of %d write %d was told %v, want %v", len(s.all), i, x.err, want)
			}
		}
		synctest.Wait()
		ws.mu.Lock()
		defer ws.mu.Unlock()
		if ws.inFlight != 0 || len(ws.talks) != 0 || len(ws.lanes) != 0 || len(ws.line) != 0 {
			t.Errorf("left: %d in flight, %d talks, %d lanes, %d writes", ws.inFlight, len(ws.talks), len(ws.lanes), len(ws.line))
		}
	})
}

// An entry that stands in the queue already does not stand there again when one
// before it goes, or when it is closed.
func TestMessagesAreQueuedOnce(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		n, at := unanswered(t, dir)
		ref := Ref{"demo", "alpaca"}
		ws := &n.writes
		other := func(ref Ref) {
			ws.enqueue(&write{lane: lane{game: "demo"}, ref: ref, msg: message(at(), nil, 0), done: func(uint64, error) {}})
		}
		for range share - 1 {
			other(Ref{})
		}
		synctest.Wait() // one more may go
		ws.mu.Lock()
		ws.lanes[lane{game: "demo"}].inFlight++ // and that one not yet
		ws.mu.Unlock()
		gather := func() { ws.gather(ref, at, nil, func(uint64, error) {}) }
		gather()
		other(ref)
		gather()
		ws.mu.Lock()
		g := ws.lanes[lane{game: "demo"}]
		g.inFlight--
		ws.queue(g)
		ws.changed.Broadcast()
		ws.mu.Unlock()
		synctest.Wait() // the first message has gone
		gather()
		other(ref)
		ws.mu.Lock()
		defer ws.mu.Unlock()
		if ws.talks[ref].underWay != 1 || len(g.unsent) != 3 || len(g.unsent[1].said) != 2 {
			t.Errorf("%d entries of messages are under way, and in the queue are %d writes; want 1 and the other write, two messages, the other write",
				ws.talks[ref].underWay, len(g.unsent))
		}
	})
}

// What a game may have waiting is bounded, gathered or not.
func TestMessagesFindTheWaitingRoomFull(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		n, at := unanswered(t, dir)
		for range share {
			n.writes.enqueue(&write{lane: lane{game: "demo"}, msg: message(at(), nil, 0), done: func(uint64, error) {}})
		}
		synctest.Wait() // those are on their way, and no other of the game goes
		full := make(chan error, 1)
		for i := range waitingRoom + 1 {
			done := func(uint64, error) {}
			if i == waitingRoom {
				done = func(_ uint64, err error) { full <- err }
			}
			n.writes.gather(Ref{"demo", "alpaca"}, at, nil, done)
		}
		synctest.Wait()
		select {
		case err := <-full:
			if !strings.Contains(err.Error(), "too many writes") {
				t.Errorf("one too many was told %v", err)
			}
		default:
			t.Error("one too many was taken")
		}
	})
}

// More parties talk at once than may have an entry under way: each message and
// line is written once, and nothing is left to wait for.
func TestManyPartiesTalkAtOnce(t *testing.T) {
	n := openNode(t, Options{Dir: t.TempDir(), Durability: Relaxed})
	const parties, each = share + 50, 6
	name := func(i int) Ref { return Ref{"demo", fmt.Sprint("p", i)} }
	var s saying
	for i := range each {
		for p := range parties {
			kind := Message
			if i%3 == 1 {
				kind = Chat
			}
			text := fmt.Sprint(i)
			_, done := s.expect(text)
			n.Send(name(p), kind, "", []byte(text), done)
		}
	}
	s.left.Wait()
	for _, x := range s.all {
		if x.err != nil {
			t.Fatalf("%q was told %v", x.text, x.err)
		}
	}
	var want []string
	for i := range each {
		want = append(want, fmt.Sprint(i))
	}
	for p := range parties {
		records, err := n.Read(t.Context(), name(p), 0)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range records {
			got = append(got, string(r.Data))
		}
		if !slices.Equal(got, want) {
			t.Errorf("party %d has %q, want %q", p, got, want)
		}
	}
	ws := &n.writes
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if ws.inFlight != 0 || len(ws.talks) != 0 || len(ws.lanes) != 0 || len(ws.line) != 0 || len(ws.turns) != 0 {
		t.Errorf("left: %d in flight, %d talks, %d lanes, %d writes, %d turns", ws.inFlight, len(ws.talks), len(ws.lanes), len(ws.line), len(ws.turns))
	}
}

// A message that is as long as may be has an entry of its own; others do not
// suffer from it.
func TestALongMessageAmongOthers(t *testing.T) {
	n := openNode(t, Options{Dir: t.TempDir(), Durability: Relaxed})
	ref := Ref{"demo", "alpaca"}
	var s saying
	for _, size := range []int{1, 2, MaxEntry, 3, MaxEntry + 1, 4} {
		_, done := s.expect("")
		n.Send(ref, Message, "", make([]byte, size), done)
	}
	s.left.Wait()
	if err := s.all[4].err; !errors.Is(err, ErrTooLarge) {
		t.Errorf("one that is too long was told %v", err)
	}
	var sizes []int
	records, err := n.Read(t.Context(), ref, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		sizes = append(sizes, len(r.Data))
	}
	if want := []int{1, 2, MaxEntry, 3, 4}; !cmp.Equal(sizes, want) {
		t.Errorf("sizes %v, want %v", sizes, want)
	}
}

// FuzzMessagesOf: an entry of messages gives back what was put into it, or is
// refused.
func FuzzMessagesOf(f *testing.F) {
	f.Add(appendMessage(appendMessage(nil, []byte("one")), []byte("")))
	f.Add([]byte{5, 'x'})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Add(make([]byte, together+1))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		messages, err := messagesOf(b)
		if err != nil {
			return
		}
		if len(messages) == 0 || len(messages) > together {
			t.Fatalf("%d messages", len(messages))
		}
		var again []byte
		for _, m := range messages {
			again = appendMessage(again, m)
		}
		back, err := messagesOf(again)
		if err != nil || !slices.EqualFunc(messages, back, bytes.Equal) {
			t.Errorf("%q became %q, %v", messages, back, err)
		}
	})
}

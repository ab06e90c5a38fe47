package engine

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"partykit/internal/testlog"
)

// A write that nobody answers is unknown; one that could not even be sent in
// its time is known not to be there.
func TestUnanswered(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		n, silent := unanswered(t, dir)

		const unsent = 10
		start := time.Now()
		told := make(chan error, share+unsent)
		for range share + unsent {
			n.writes.enqueue(&write{
				msg:  message(silent(), []byte("x"), 0),
				done: func(_ uint64, err error) { told <- err },
			})
		}
		counts := map[error]int{}
		for range share + unsent {
			err := <-told
			for _, kind := range []error{ErrUnknown, ErrUnavailable} {
				if errors.Is(err, kind) {
					counts[kind]++
				}
			}
		}
		if counts[ErrUnknown] != share || counts[ErrUnavailable] != unsent {
			t.Errorf("outcomes %v, want %d unknown and %d unavailable", counts, share, unsent)
		}
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("told after %v", took)
		}

		// With its share free again, writes go on; where no storage is, that is said.
		n.writes.enqueue(&write{msg: message(place{subject: "pk.x.nobody"}, nil, 0), done: func(_ uint64, err error) { told <- err }})
		if err := <-told; !errors.Is(err, ErrUnavailable) {
			t.Errorf("without a storage: %v", err)
		}
		n.Append(Ref{"demo", "alpaca"}, 0, []byte("x"), 0, func(_ uint64, err error) { told <- err })
		if err := <-told; err != nil {
			t.Errorf("an append afterwards: %v", err)
		}
		if len(n.writes.lanes) != 0 || len(n.writes.turns) != 0 {
			t.Errorf("%d lanes are remembered that have nothing to write", len(n.writes.lanes))
		}
	})
}

// A game whose writes are not answered, and very many, keeps no other from
// writing at once.
func TestAGameWaitsForItsOwnWrites(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		n, silent := unanswered(t, dir)
		var full, late int
		over := make(chan bool)
		const noisy = share + waitingRoom + 5
		for i := range noisy {
			if i == share {
				synctest.Wait() // until those are on their way
			}
			n.writes.enqueue(&write{
				lane: lane{game: "noisy"}, msg: message(silent(), nil, 0),
				done: func(_ uint64, err error) { over <- strings.Contains(err.Error(), "too many writes") },
			})
		}
		start := time.Now()
		told := make(chan error, 1)
		n.Append(Ref{"quiet", "alpaca"}, 0, []byte("x"), 0, func(_ uint64, err error) { told <- err })
		if err := <-told; err != nil || time.Since(start) != 0 {
			t.Errorf("another game's write: %v after %v", err, time.Since(start))
		}
		n.Store("quiet", Tickets, "seat", nil, 0, 0, func(_ uint64, err error) { told <- err })
		if err := <-told; err != nil || time.Since(start) != 0 {
			t.Errorf("another game's record: %v after %v", err, time.Since(start))
		}
		n.Store("noisy", Tickets, "seat", nil, 0, 0, func(_ uint64, err error) { told <- err })
		if err := <-told; !errors.Is(err, ErrUnavailable) {
			t.Errorf("a record of the game itself: %v", err)
		}
		for range noisy {
			if <-over {
				full++
			} else {
				late++
			}
		}
		if full != 5 || late != noisy-5 {
			t.Errorf("of %d writes %d found the waiting room full and %d were not answered", noisy, full, late)
		}
	})
}

// When the connection is cut and comes back, every follower is told to read,
// before it is shown anything that came behind the cut.
func TestGapAfterReconnect(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		n := openNode(t, Options{Dir: dir})
		ref := Ref{"demo", "alpaca"}
		var got []Record
		if _, err := n.Follow(ref, func(r Record) { got = append(got, r) }); err != nil {
			t.Fatal(err)
		}
		appended := make(chan uint64, 1)
		add := func(expect uint64) uint64 {
			n.Append(ref, expect, []byte("x"), 0, func(seq uint64, err error) {
				if err != nil {
					t.Error(err)
				}
				appended <- seq
			})
			return <-appended
		}
		first := add(0)
		synctest.Wait()
		if err := n.conn.ForceReconnect(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		second := add(first)
		synctest.Wait()
		if len(got) != 3 || got[0].Seq != first || got[1].Kind != Gap || got[1].Seq != first || got[2].Seq != second {
			t.Errorf("shown: %+v", got)
		}

		// Also where the handler of reconnections has not run when the next entry
		// comes: what was lost lies before that.
		n.conn.SetReconnectHandler(nil)
		got = nil
		if err := n.conn.ForceReconnect(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		third := add(second)
		synctest.Wait()
		if len(got) != 2 || got[0].Kind != Gap || got[0].Seq != second || got[1].Seq != third {
			t.Errorf("shown before anybody told of the cut: %+v", got)
		}
	})
}

// A node that publishes faster than it can send refuses, and does not block.
func TestPublishRefusesRatherThanBlocks(t *testing.T) {
	n := &Node{ended: make(chan struct{})} // its sender is not running
	n.bus.init()
	for range busOut {
		if err := n.Publish("v.demo.alpaca", nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := n.Publish("v.demo.alpaca", nil); !errors.Is(err, ErrUnavailable) {
		t.Errorf("with %d waiting: %v", busOut, err)
	}
}

// Where stored data lies must never change.
func TestPlacesStay(t *testing.T) {
	e := &Engine{shards: 8}
	ref := Ref{"demo", "alpaca"}
	config, err := e.recordPlace("", Config, "art.demo.cover")
	if err != nil {
		t.Fatal(err)
	}
	invite, err := e.recordPlace("demo", Invites, "abc")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct {
		got  place
		want place
	}{
		{e.logPlace(ref, "e"), place{"LOG-5", "pk.f.5.demo.alpaca.e", "demo"}},
		{e.snapshotPlace(ref), place{"SNAPSHOTS-5", "pk.s.5.demo.alpaca", "demo"}},
		{config, place{"CONFIG", "pk.c.art.demo.cover", ""}},
		{invite, place{"INVITES-3", "pk.i.3.abc", "demo"}},
	} {
		if p.got != p.want {
			t.Errorf("place %v, want %v", p.got, p.want)
		}
	}
}

func TestNames(t *testing.T) {
	long := strings.Repeat("a", 64)
	for _, s := range []string{"a", "0", "-", "_", "my-game_2", long} {
		if !validToken(s) {
			t.Errorf("%q must be valid", s)
		}
	}
	for _, s := range []string{"", "A", "a.b", "*", ">", "a b", "a\x00", "ä", "a\n", long + "a"} {
		if validToken(s) {
			t.Errorf("%q must not be valid", s)
		}
	}
	for _, topic := range []string{"", "v", "v.", "f.0.demo.alpaca.e", "v.demo.*", "v.>", "u.x", "x..y", "v.Demo.a"} {
		if s, err := topicSubject(topic); !errors.Is(err, ErrInvalid) {
			t.Errorf("topic %q became %q, %v", topic, s, err)
		}
	}
}

// FuzzNames: whatever is passed as an id or key either is refused or becomes a
// subject with exactly the parts that it should have, so that no name reaches
// into another's.
func FuzzNames(f *testing.F) {
	for _, s := range []string{"demo", "a.b", "*", ">", "a.*", "", "A", "pk.f.>", "x y", "a\r\nPUB b", strings.Repeat("a", 65)} {
		f.Add(s, s)
		f.Add("demo", s)
	}
	e := &Engine{shards: 8}
	f.Fuzz(func(t *testing.T, a, b string) {
		check := func(subject string, parts int) {
			if strings.ContainsAny(subject, "*> \t\r\n") || strings.Count(subject, ".") != parts-1 || strings.Contains(subject, "..") {
				t.Errorf("%q and %q became subject %q", a, b, subject)
			}
		}
		ref := Ref{a, b}
		if ref.validate() == nil {
			check(e.logPlace(ref, "e").subject, 6)
			check(e.snapshotPlace(ref).subject, 5)
		}
		if p, err := e.recordPlace("demo", Tickets, a); err == nil {
			check(p.subject, 4)
		}
		if p, err := e.recordPlace("", Config, a); err == nil {
			check(p.subject, 2+1+strings.Count(a, "."))
		}
		if s, err := topicSubject(a); err == nil {
			check(s, 2+strings.Count(a, "."))
		}
	})
}

// FuzzParseAck: no answer, however broken, reads as an acknowledgement without
// a sequence or crashes.
func FuzzParseAck(f *testing.F) {
	for _, s := range []string{
		`{"stream":"LOG-0","seq":7}`, `{"stream":"LOG-0","seq":7,"duplicate":true}`,
		`{"error":{"code":400,"err_code":10071,"description":"wrong last sequence: 3"},"stream":"LOG-0","seq":0}`,
		`{"error":{"code":400,"err_code":10164},"seq":9}`, `{"error":{"code":503,"err_code":10077}}`, `{}`, ``, `[]`, `{"seq":-1}`, `null`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		seq, err := parseAck(&nats.Msg{Data: data})
		if (seq == 0) == (err == nil) {
			t.Errorf("%q reads as sequence %d, error %v", data, seq, err)
		}
	})
}

// Each refusal of the server has its meaning.
func TestParseAck(t *testing.T) {
	for code, want := range map[string]error{"10071": ErrConflict, "10164": ErrConflict, "10077": ErrFull, "10047": ErrFull, "10023": ErrFull, "10167": ErrUnavailable} {
		if _, err := parseAck(&nats.Msg{Data: []byte(`{"error":{"err_code":` + code + `}}`)}); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", code, err, want)
		}
	}
	if _, err := parseAck(&nats.Msg{Data: []byte(`{`)}); !errors.Is(err, ErrUnknown) {
		t.Errorf("what cannot be read: %v", err)
	}
}

// FuzzParseEntry: an entry has a subject, a sequence and a time, or it is
// refused.
func FuzzParseEntry(f *testing.F) {
	f.Add("pk.f.0.demo.alpaca.e", "7", "2026-01-02T03:04:05.678901234Z")
	f.Add("", "7", "2026-01-02T03:04:05Z")
	f.Add("pk.f.0.demo.alpaca.e", "-7", "2026-01-02T03:04:05Z")
	f.Add("pk.f.0.demo.alpaca.e", "18446744073709551616", "yesterday")
	f.Fuzz(func(t *testing.T, subject, seq, at string) {
		e, err := parseEntry(&nats.Msg{Header: nats.Header{"Nats-Subject": {subject}, "Nats-Sequence": {seq}, "Nats-Time-Stamp": {at}}})
		if err != nil {
			return
		}
		r := record(Ref{"demo", "alpaca"}, e)
		if strconv.FormatUint(entryOf(r.Seq), 10) != strings.TrimLeft(seq, "0") && r.Seq != 0 || byte(r.Kind) != subject[len(subject)-1] {
			t.Errorf("%q %q %q reads as %+v", subject, seq, at, r)
		}
	})
}

// What somebody wrote of others does not stay for ever.
func TestAReportExpires(t *testing.T) {
	n := openNode(t, Options{Dir: t.TempDir()})
	if err := n.Report(t.Context(), "demo", "id", []byte("x")); err != nil {
		t.Fatal(err)
	}
	at, err := reportPlace("demo")
	if err != nil {
		t.Fatal(err)
	}
	kept, err := n.last(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	if days := kept.number(headerTTL) / (24 * 60 * 60); days != 90 {
		t.Errorf("a report is kept for %d days", days)
	}
}

// A folder whose entries are written in another way is refused, not misread.
func TestAFolderOfAnEarlierBuild(t *testing.T) {
	o := Options{Dir: t.TempDir(), Logger: testlog.New(t)}
	e, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := e.dial()
	if err != nil {
		t.Fatal(err)
	}
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(t.Context(), configStream)
	if err != nil {
		t.Fatal(err)
	}
	config := stream.CachedInfo().Config
	delete(config.Metadata, metaFormat)
	if _, err := js.UpdateStream(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	conn.Close()
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if e, err := Open(t.Context(), o); err == nil {
		e.Close()
		t.Error("it was opened")
	} else if !strings.Contains(err.Error(), "earlier build") {
		t.Errorf("refused with %v", err)
	}
}

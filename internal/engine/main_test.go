package engine_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
)

// childDir, when set, makes this binary the process that TestKill kills.
const childDir = "PARTYKIT_ENGINE_TEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		appendUntilKilled(dir, engine.Durability(os.Getenv(childDurability)))
	}
	enginetest.Main(m)
}

var (
	alpaca = engine.Ref{Game: "demo", Party: "alpaca"}
	bison  = engine.Ref{Game: "demo", Party: "bison"}
)

// outcome is what a write told.
type outcome struct {
	Seq uint64
	Err error
}

// appendEvent appends and waits.
func appendEvent(n *engine.Node, ref engine.Ref, expect uint64, data string, ttl time.Duration) outcome {
	told := make(chan outcome, 1)
	n.Append(ref, expect, []byte(data), ttl, func(seq uint64, err error) { told <- outcome{seq, err} })
	return <-told
}

// mustAppend appends an event that must be taken and returns its sequence.
func mustAppend(t testing.TB, n *engine.Node, ref engine.Ref, expect uint64, data string, ttl time.Duration) uint64 {
	t.Helper()
	o := appendEvent(n, ref, expect, data, ttl)
	if o.Err != nil {
		t.Fatalf("append %q expecting %d: %v", data, expect, o.Err)
	}
	return o.Seq
}

// send sends and waits.
func send(t testing.TB, n *engine.Node, ref engine.Ref, kind engine.Kind, id, data string) uint64 {
	t.Helper()
	told := make(chan outcome, 1)
	n.Send(ref, kind, id, []byte(data), func(seq uint64, err error) { told <- outcome{seq, err} })
	o := <-told
	if o.Err != nil {
		t.Fatalf("send %q: %v", data, o.Err)
	}
	return o.Seq
}

// entryText is a record in a form that reads well in a failure.
func entryText(r engine.Record) string { return fmt.Sprintf("%d%s:%s", r.Seq, r.Kind, r.Data) }

func texts(records []engine.Record) []string {
	var all []string
	for _, r := range records {
		all = append(all, entryText(r))
	}
	return all
}

// dataOf is the payloads only.
func dataOf(records []engine.Record) []string {
	var all []string
	for _, r := range records {
		all = append(all, string(r.Data))
	}
	return all
}

func wantErr(t testing.TB, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: error %v, want %v", what, got, want)
	}
}

func readAll(t testing.TB, n *engine.Node, ref engine.Ref, after uint64, kinds ...engine.Kind) []engine.Record {
	t.Helper()
	records, err := n.Read(context.Background(), ref, after, kinds...)
	if err != nil {
		t.Fatalf("reading %v: %v", ref, err)
	}
	return records
}

const childDurability = "PARTYKIT_ENGINE_TEST_DURABILITY"

// appendUntilKilled says its epoch on standard output, appends events to four
// parties as fast as it can, and says each acknowledged one.
func appendUntilKilled(dir string, d engine.Durability) {
	ctx := context.Background()
	fail := func(err error) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	e, err := engine.Open(ctx, engine.Options{Dir: dir, Durability: d})
	if err != nil {
		fail(err)
	}
	n, err := e.Connect("child")
	if err != nil {
		fail(err)
	}
	out := bufio.NewWriterSize(os.Stdout, 1)
	fmt.Fprintln(out, n.Epoch())
	said := make(chan string) // so that hardly more is written than was said
	for i := range 4 {
		ref := engine.Ref{Game: "demo", Party: fmt.Sprintf("p%d", i)}
		var next func(seq uint64, err error)
		next = func(seq uint64, err error) {
			if err != nil {
				fail(err)
			}
			said <- fmt.Sprintf("%s %d", ref.Party, seq)
			n.Append(ref, seq, []byte("event"), 0, next)
		}
		n.Append(ref, 0, []byte("event"), 0, next)
	}
	for line := range said {
		fmt.Fprintln(out, line)
	}
}

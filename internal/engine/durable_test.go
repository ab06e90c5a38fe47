package engine_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
	"partykit/internal/testlog"
)

// reopen opens a folder, gives a node to look, and closes it again.
func reopen(t *testing.T, dir string, d engine.Durability, look func(*engine.Node)) {
	t.Helper()
	e := enginetest.OpenWith(t, engine.Options{Dir: dir, Durability: d})
	look(enginetest.Connect(t, e, "reader"))
	if err := e.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
}

func TestReopen(t *testing.T) {
	dir := t.TempDir()
	var last uint64
	reopen(t, dir, engine.Strict, func(n *engine.Node) {
		last = mustAppend(t, n, alpaca, mustAppend(t, n, alpaca, 0, "one", 0), "two", 0)
		if err := n.SaveSnapshot(t.Context(), alpaca, last-1, []byte("state"), 0); err != nil {
			t.Fatal(err)
		}
		if _, err := n.Put(t.Context(), "demo", engine.Tickets, "ticket", []byte("seat"), 0, 0); err != nil {
			t.Fatal(err)
		}
	})
	reopen(t, dir, engine.Strict, func(n *engine.Node) {
		if l, err := n.Load(t.Context(), alpaca); err != nil || l.Last != last || len(l.Events) != 1 || string(l.Snapshot) != "state" {
			t.Errorf("loaded %+v, %v", l, err)
		}
		if v, _, err := n.Get(t.Context(), "demo", engine.Tickets, "ticket"); string(v) != "seat" {
			t.Errorf("ticket: %q, %v", v, err)
		}
		mustAppend(t, n, alpaca, last, "three", 0)
	})
}

// The number of shards is a matter of the folder: opening it with another finds
// what was there.
func TestShardsStay(t *testing.T) {
	dir := t.TempDir()
	for i, shards := range []int{3, 8, 1} {
		e := enginetest.OpenWith(t, engine.Options{Dir: dir, Shards: shards})
		n := enginetest.Connect(t, e, "a")
		for p := range 10 {
			ref := engine.Ref{Game: "demo", Party: fmt.Sprint("p", p)}
			if got := readAll(t, n, ref, 0); len(got) != i {
				t.Errorf("opened with %d shards, party %s has %v, want %d events", shards, ref.Party, texts(got), i)
			}
			l, err := n.Load(t.Context(), ref)
			if err != nil && !errors.Is(err, engine.ErrNotFound) {
				t.Fatal(err)
			}
			mustAppend(t, n, ref, l.Last, "x", 0)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A process that is killed while it writes loses nothing that it acknowledged, and
// all of it stands.
func TestKill(t *testing.T) {
	for _, d := range []engine.Durability{engine.Strict, engine.Relaxed} {
		t.Run(string(d), func(t *testing.T) {
			dir := t.TempDir()
			acknowledged := map[string][]uint64{}
			child := exec.CommandContext(t.Context(), os.Args[0])
			child.Env = append(os.Environ(), childDir+"="+dir, childDurability+"="+string(d))
			child.Stderr = t.Output()
			out, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			lines, in := 0, bufio.NewScanner(out)
			in.Scan()
			epoch := in.Text()
			for ; in.Scan(); lines++ {
				var party string
				var seq uint64
				if _, err := fmt.Sscan(in.Text(), &party, &seq); err != nil {
					break // the line during which it was killed
				}
				acknowledged[party] = append(acknowledged[party], seq)
				if lines == 2000 {
					if err := child.Process.Kill(); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := child.Wait(); err == nil || lines < 2000 {
				t.Fatalf("the child ended by itself after %d writes: %v", lines, err)
			}

			reopen(t, dir, d, func(n *engine.Node) {
				for party, seqs := range acknowledged {
					held := map[uint64]bool{}
					records := readAll(t, n, engine.Ref{Game: "demo", Party: party}, 0)
					for _, r := range records {
						held[r.Seq] = true
					}
					for _, seq := range seqs[max(0, len(seqs)-engine.Held+10):] { // a few more may have rolled the oldest off
						if !held[seq] || !n.Stands(engine.Ref{Game: "demo", Party: party}, epoch, seq) {
							t.Errorf("party %s: acknowledged event %d is gone", party, seq)
						}
					}
				}
			})
		})
	}
}

func TestSecondProcess(t *testing.T) {
	dir := t.TempDir()
	e := enginetest.OpenWith(t, engine.Options{Dir: dir})
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir, childDurability+"=strict")
	out, err := child.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "in use by another process") {
		t.Errorf("a second process: %v, and it said %q", err, out)
	}
	_, err = engine.Open(t.Context(), engine.Options{Dir: dir})
	if locked, ok := errors.AsType[*engine.LockedError](err); !ok || locked.Dir != dir {
		t.Errorf("a second engine in the same process: %v", err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	reopen(t, dir, engine.Strict, func(*engine.Node) {})
}

// A folder that cannot be used is told in a sentence, and is not left locked.
func TestUnusableFolder(t *testing.T) {
	tests := map[string]struct {
		prepare func(dir string) error
		want    string
	}{
		"it is a file": {func(dir string) error { return os.WriteFile(dir, nil, 0o600) }, "cannot be made"},
		"the store is a file": {func(dir string) error {
			return errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(filepath.Join(dir, "store"), nil, 0o600))
		}, "did not start"},
		"the note is damaged": {func(dir string) error {
			return errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(filepath.Join(dir, "run.json"), []byte("{"), 0o600))
		}, "is damaged"},
		"the lock is no file": {func(dir string) error { return os.MkdirAll(filepath.Join(dir, "lock"), 0o700) }, "cannot be written"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			if err := test.prepare(dir); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				e, err := engine.Open(t.Context(), engine.Options{Dir: dir, Logger: testlog.New(t)})
				if err == nil {
					e.Close()
					t.Fatal("it opened")
				}
				if !strings.Contains(err.Error(), test.want) {
					t.Errorf("it said %q, which does not contain %q", err, test.want)
				}
			}
		})
	}
	for _, o := range []engine.Options{{}, {Dir: t.TempDir(), Durability: "hopeful"}, {Dir: t.TempDir(), Shards: 65}} {
		if e, err := engine.Open(t.Context(), o); err == nil {
			e.Close()
			t.Errorf("%+v opened", o)
		}
	}
}

// A full storage refuses what is new and keeps what it has; a party at its own
// limit still goes on, because its oldest entry makes room.
func TestFull(t *testing.T) {
	// The smallest storage that there is: a megabyte per stream, and one shard.
	e := enginetest.OpenWith(t, engine.Options{Durability: engine.Relaxed, Shards: 1, MaxBytes: 1})
	n := enginetest.Connect(t, e, "a")
	line := strings.Repeat("x", 600)
	for range engine.Held {
		send(t, n, alpaca, engine.Chat, "", line)
	}
	var err error
	var events uint64
	for last := uint64(0); err == nil && events < 10_000; events++ {
		o := appendEvent(n, bison, last, line, 0)
		last, err = o.Seq, o.Err
	}
	wantErr(t, "filling it", err, engine.ErrFull)
	l, err := n.Load(t.Context(), bison)
	if err != nil || uint64(len(l.Events)) != events-1 {
		t.Errorf("of %d acknowledged events %d are held, %v", events-1, len(l.Events), err)
	}
	newest := send(t, n, alpaca, engine.Chat, "", line)
	if held := readAll(t, n, alpaca, 0); len(held) != engine.Held || held[len(held)-1].Seq != newest {
		t.Errorf("the party at its limit has %d entries", len(held))
	}
	wantErr(t, "a new event", appendEvent(n, bison, l.Last, line, 0).Err, engine.ErrFull)
}

// Closing waits for what is under way; afterwards everything says that it is
// closed.
func TestClose(t *testing.T) {
	e := enginetest.Open(t)
	n := enginetest.Connect(t, e, "a")
	const count = 200
	var wg sync.WaitGroup
	for range count {
		wg.Add(1)
		n.Send(alpaca, engine.Message, "", []byte("x"), func(_ uint64, err error) {
			if err != nil {
				t.Errorf("a write before closing: %v", err)
			}
			wg.Done()
		})
	}
	n.Close()
	wg.Wait()
	n.Close()

	wantErr(t, "append", appendEvent(n, alpaca, 0, "x", 0).Err, engine.ErrClosed)
	_, err := n.Load(t.Context(), alpaca)
	wantErr(t, "load", err, engine.ErrClosed)
	_, err = n.Follow(alpaca, func(engine.Record) {})
	wantErr(t, "follow", err, engine.ErrClosed)
	_, err = n.Subscribe("x.a", func([]byte) {})
	wantErr(t, "subscribe", err, engine.ErrClosed)
	wantErr(t, "publish", n.Publish("x.a", nil), engine.ErrClosed)
	wantErr(t, "flush", n.Flush(t.Context()), engine.ErrClosed)
	wantErr(t, "watch", n.WatchConfig(t.Context(), func(string, []byte) {}), engine.ErrClosed)

	if err := e.Close(); err != nil {
		t.Error(err)
	}
	if err := e.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
	_, err = e.Connect("b")
	wantErr(t, "connect", err, engine.ErrClosed)
}

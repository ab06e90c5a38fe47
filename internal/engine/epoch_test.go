package engine_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"partykit/internal/engine"
)

// appendMany appends to a party that has the event last, and returns the newest.
func appendMany(t *testing.T, n *engine.Node, last uint64, count int) uint64 {
	t.Helper()
	for range count {
		last = mustAppend(t, n, alpaca, last, "event", 0)
	}
	return last
}

// putBack has dir hold what kept holds.
func putBack(t *testing.T, dir, kept string) {
	t.Helper()
	if err := errors.Join(os.RemoveAll(dir), os.CopyFS(dir, os.DirFS(kept))); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

// told is a position that a client was told.
type told struct {
	epoch string
	seq   uint64
}

func wantStands(t *testing.T, n *engine.Node, what string, at told, want bool) {
	t.Helper()
	if got := n.Stands(alpaca, at.epoch, at.seq); got != want {
		t.Errorf("%s stands: %t, want %t", what, got, want)
	}
}

func TestPositionsStandOverRestarts(t *testing.T) {
	dir := t.TempDir()
	var first, second told
	reopen(t, dir, engine.Strict, func(n *engine.Node) {
		first = told{n.Epoch(), appendMany(t, n, 0, 3)}
	})
	reopen(t, dir, engine.Strict, func(n *engine.Node) {
		wantStands(t, n, "what the first run told", first, true)
		second = told{n.Epoch(), appendMany(t, n, first.seq, 3)}
		wantStands(t, n, "what this run told", second, true)
		wantStands(t, n, "what only the second has, of the first,", told{first.epoch, second.seq}, false)
		wantStands(t, n, "what nobody told", told{"another", first.seq}, false)
	})
	for range 70 { // more runs than are kept
		reopen(t, dir, engine.Strict, func(n *engine.Node) {})
	}
	reopen(t, dir, engine.Strict, func(n *engine.Node) {
		wantStands(t, n, "what a run long ago told", second, false)
	})
}

// A folder that was put back as it was in a backup goes on from there, and soon
// has the numbers that it had before once more, of other entries: who saw those
// was told no gap.
func TestPositionsOfAFolderThatWasPutBack(t *testing.T) {
	for name, backUp := range map[string]struct{ running, again bool }{
		"copied while it stood still": {},
		"copied while it was in use":  {running: true}, // as by a snapshot of the file system
		"put back twice":              {again: true},
	} {
		t.Run(name, func(t *testing.T) {
			dir, kept := t.TempDir(), filepath.Join(t.TempDir(), "backup")
			var before, after told
			reopen(t, dir, engine.Strict, func(n *engine.Node) {
				before = told{n.Epoch(), appendMany(t, n, 0, 3)}
				if backUp.running {
					putBack(t, kept, dir)
					after = told{n.Epoch(), appendMany(t, n, before.seq, 3)}
				}
			})
			if !backUp.running {
				putBack(t, kept, dir)
				reopen(t, dir, engine.Strict, func(n *engine.Node) {
					after = told{n.Epoch(), appendMany(t, n, before.seq, 3)}
				})
			}
			putBack(t, dir, kept)
			if backUp.again {
				reopen(t, dir, engine.Strict, func(n *engine.Node) { appendMany(t, n, before.seq, 9) })
				putBack(t, dir, kept)
			}
			reopen(t, dir, engine.Strict, func(n *engine.Node) {
				wantStands(t, n, "what was told before the backup", before, true)
				wantStands(t, n, "what was told after it", after, false)
				appendMany(t, n, before.seq, 9)
				wantStands(t, n, "what was told after the backup, now that the number is there again,", after, false)
			})
			reopen(t, dir, engine.Strict, func(n *engine.Node) {
				wantStands(t, n, "what was told before the backup, one run later,", before, true)
				wantStands(t, n, "what was told after the backup, one run later,", after, false)
			})
		})
	}
}

// Of a part of a folder that was put back, or made anew, nothing stands that it
// does not hold.
func TestPositionsOfAFolderInPart(t *testing.T) {
	for name, change := range map[string]struct {
		do     func(t *testing.T, dir, kept string)
		before bool // what was told before the backup stands
		last   bool // there is a party still
	}{
		"the logs put back alone": {func(t *testing.T, dir, kept string) {
			putBack(t, filepath.Join(dir, "store"), filepath.Join(kept, "store"))
		}, true, true},
		"no logs":             {func(t *testing.T, dir, _ string) { remove(t, filepath.Join(dir, "store")) }, false, false},
		"no note of the runs": {func(t *testing.T, dir, _ string) { remove(t, filepath.Join(dir, "run.json")) }, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			dir, kept := t.TempDir(), filepath.Join(t.TempDir(), "backup")
			var before, after told
			reopen(t, dir, engine.Strict, func(n *engine.Node) { before = told{n.Epoch(), appendMany(t, n, 0, 3)} })
			putBack(t, kept, dir)
			reopen(t, dir, engine.Strict, func(n *engine.Node) { after = told{n.Epoch(), appendMany(t, n, before.seq, 3)} })
			reopen(t, dir, engine.Strict, func(n *engine.Node) {})
			change.do(t, dir, kept)
			reopen(t, dir, engine.Strict, func(n *engine.Node) {
				last := uint64(0)
				if change.last {
					l, err := n.Load(t.Context(), alpaca)
					if err != nil {
						t.Fatal(err)
					}
					last = l.Last
				}
				appendMany(t, n, last, 9)
				wantStands(t, n, "what was told before the backup", before, change.before)
				wantStands(t, n, "what was told after it", after, false)
			})
		})
	}
}

package engine_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
)

// A folder as a kill leaves it opens without a warning: there is nothing that
// the operator would have to do.
func TestAKillIsNoWarning(t *testing.T) {
	dir, killed := t.TempDir(), filepath.Join(t.TempDir(), "killed")
	var last uint64
	reopen(t, dir, engine.Strict, func(n *engine.Node) {
		last = mustAppend(t, n, alpaca, 0, "one", 0)
	})
	reopen(t, dir, engine.Strict, func(n *engine.Node) {
		last = mustAppend(t, n, alpaca, last, "two", 0)
		if err := os.CopyFS(killed, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
	})
	var said bytes.Buffer
	e := enginetest.OpenWith(t, engine.Options{Dir: killed, Logger: slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if l, err := enginetest.Connect(t, e, "reader").Load(t.Context(), alpaca); err != nil || l.Last != last {
		t.Errorf("loaded %+v, %v; the last event was %d", l, err, last)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(said.String()) {
		if strings.Contains(line, "level=WARN") || strings.Contains(line, "level=ERROR") {
			t.Error(line)
		}
	}
	if !strings.Contains(said.String(), "will rebuild") {
		t.Error("the folder was as an ordered end leaves it: this test shows nothing")
	}
}

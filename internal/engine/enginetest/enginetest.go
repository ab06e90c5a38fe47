// Package enginetest opens real embedded engines for tests, also inside a
// testing/synctest bubble.
package enginetest

import (
	"os"
	"testing"

	"github.com/nats-io/nats-server/v2/server/ats"

	"partykit/internal/engine"
	"partykit/internal/testlog"
)

// Main runs a package's tests. A package that opens engines inside bubbles has
//
//	func TestMain(m *testing.M) { enginetest.Main(m) }
//
// because the server keeps one clock goroutine per process, which must be
// started outside every bubble.
func Main(m *testing.M) {
	ats.Register()
	os.Exit(m.Run())
}

// Open opens a strict engine in a folder of its own and closes it when the test
// ends. In a bubble give it the bubble's t, and it closes before the bubble ends.
func Open(t testing.TB) *engine.Engine {
	t.Helper()
	return OpenWith(t, engine.Options{})
}

// OpenWith is Open with options; an empty Dir becomes a folder of the test's.
func OpenWith(t testing.TB, o engine.Options) *engine.Engine {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	if o.Logger == nil {
		o.Logger = testlog.New(t)
	}
	e, err := engine.Open(t.Context(), o)
	if err != nil {
		t.Fatalf("opening the engine: %v", err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("closing the engine: %v", err)
		}
	})
	return e
}

// Connect opens a node of e.
func Connect(t testing.TB, e *engine.Engine, name string) *engine.Node {
	t.Helper()
	n, err := e.Connect(name)
	if err != nil {
		t.Fatalf("connecting node %s: %v", name, err)
	}
	return n
}

package host

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
)

// Whoever has seen what a backup does not have is told a gap, also when the
// storage that was put back has come as far again, with other things: it was told
// that nothing was missed, and that it missed only the newest of them.
func TestWhoSawMoreThanABackupIsToldAGap(t *testing.T) {
	for name, when := range map[string]struct{ running bool }{
		"copied while the server stood still": {false},
		"copied while it ran":                 {true},
	} {
		t.Run(name, func(t *testing.T) {
			dir, kept := t.TempDir(), filepath.Join(t.TempDir(), "backup")
			storyIn(t, dir, func(t *testing.T, w *world) {
				stop := func() {
					w.crash("a")
					if err := w.engine.Close(); err != nil {
						t.Fatal(err)
					}
				}
				start := func() {
					w.engine = enginetest.OpenWith(t, engine.Options{Dir: dir})
					w.host("a")
				}
				copied := func(to, from string) {
					if err := errors.Join(os.RemoveAll(to), os.CopyFS(to, os.DirFS(from))); err != nil {
						t.Fatal(err)
					}
				}
				a, b, home, _ := w.pair("a")
				synctest.Wait()
				early := b.seq()
				if when.running {
					copied(kept, dir)
				} else {
					stop()
					copied(kept, dir)
					start()
					a, b = a.back("a"), b.back("a")
				}
				a.ok("data", map[string]any{"set": map[string]any{"level": "meadow"}})
				seen := b.seq()
				if seen <= early {
					t.Fatalf("nothing came after %v", early)
				}
				stop()
				copied(dir, kept)
				start()
				a = a.back("a")
				for _, level := range []string{"ruins", "cave", "tower", "harbour"} {
					a.ok("data", map[string]any{"set": map[string]any{"level": level}})
				}
				if a.seq() <= seen {
					t.Fatalf("the numbers have come to %v, not past %v", a.seq(), seen)
				}
				b = b.back("a")
				f := b.welcome()
				if f["t"] != "welcome" || f["gap"] != true || b.lastParty() != home {
					t.Fatalf("who had seen more is answered %v", f)
				}
				b.drop()
				a.ok("rename", map[string]any{"name": "Ada"})
				if f := b.back("a").welcome(); f["t"] != "resumed" {
					t.Errorf("who was told the gap is answered %v", f)
				}
			})
		})
	}
}

// A server that stopped and was started again, from the same folder or one that it
// was moved to, goes on as if nothing had been.
func TestWhoSawWhatIsStillThereMissesNothing(t *testing.T) {
	dir, moved := t.TempDir(), filepath.Join(t.TempDir(), "moved")
	storyIn(t, dir, func(t *testing.T, w *world) {
		a, b, _, _ := w.pair("a")
		b.drop()
		a.ok("rename", map[string]any{"name": "Ada"})
		w.crash("a")
		if err := errors.Join(w.engine.Close(), os.CopyFS(moved, os.DirFS(dir))); err != nil {
			t.Fatal(err)
		}
		w.engine = enginetest.OpenWith(t, engine.Options{Dir: moved})
		w.host("a")
		if b = b.back("a"); b.welcome()["t"] != "resumed" || len(b.events()) != 1 {
			t.Errorf("answered %v, with %v", b.welcome(), b.events())
		}
	})
}

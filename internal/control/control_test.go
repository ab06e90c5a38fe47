package control_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partykit/internal/control"
	"partykit/internal/game"
	"partykit/internal/testlog"
)

// memory is a game.Store in memory.
type memory struct {
	mu   sync.Mutex
	rows map[string][]byte
	revs map[string]uint64
	fn   func(string, []byte)
}

func (m *memory) Get(_ context.Context, key string) ([]byte, uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.rows[key]
	if !ok {
		return nil, 0, game.ErrNotFound
	}
	return v, m.revs[key], nil
}

func (m *memory) Put(_ context.Context, key string, value []byte, expect uint64) (uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.rows[key]; ok && m.revs[key] != expect || !ok && expect != 0 {
		return 0, game.ErrConflict
	}
	m.rows[key] = value
	m.revs[key]++
	m.fn(key, value)
	return m.revs[key], nil
}

func (m *memory) Delete(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.rows, key)
	m.fn(key, nil)
	return nil
}

func (m *memory) Watch(_ context.Context, fn func(string, []byte)) error { m.fn = fn; return nil }

func registry(t *testing.T) *game.Registry {
	t.Helper()
	r, err := game.Open(t.Context(), &memory{rows: map[string][]byte{}, revs: map[string]uint64{}}, game.Options{Logger: testlog.New(t)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// serve answers for a registry on the socket of a folder.
func serve(t *testing.T, dir string, r *game.Registry) {
	t.Helper()
	l, err := control.Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: control.Handler(control.Stores{Games: r})}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
}

func TestGamesOverTheSocketAndWithout(t *testing.T) {
	for name, client := range map[string]func(t *testing.T, r *game.Registry) *control.Client{
		"socket": func(t *testing.T, r *game.Registry) *control.Client {
			dir := t.TempDir()
			serve(t, dir, r)
			c, err := control.Dial(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			return c
		},
		"local": func(t *testing.T, r *game.Registry) *control.Client { return control.Local(control.Stores{Games: r}) },
	} {
		t.Run(name, func(t *testing.T) {
			r, ctx := registry(t), t.Context()
			c := client(t, r)
			if _, err := c.Show(ctx, "mine"); !errors.Is(err, game.ErrNotFound) {
				t.Errorf("a game that is not there: %v", err)
			}
			added, err := c.Add(ctx, game.Game{ID: "mine", Name: "Mine", Launch: game.Launch{Web: "https://mine.example/play"}})
			if err != nil || added.Active || !cmp.Equal(added.Origins, []string{"https://mine.example"}) {
				t.Fatalf("added %+v, %v", added, err)
			}
			if _, err := c.Add(ctx, added); !errors.Is(err, game.ErrExists) {
				t.Errorf("added twice: %v", err)
			}
			if g, err := c.Activate(ctx, "mine"); err != nil || !g.Active {
				t.Errorf("activated %+v, %v", g, err)
			}
			if g, err := c.Deactivate(ctx, "mine"); err != nil || g.Active {
				t.Errorf("deactivated %+v, %v", g, err)
			}
			set, err := c.Set(ctx, "mine", control.Change{
				Name: new("Ours"), AddOrigins: []string{"https://B.example:443/"}, RemoveOrigins: []string{"https://mine.example"},
				Settings: map[string]string{"party_size": "4"},
			})
			if err != nil || set.Name != "Ours" || set.Settings.PartySize != 4 || !cmp.Equal(set.Origins, []string{"https://b.example"}) {
				t.Errorf("set %+v, %v", set, err)
			}
			if _, err := c.Set(ctx, "mine", control.Change{Web: new("javascript:alert(1)")}); !errors.Is(err, game.ErrInvalid) {
				t.Errorf("a launch URL that is a script: %v", err)
			}
			if _, err := c.Set(ctx, "mine", control.Change{RemoveOrigins: []string{"https://c.example"}}); err == nil {
				t.Error("removed an origin that is not there")
			}
			var picture bytes.Buffer
			png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 640, 320)))
			if p, err := c.SetArt(ctx, "mine", "cover", picture.Bytes()); err != nil || p.Width != 640 {
				t.Errorf("art %+v, %v", p, err)
			}
			if _, err := c.SetArt(ctx, "mine", "cover", []byte("<svg onload='alert(1)'/>")); err == nil {
				t.Error("took an SVG for a picture")
			}
			if _, err := c.SetArt(ctx, "mine", "cover", make([]byte, 2<<20)); err == nil || !strings.Contains(err.Error(), "1 MiB") {
				t.Errorf("a huge picture: %v", err)
			}
			if err := c.RemoveArt(ctx, "mine", "cover"); err != nil {
				t.Errorf("removing art: %v", err)
			}
			list, err := c.List(ctx)
			direct, _ := r.Get("mine")
			if diff := cmp.Diff([]game.Game{direct}, list); diff != "" || err != nil {
				t.Errorf("list (-registry +list): %v\n%s", err, diff)
			}
		})
	}
}

func TestOnlyThisUserMayOpenTheSocket(t *testing.T) {
	dir := t.TempDir()
	serve(t, dir, registry(t))
	info, err := os.Stat(filepath.Join(dir, "control.sock"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket: %v, %v", info.Mode(), err)
	}
}

func TestNoServer(t *testing.T) {
	dir := t.TempDir()
	if _, err := control.Dial(t.Context(), dir); !errors.Is(err, control.ErrNotRunning) {
		t.Errorf("an empty folder: %v", err)
	}
	// What a server that was killed left behind.
	l, err := control.Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	l.(interface{ SetUnlinkOnClose(bool) }).SetUnlinkOnClose(false)
	l.Close()
	if _, err := control.Dial(t.Context(), dir); !errors.Is(err, control.ErrNotRunning) {
		t.Errorf("a socket that nobody listens on: %v", err)
	}
	serve(t, dir, registry(t)) // takes its place
	if _, err := control.Dial(t.Context(), dir); err != nil {
		t.Errorf("after a new start: %v", err)
	}
}

func TestFolderWithALongPath(t *testing.T) {
	runtime := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", runtime)
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := control.Dial(t.Context(), dir); !errors.Is(err, control.ErrNotRunning) {
		t.Errorf("before there is one: %v", err)
	}
	serve(t, dir, registry(t))
	if _, err := control.Dial(t.Context(), dir); err != nil {
		t.Error(err)
	}
	private, _ := filepath.Glob(filepath.Join(runtime, "partykit-*"))
	if len(private) != 1 {
		t.Fatalf("the runtime folder holds %v", private)
	}
	// A folder that others can write to is not trusted.
	if err := os.Chmod(private[0], 0o777); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), strings.Repeat("other", 30))
	os.MkdirAll(other, 0o700)
	if _, err := control.Listen(other); err == nil || !strings.Contains(err.Error(), "0700") {
		t.Errorf("in a folder of everybody: %v", err)
	}
}

func TestServerKeys(t *testing.T) {
	c, ctx := control.Local(control.Stores{Games: registry(t)}), t.Context()
	if _, err := c.NewKey(ctx, "demo"); !errors.Is(err, game.ErrNotFound) {
		t.Errorf("a key of no game: %v", err)
	}
	if _, err := c.Add(ctx, game.Game{ID: "demo", Name: "Demo", Launch: game.Launch{Web: "https://demo.example/"}}); err != nil {
		t.Fatal(err)
	}
	first, err := c.NewKey(ctx, "demo")
	if err != nil || !strings.HasPrefix(first.Key, "pks_demo_") {
		t.Fatalf("made %+v, %v", first.ServerKey, err)
	}
	second, err := c.RotateKeys(ctx, "demo", time.Hour)
	if err != nil || second.Key == first.Key {
		t.Fatal(err)
	}
	keys, err := c.Keys(ctx, "demo")
	if err != nil || len(keys) != 2 || keys[0].ID != first.ID || keys[0].Expires.IsZero() {
		t.Fatalf("keys are %+v, %v", keys, err)
	}
	if err := c.RevokeKey(ctx, "demo", first.ID); err != nil {
		t.Fatal(err)
	}
	if err := c.RevokeKey(ctx, "demo", first.ID); !errors.Is(err, game.ErrNoKey) {
		t.Errorf("revoking again: %v", err)
	}
}

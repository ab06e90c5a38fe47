package game

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAdd(t *testing.T) {
	r := open(t, newMemory(), Options{})
	g := demo()
	g.Name, g.Background = "  Two Keys ", "#ABCDEF"
	g.Art = map[string]Picture{"cover": {}}
	got := add(t, r, g)
	want := demo()
	want.Background, want.Origins = "#abcdef", []string{"https://play.example.com"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("as registered (-want +got):\n%s", diff)
	}
	if there, ok := r.Get("demo"); !ok || !cmp.Equal(there, want) {
		t.Errorf("Get after Add: %+v, %t", there, ok)
	}
	if _, err := r.Add(t.Context(), demo()); !errors.Is(err, ErrExists) {
		t.Errorf("added twice: %v", err)
	}
	bad := demo()
	bad.ID = "Bad.Id"
	if _, err := r.Add(t.Context(), bad); !errors.Is(err, ErrInvalid) {
		t.Errorf("a bad game: %v", err)
	}
	twice := demo()
	twice.ID, twice.Origins = "twice", []string{"https://A.example/", "https://a.example:443", "http://localhost:5173"}
	if got := add(t, r, twice); !cmp.Equal(got.Origins, []string{"https://a.example", "http://localhost:5173"}) {
		t.Errorf("origins as registered: %q", got.Origins)
	}
	var ids []string
	for _, g := range r.List() {
		ids = append(ids, g.ID)
	}
	if !cmp.Equal(ids, []string{"demo", "twice"}) {
		t.Errorf("listed: %q", ids)
	}
}

func TestUpdate(t *testing.T) {
	m := newMemory()
	r := open(t, m, Options{})
	add(t, r, demo())
	if g, err := r.Activate(t.Context(), "demo"); err != nil || !g.Active {
		t.Fatalf("activate: %+v, %v", g, err)
	}
	if g, _ := r.Get("demo"); !g.Active {
		t.Error("who activates does not see it active")
	}
	if g, err := r.Deactivate(t.Context(), "demo"); err != nil || g.Active {
		t.Errorf("deactivate: %+v, %v", g, err)
	}
	stop := errors.New("no")
	for name, c := range map[string]struct {
		id   string
		fn   func(*Game) error
		want error
	}{
		"unknown":   {"chess", func(*Game) error { return nil }, ErrNotFound},
		"not an id": {"a.b", func(*Game) error { return nil }, ErrNotFound},
		"refused":   {"demo", func(g *Game) error { g.Name = "X"; return stop }, stop},
		"invalid":   {"demo", func(g *Game) error { g.Name = ""; return nil }, ErrInvalid},
	} {
		if _, err := r.Update(t.Context(), c.id, c.fn); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	g, err := r.Update(t.Context(), "demo", func(g *Game) error { g.ID = "chess"; g.Name = "Three Keys"; return nil })
	if err != nil || g.ID != "demo" || g.Name != "Three Keys" {
		t.Errorf("renaming: %+v, %v", g, err)
	}
	if _, ok := r.Get("chess"); ok {
		t.Error("an update changed the id")
	}
	m.stale["game.demo"] = maxTries
	if _, err := r.Activate(t.Context(), "demo"); !errors.Is(err, ErrConflict) {
		t.Errorf("against all odds: %v", err)
	}
}

// Many change one game at once, each its own thing: nothing is lost.
func TestUpdateAtTheSameTime(t *testing.T) {
	m := newMemory()
	nodes := []*Registry{open(t, m, Options{}), open(t, m, Options{})}
	add(t, nodes[0], demo())
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			for range 2 {
				if _, err := nodes[i%2].Update(t.Context(), "demo", func(g *Game) error { g.Name += "."; return nil }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for i, r := range nodes {
		if g, _ := r.Get("demo"); g.Name != "Two Keys"+strings.Repeat(".", 12) {
			t.Errorf("node %d: %q after 12 changes", i, g.Name)
		}
	}
}

func TestNodesFollowEachOther(t *testing.T) {
	m := newMemory()
	a := open(t, m, Options{})
	add(t, a, demo())
	b := open(t, m, Options{})
	if _, ok := b.Get("demo"); !ok {
		t.Fatal("a node that starts does not know the games there are")
	}
	if _, err := b.Activate(t.Context(), "demo"); err != nil {
		t.Fatal(err)
	}
	if g, _ := a.Get("demo"); !g.Active {
		t.Error("the other node does not see the activation")
	}
	if err := m.Delete(t.Context(), "game.demo"); err != nil {
		t.Fatal(err)
	}
	if _, ok := a.Get("demo"); ok {
		t.Error("a game that is gone from the store is still known")
	}
}

// A change that arrives late does not undo a later one.
func TestLateNews(t *testing.T) {
	m := newMemory()
	r := open(t, m, Options{})
	add(t, r, demo())
	old, _, err := m.Get(t.Context(), "game.demo")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Activate(t.Context(), "demo"); err != nil {
		t.Fatal(err)
	}
	r.apply("game.demo", old)
	if g, _ := r.Get("demo"); !g.Active {
		t.Error("late news undid the activation")
	}
}

func TestDamagedRecords(t *testing.T) {
	m := newMemory()
	add(t, open(t, m, Options{}), demo())
	for key, value := range map[string]string{
		"game.a": `{`, "game.b": `{"version":1,"id":"c","name":"C"}`, "game.d": `{"version":1,"id":"d","name":"D","launch":{"web":"javascript:1"}}`,
		"art.demo.cover": "not a picture", "secret": "something else's",
	} {
		if _, err := m.Put(t.Context(), key, []byte(value), 0); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	r := open(t, m, Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if games := r.List(); len(games) != 1 || games[0].ID != "demo" {
		t.Errorf("beside damaged records: %+v", games)
	}
	if n := strings.Count(log.String(), "level=WARN"); n != 4 || strings.Contains(log.String(), "secret") {
		t.Errorf("%d warnings, want 4 and nothing about others' keys:\n%s", n, &log)
	}
	if _, err := r.Activate(t.Context(), "d"); err == nil {
		t.Error("a damaged game can be activated")
	}
}

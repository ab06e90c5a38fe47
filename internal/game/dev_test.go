package game

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFirstUse(t *testing.T) {
	r := open(t, newMemory(), Options{Dev: true})
	g, err := r.FirstUse(t.Context(), "my-game", "http://localhost:5173", "http://localhost:5173/play/?seed=1#room")
	if err != nil {
		t.Fatal(err)
	}
	want := Game{
		ID: "my-game", Name: "My Game", Launch: Launch{Web: "http://localhost:5173/play/?seed=1"},
		Origins: []string{"http://localhost:5173"}, Active: true, Provisional: true,
	}
	if diff := cmp.Diff(want, g); diff != "" {
		t.Errorf("as registered (-want +got):\n%s", diff)
	}
	if there, ok := r.Get("my-game"); !ok || !cmp.Equal(there, want) {
		t.Errorf("Get: %+v, %t", there, ok)
	}
	// Another page of the same origin changes nothing; another port moves it.
	if g, err = r.FirstUse(t.Context(), "my-game", "http://localhost:5173", "http://localhost:5173/other"); err != nil || !cmp.Equal(g, want) {
		t.Errorf("second use: %+v, %v", g, err)
	}
	g, err = r.FirstUse(t.Context(), "my-game", "http://127.0.0.1:5174", "http://127.0.0.1:5174/")
	if err != nil || g.Launch.Web != "http://127.0.0.1:5174/" || !cmp.Equal(g.Origins, []string{"http://127.0.0.1:5174"}) {
		t.Errorf("from another port: %+v, %v", g, err)
	}
	// A stranger's page gets the game as it is and changes nothing.
	if g, err := r.FirstUse(t.Context(), "my-game", "https://evil.example", "https://evil.example/"); err != nil || g.Launch.Web != "http://127.0.0.1:5174/" {
		t.Errorf("from elsewhere: %+v, %v", g, err)
	}
}

func TestFirstUseLaunchesOnlyItsOwnOrigin(t *testing.T) {
	r := open(t, newMemory(), Options{Dev: true})
	for i, page := range []string{
		"", "https://evil.example/", "http://localhost:5174/", "http://localhost:5173.evil.example/", "javascript:alert(1)",
		"http://user@localhost:5173/", "http://localhost:5173\\@evil.example/", "//localhost:5173/", "/play",
	} {
		g, err := r.FirstUse(t.Context(), fmt.Sprintf("g%d", i), "http://localhost:5173", page)
		if err != nil || g.Launch.Web != "http://localhost:5173/" {
			t.Errorf("page %q: launched at %q, %v", page, g.Launch.Web, err)
		}
	}
}

func TestFirstUseRefuses(t *testing.T) {
	dev := open(t, newMemory(), Options{Dev: true})
	serve := open(t, newMemory(), Options{})
	for name, c := range map[string]struct {
		r          *Registry
		id, origin string
		want       error
	}{
		"not dev":        {serve, "a", "http://localhost:1", ErrNotLoopback},
		"public origin":  {dev, "a", "https://a.example", ErrNotLoopback},
		"private origin": {dev, "a", "http://192.168.1.2", ErrNotLoopback},
		"opaque origin":  {dev, "a", "null", ErrNotLoopback},
		"no origin":      {dev, "a", "", ErrNotLoopback},
		"bad id":         {dev, "a.b", "http://localhost:1", ErrInvalid},
		"id of dashes":   {dev, "-", "http://localhost:1", ErrInvalid},
	} {
		if g, err := c.r.FirstUse(t.Context(), c.id, c.origin, ""); !errors.Is(err, c.want) {
			t.Errorf("%s: %+v, %v; want %v", name, g, err, c.want)
		}
	}
	if n := len(dev.List()) + len(serve.List()); n != 0 {
		t.Errorf("%d games came of it", n)
	}
}

func TestFirstUseLeavesRegisteredGamesAlone(t *testing.T) {
	r := open(t, newMemory(), Options{Dev: true})
	registered := add(t, r, demo())
	g, err := r.FirstUse(t.Context(), "demo", "http://localhost:5173", "http://localhost:5173/")
	if err != nil || !cmp.Equal(g, registered) {
		t.Errorf("%+v, %v", g, err)
	}
}

func TestFirstUseIsBounded(t *testing.T) {
	r := open(t, newMemory(), Options{Dev: true})
	for i := range maxProvisional {
		if _, err := r.FirstUse(t.Context(), fmt.Sprintf("g%d", i), "http://localhost", ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.FirstUse(t.Context(), "more", "http://localhost", ""); !errors.Is(err, ErrTooMany) {
		t.Errorf("one more: %v", err)
	}
	add(t, r, demo())
}

// Two clients of a new game say hello at the same time, on two nodes.
func TestFirstUseTwice(t *testing.T) {
	m := newMemory()
	b := open(t, m, Options{Dev: true})
	m.onPut = func(string) {
		m.onPut = nil
		if _, err := b.FirstUse(t.Context(), "new", "http://localhost:1", ""); err != nil {
			t.Error(err)
		}
	}
	// This registry hears of the other's game only after its own attempt.
	a := &Registry{store: m, dev: true, log: b.log}
	g, err := a.FirstUse(t.Context(), "new", "http://localhost:1", "")
	if err != nil || !g.Active || g.Launch.Web != "http://localhost:1/" {
		t.Errorf("the slower one gets %+v, %v", g, err)
	}
}

func TestRegistryAllowsOrigin(t *testing.T) {
	for _, dev := range []bool{true, false} {
		r := open(t, newMemory(), Options{Dev: dev})
		g := add(t, r, demo())
		for origin, want := range map[string]bool{
			"https://play.example.com": true, "http://localhost:5173": dev, "http://[::1]:1": dev, "https://evil.example": false, "null": false, "": false,
		} {
			if got := r.AllowsOrigin(g, origin); got != want {
				t.Errorf("dev %t: AllowsOrigin(%q) = %t", dev, origin, got)
			}
		}
	}
}

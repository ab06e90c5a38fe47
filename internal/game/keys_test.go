package game

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func newServerKey(t *testing.T, r *Registry, id string) (ServerKey, string) {
	t.Helper()
	k, text, err := r.NewServerKey(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return k, text
}

func wantHolder(t *testing.T, r *Registry, text, want string) {
	t.Helper()
	if g, _, ok := r.KeyHolder(text); g.ID != want || ok != (want != "") {
		t.Errorf("the key lets %q in, want %q", g.ID, want)
	}
}

func TestAServerKeyNamesItsGame(t *testing.T) {
	m := newMemory()
	r := open(t, m, Options{})
	add(t, r, demo())
	other := demo()
	other.ID = "the-other"
	add(t, r, other)
	k, text := newServerKey(t, r, "demo")
	_, foreign := newServerKey(t, r, "the-other")
	wantHolder(t, r, text, "demo")
	wantHolder(t, r, foreign, "the-other")
	wantHolder(t, open(t, m, Options{}), text, "demo") // another node, another start
	if got, _, _ := r.KeyHolder(text); got.Name != "Two Keys" {
		t.Errorf("it holds %+v", got)
	}
	for _, bad := range []string{
		"", "pks_", "pks_demo", "pks_demo_", text + "a", text[:len(text)-1], strings.ToUpper(text), k.ID,
		strings.Replace(text, "demo", "the-other", 1), strings.Replace(foreign, "the-other", "demo", 1), "pks_nothing_" + text[9:],
		"pks_demo_" + strings.Repeat("a", 1<<20),
	} {
		wantHolder(t, r, bad, "")
	}
	for key, value := range m.records {
		if strings.Contains(string(value), text[len("pks_demo_"):]) {
			t.Errorf("%s holds the key itself", key)
		}
	}
	if bits := 5 * len(text[len("pks_demo_"):]); bits < 160 {
		t.Errorf("a key has %d bits", bits)
	}
}

func TestServerKeysRotateWithAnOverlap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, newMemory(), Options{})
		add(t, r, demo())
		_, first := newServerKey(t, r, "demo")
		_, second, err := r.RotateServerKeys(t.Context(), "demo", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		wantHolder(t, r, first, "demo")
		wantHolder(t, r, second, "demo")
		time.Sleep(time.Hour - time.Second)
		wantHolder(t, r, first, "demo")
		_, third, err := r.RotateServerKeys(t.Context(), "demo", time.Hour) // does not prolong the first
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		wantHolder(t, r, first, "")
		wantHolder(t, r, second, "demo")
		if keys, _ := r.ServerKeys("demo"); len(keys) != 2 || keys[0].Expires.IsZero() || !keys[1].Expires.IsZero() {
			t.Errorf("the keys are %+v", keys)
		}
		if _, _, err := r.RotateServerKeys(t.Context(), "demo", 0); err != nil {
			t.Fatal(err)
		}
		wantHolder(t, r, third, "")
		for _, bad := range []time.Duration{-1, MaxKeyOverlap + 1} {
			if _, _, err := r.RotateServerKeys(t.Context(), "demo", bad); !errors.Is(err, ErrBadOverlap) {
				t.Errorf("an overlap of %v: %v", bad, err)
			}
		}
	})
}

func TestServerKeysAreRevoked(t *testing.T) {
	m := newMemory()
	here, there := open(t, m, Options{}), open(t, m, Options{})
	add(t, here, demo())
	k, text := newServerKey(t, here, "demo")
	_, kept := newServerKey(t, there, "demo")
	if err := there.RevokeServerKey(t.Context(), "demo", k.ID); err != nil {
		t.Fatal(err)
	}
	for _, r := range []*Registry{here, there} {
		wantHolder(t, r, text, "")
		wantHolder(t, r, kept, "demo")
	}
	if err := here.RevokeServerKey(t.Context(), "demo", k.ID); !errors.Is(err, ErrNoKey) {
		t.Errorf("revoking again: %v", err)
	}
}

func TestServerKeysHaveALimitAndAGame(t *testing.T) {
	m := newMemory()
	r := open(t, m, Options{})
	add(t, r, demo())
	m.stale[keysPrefix+"demo"] = 2 // others change keys at the same time
	for range MaxServerKeys {
		newServerKey(t, r, "demo")
	}
	if _, _, err := r.NewServerKey(t.Context(), "demo"); !errors.Is(err, ErrTooManyKeys) {
		t.Errorf("one more: %v", err)
	}
	if _, _, err := r.NewServerKey(t.Context(), "nothing"); !errors.Is(err, ErrNotFound) {
		t.Errorf("of no game: %v", err)
	}
	if _, err := r.ServerKeys("../demo"); !errors.Is(err, ErrNotFound) {
		t.Errorf("of no game: %v", err)
	}
}

func TestDamagedServerKeysLetNobodyIn(t *testing.T) {
	m := newMemory()
	r := open(t, m, Options{})
	add(t, r, demo())
	_, text := newServerKey(t, r, "demo")
	m.set(keysPrefix+"demo", []byte("{"))
	wantHolder(t, r, text, "demo") // those in memory go on
	wantHolder(t, open(t, m, Options{}), text, "")
	if err := r.RevokeServerKey(t.Context(), "demo", "k"); err == nil {
		t.Error("damaged keys were overwritten")
	}
}

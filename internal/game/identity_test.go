package game

import (
	"errors"
	"strings"
	"testing"
)

// letters is a Sealer that shows whether it was asked.
type letters struct{}

func (letters) Seal(purpose string, plain []byte) string {
	return purpose + " " + strings.ToUpper(string(plain))
}
func (letters) Open(string, string) ([]byte, error) { return nil, errors.New("not here") }

func TestIdentityIsStoredSealed(t *testing.T) {
	m := newMemory()
	r := open(t, m, Options{Sealer: letters{}})
	add(t, r, demo())
	secret := []byte("this is a secret of the game's own")
	g, err := r.SetIdentity(t.Context(), "demo", Identity{Issuer: "game", Secret: "not by this way"}, secret)
	if err != nil || g.Identity.Secret != "identity demo "+strings.ToUpper(string(secret)) || !g.Identity.On() {
		t.Fatalf("%+v, %v", g.Identity, err)
	}
	if stored := string(m.records["game.demo"]); strings.Contains(stored, string(secret)) {
		t.Fatalf("stored is %s", stored)
	}
	if again, _ := open(t, m, Options{}).Get("demo"); again.Identity != g.Identity {
		t.Fatalf("another node reads %+v", again.Identity)
	}
	if g, err = r.SetIdentity(t.Context(), "demo", Identity{}, nil); err != nil || g.Identity != (Identity{}) {
		t.Fatalf("off: %+v, %v", g.Identity, err)
	}
}

func TestIdentityIsChecked(t *testing.T) {
	r := open(t, newMemory(), Options{Sealer: letters{}})
	add(t, r, demo())
	good := make([]byte, 32)
	for name, c := range map[string]struct {
		identity Identity
		secret   []byte
	}{
		"both":           {Identity{JWKS: "https://game.example/keys"}, good},
		"short secret":   {Identity{}, good[:31]},
		"empty secret":   {Identity{}, []byte{}},
		"long secret":    {Identity{}, make([]byte, maxSecret+1)},
		"plain http":     {Identity{JWKS: "http://game.example/keys"}, nil},
		"no address":     {Identity{JWKS: "keys"}, nil},
		"issuer alone":   {Identity{Issuer: "game"}, nil},
		"two lines":      {Identity{JWKS: "https://game.example/", Issuer: "a\nb"}, nil},
		"endless issuer": {Identity{JWKS: "https://game.example/", Issuer: strings.Repeat("a", 256)}, nil},
	} {
		if _, err := r.SetIdentity(t.Context(), "demo", c.identity, c.secret); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := r.SetIdentity(t.Context(), "nothing", Identity{}, nil); !errors.Is(err, ErrNotFound) {
		t.Errorf("of no game: %v", err)
	}
	if g := add(t, r, Game{ID: "two", Name: "Two", Launch: demo().Launch, Identity: Identity{Secret: "x"}}); g.Identity.On() {
		t.Error("a game brings a sealed secret along when it is added")
	}
}

package auth

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestANamedPlayerIsTheOneItsGameNames(t *testing.T) {
	k := fixed(t)
	token, id := k.NamePlayer("demo", "https://game.example", "player-7", "Ada", noon, noon.Add(time.Hour))
	if !Named(token) || id != IdentityID("demo", "https://game.example", "player-7") {
		t.Fatalf("it names %s", id)
	}
	who, err := k.VerifyNamed("demo", token, noon.Add(59*time.Minute))
	if err != nil || who != (Identity{ID: id, Name: "Ada"}) {
		t.Errorf("%+v, %v", who, err)
	}
	guest := k.Issue("demo", "g"+strings.Repeat("a", 25), "Ada", noon)
	player, _ := k.PlayerToken("https://party.example", "demo", id, "Ada", noon)
	for name, try := range map[string]func() (Identity, error){
		"another game":   func() (Identity, error) { return k.VerifyNamed("other", token, noon) },
		"another server": func() (Identity, error) { return other(t).VerifyNamed("demo", token, noon) },
		"too late":       func() (Identity, error) { return k.VerifyNamed("demo", token, noon.Add(2*time.Hour)) },
		"altered":        func() (Identity, error) { return k.VerifyNamed("demo", token[:len(token)-4]+"AAAA", noon) },
		"a guest's":      func() (Identity, error) { return k.VerifyNamed("demo", guest, noon) },
		"a player's":     func() (Identity, error) { return k.VerifyNamed("demo", player, noon) },
		"nothing":        func() (Identity, error) { return k.VerifyNamed("demo", "", noon) },
		"as the game's": func() (Identity, error) {
			x := NewIdentities(nil)
			return x.Verify(context.Background(), Trust{Game: "demo", Secret: []byte(theSecret)}, token, noon)
		},
	} {
		if who, err := try(); err == nil {
			t.Errorf("%s: it names %+v", name, who)
		} else if _, ok := errors.AsType[*IdentityError](err); !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	if Named(guest) || Named(player) || Named("") || Named("e30.e30.x") {
		t.Error("another token passes for it")
	}
	if _, err := k.Verify("demo", token, noon); err != ErrToken {
		t.Errorf("it is good as a guest token: %v", err)
	}
}

func TestAPlayerTokenIsVerifiedHereToo(t *testing.T) {
	k := fixed(t)
	const issuer = "https://party.example"
	token, until := k.PlayerToken(issuer, "demo", "gabc", "Ada", noon)
	p, err := k.VerifyPlayer(issuer, "demo", token, noon)
	if err != nil || p.ID != "gabc" || p.Name != "Ada" || !p.Expires.Equal(until) {
		t.Errorf("%+v, %v", p, err)
	}
	guest := k.Issue("demo", "g"+strings.Repeat("a", 25), "Ada", noon)
	named, _ := k.NamePlayer("demo", issuer, "7", "Ada", noon, noon.Add(time.Hour))
	for name, want := range map[string]error{"too late": ErrTokenExpired, "another game": ErrToken, "another issuer": ErrToken, "a guest's": ErrToken, "a named one": ErrToken, "nothing": ErrToken} {
		game, text, from, at := "demo", token, issuer, noon
		switch name {
		case "too late":
			at = noon.Add(time.Hour)
		case "another game":
			game = "other"
		case "another issuer":
			from = "https://else.example"
		case "a guest's":
			text = guest
		case "a named one":
			text = named
		case "nothing":
			text = ""
		}
		if p, err := k.VerifyPlayer(from, game, text, at); err != want {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

// No text but what this server made is believed, and every one is looked at
// without harm.
func FuzzVerifyNamed(f *testing.F) {
	k, err := NewKeys(make([]byte, SecretSize))
	if err != nil {
		f.Fatal(err)
	}
	good, id := k.NamePlayer("demo", "", "7", "Ada", noon, noon.Add(time.Hour))
	f.Add(good)
	f.Add(k.Issue("demo", "g"+strings.Repeat("a", 25), "Ada", noon))
	f.Add("eyJ0eXAiOiJwYXJ0eWtpdC1pZGVudGl0eStqd3QifQ..")
	f.Add("e30.e30.e30")
	f.Fuzz(func(t *testing.T, token string) {
		who, err := k.VerifyNamed("demo", token, noon)
		if err == nil && (token != good || who.ID != id || !Named(token)) {
			t.Errorf("%q names %+v", token, who)
		}
	})
}

package auth

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
)

var now = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

func TestToken(t *testing.T) {
	k := fixed(t)
	token := k.Issue("demo", "gabc", `Zoë "🦙" <b>`, now)
	if len(token) > 512 {
		t.Errorf("a token of %d bytes", len(token))
	}
	for _, at := range []time.Time{now, now.Add(-30 * time.Second), now.Add(TokenLife - time.Second)} {
		got, err := k.Verify("demo", token, at)
		if err != nil {
			t.Fatalf("at %v: %v", at, err)
		}
		want := Guest{Game: "demo", ID: "gabc", Name: `Zoë "🦙" <b>`, Issued: now, Expires: now.Add(180 * 24 * time.Hour)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("at %v (-want +got):\n%s", at, diff)
		}
	}
}

func TestTokenTimes(t *testing.T) {
	k := fixed(t)
	token := k.Issue("demo", "gabc", "Ada", now)
	for at, want := range map[time.Time]error{
		now.Add(TokenLife + 2*time.Minute): ErrTokenExpired,
		now.Add(-2 * time.Minute):          ErrToken, // from the future
	} {
		if _, err := k.Verify("demo", token, at); !errors.Is(err, want) {
			t.Errorf("at %v: %v, want %v", at, err, want)
		}
	}
	late := now.Add(TokenLife + time.Hour)
	if _, err := k.Verify("chess", token, late); !errors.Is(err, ErrToken) {
		t.Errorf("expired and of another game: %v, want ErrToken", err)
	}
}

// Every token here is one bit of meaning away from a good one.
func TestTokenForged(t *testing.T) {
	k := fixed(t)
	good := k.Issue("demo", "gabc", "Ada", now)
	if _, err := k.Verify("demo", good, now); err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(good, ".")
	public := k.guest.Public().(ed25519.PublicKey)
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	header := func(h map[string]any) string { return segment(t, h) }
	claims := func(edit func(c map[string]any)) map[string]any {
		c := map[string]any{"sub": "gabc", "aud": "demo", "name": "Ada", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
		edit(c)
		return c
	}
	signed := func(h, c map[string]any) string {
		body := segment(t, h) + "." + segment(t, c)
		return body + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(k.guest, []byte(body)))
	}
	ours := func() map[string]any {
		return map[string]any{"alg": "EdDSA", "typ": tokenType, "kid": k.guestID}
	}
	with := func(key string, value any) map[string]any { h := ours(); h[key] = value; return h }
	same := claims(func(map[string]any) {})
	if _, err := k.Verify("demo", signed(ours(), same), now); err != nil {
		t.Fatalf("the hand-made token is not good: %v", err)
	}
	hs := func(secret []byte) string {
		token := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims(same))
		token.Header["kid"], token.Header["typ"] = k.guestID, tokenType
		s, err := token.SignedString(secret)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	signature := []byte(parts[2])
	signature[10] ^= 1

	for name, token := range map[string]string{
		"empty":                  "",
		"dots":                   "..",
		"two parts":              parts[0] + "." + parts[1],
		"four parts":             good + ".x",
		"white space":            good + "\n",
		"padding":                good + "==",
		"too long":               good + strings.Repeat("A", MaxToken),
		"no signature":           parts[0] + "." + parts[1] + ".",
		"changed signature":      parts[0] + "." + parts[1] + "." + string(signature),
		"changed claims":         parts[0] + "." + segment(t, claims(func(c map[string]any) { c["sub"] = "gabd" })) + "." + parts[2],
		"alg none":               header(with("alg", "none")) + "." + parts[1] + ".",
		"alg None, signed":       signed(with("alg", "None"), same),
		"HS256 with public key":  hs(public),
		"HS256 with its DER":     hs(der),
		"alg HS256, signed":      signed(with("alg", "HS256"), same),
		"other kid":              signed(with("kid", "x"), same),
		"kid is a number":        signed(with("kid", 1), same),
		"no kid":                 signed(map[string]any{"alg": "EdDSA", "typ": tokenType}, same),
		"other type of token":    signed(with("typ", "JWT"), same),
		"another server's":       other(t).Issue("demo", "gabc", "Ada", now),
		"another game's":         k.Issue("chess", "gabc", "Ada", now),
		"no game":                signed(ours(), claims(func(c map[string]any) { delete(c, "aud") })),
		"no end":                 signed(ours(), claims(func(c map[string]any) { delete(c, "exp") })),
		"no beginning":           signed(ours(), claims(func(c map[string]any) { delete(c, "iat") })),
		"not yet":                signed(ours(), claims(func(c map[string]any) { c["nbf"] = now.Add(time.Hour).Unix() })),
		"nobody":                 signed(ours(), claims(func(c map[string]any) { delete(c, "sub") })),
		"id with a dot":          signed(ours(), claims(func(c map[string]any) { c["sub"] = "g.>" })),
		"id too long":            signed(ours(), claims(func(c map[string]any) { c["sub"] = strings.Repeat("g", 41) })),
		"name is not a string":   signed(ours(), claims(func(c map[string]any) { c["name"] = 1 })),
		"claims are not objects": parts[0] + ".W10." + parts[2],
	} {
		if guest, err := k.Verify("demo", token, now); !errors.Is(err, ErrToken) || guest != (Guest{}) {
			t.Errorf("%s: %+v, %v; want ErrToken", name, guest, err)
		}
	}
}

func segment(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func FuzzVerify(f *testing.F) {
	k, err := NewKeys(make([]byte, SecretSize))
	if err != nil {
		f.Fatal(err)
	}
	good := k.Issue("demo", "gabc", "Ada", now)
	f.Add(good)
	f.Add(good[:len(good)-1] + "x")
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Add("..")
	f.Fuzz(func(t *testing.T, token string) {
		guest, err := k.Verify("demo", token, now)
		if (err == nil) != (token == good) {
			t.Fatalf("Verify(%q) = %+v, %v", token, guest, err)
		}
	})
}

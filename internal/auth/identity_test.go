package auth

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// noon is when the tokens of these tests are looked at.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

const theSecret = "a secret of thirty-two bytes, at least"

var (
	rsaKey   = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	otherRSA = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	ecKey    = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	edKey    = func() ed25519.PrivateKey { _, k, _ := ed25519.GenerateKey(rand.Reader); return k }()
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// claims are what a game's token says; nil takes one out.
type claims map[string]any

func good() claims {
	return claims{"iss": "https://game.example", "sub": "player-7", "aud": "demo", "exp": noon.Add(time.Hour).Unix(), "iat": noon.Unix(), "name": "Ada"}
}

func (c claims) but(name string, value any) claims {
	if value == nil {
		delete(c, name)
	} else {
		c[name] = value
	}
	return c
}

// sign makes a token with another library than the one that reads it.
func sign(t *testing.T, alg jose.SignatureAlgorithm, key any, header map[string]any, c claims) string {
	t.Helper()
	options := (&jose.SignerOptions{}).WithType("JWT")
	for name, value := range header {
		options.WithHeader(jose.HeaderKey(name), value)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, options)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(map[string]any(c)).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// site is a game's web server with its key set.
type site struct {
	keys   atomic.Value // []byte
	asked  atomic.Int32
	status int
}

func newSite(t *testing.T, keys ...jose.JSONWebKey) *site {
	s := &site{status: http.StatusOK}
	s.show(t, keys...)
	return s
}

func (s *site) show(t *testing.T, keys ...jose.JSONWebKey) {
	t.Helper()
	b, err := json.Marshal(jose.JSONWebKeySet{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	s.keys.Store(b)
}

func (s *site) RoundTrip(*http.Request) (*http.Response, error) {
	s.asked.Add(1)
	return &http.Response{StatusCode: s.status, Status: http.StatusText(s.status), Body: io.NopCloser(bytes.NewReader(s.keys.Load().([]byte)))}, nil
}

func (s *site) verifier() *Identities { return NewIdentities(&http.Client{Transport: s}) }

func public(kid string, key crypto.Signer) jose.JSONWebKey {
	return jose.JSONWebKey{Key: key.Public(), KeyID: kid, Use: "sig"}
}

var bySet = Trust{Game: "demo", Issuer: "https://game.example", JWKS: "https://game.example/keys"}

func TestIdentityByEveryKindOfKey(t *testing.T) {
	s := newSite(t, public("r", rsaKey()), public("e", ecKey), public("d", edKey))
	verifier := s.verifier()
	want := Identity{ID: IdentityID("demo", "https://game.example", "player-7"), Name: "Ada"}
	for _, c := range []struct {
		alg jose.SignatureAlgorithm
		key any
		kid string
	}{{jose.RS256, rsaKey(), "r"}, {jose.ES256, ecKey, "e"}, {jose.EdDSA, edKey, "d"}} {
		token := sign(t, c.alg, c.key, map[string]any{"kid": c.kid}, good())
		if got, err := verifier.Verify(t.Context(), bySet, token, noon); err != nil || got != want {
			t.Errorf("%s: %+v, %v", c.alg, got, err)
		}
	}
	if n := s.asked.Load(); n != 1 {
		t.Errorf("the key set was fetched %d times, want 1", n)
	}
	bySecret := Trust{Game: "demo", Issuer: "https://game.example", Secret: []byte(theSecret)}
	token := sign(t, jose.HS256, []byte(theSecret), nil, good())
	if got, err := verifier.Verify(t.Context(), bySecret, token, noon); err != nil || got != want {
		t.Errorf("HS256: %+v, %v", got, err)
	}
	matches(t, "player id", want.ID, `^i[a-z2-7]{25}$`)
	// Fixed: players must stay who they are across upgrades.
	if want.ID != "ievjexktbwzjhitcng4ybkubcw" {
		t.Errorf("the id is %q", want.ID)
	}
}

func TestIdentityIDsAreApart(t *testing.T) {
	seen := map[string]bool{}
	for _, id := range []string{
		IdentityID("demo", "a", "b"), IdentityID("other", "a", "b"), IdentityID("demo", "", "ab"),
		IdentityID("demo", "ab", ""), IdentityID("demo", "a", "c"),
	} {
		if seen[id] {
			t.Errorf("two players have the id %s", id)
		}
		seen[id] = true
	}
}

func TestIdentityRefusals(t *testing.T) {
	s := newSite(t, public("r", rsaKey()), public("e", ecKey), public("d", edKey))
	publicPEM := must(jose.JSONWebKey{Key: rsaKey().Public()}.MarshalJSON())
	by := func(kid string) map[string]any { return map[string]any{"kid": kid} }
	fine := sign(t, jose.RS256, rsaKey(), by("r"), good())
	head, rest, _ := strings.Cut(fine, ".")
	body, _, _ := strings.Cut(rest, ".")
	none := base64url.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`))
	ours, _ := fixed(t).PlayerToken("https://party.example", "demo", "gabc", "Ada", noon)
	for name, c := range map[string]struct {
		token string
		why   string // what the sentence must speak of
	}{
		"nothing":               {"", "signed JWT"},
		"no token":              {"hello", "signed JWT"},
		"too long":              {strings.Repeat("a", MaxToken+1), "4 KiB"},
		"line break":            {head + ".\n" + rest, "signed JWT"},
		"no algorithm":          {none + "." + body + ".", "signature"},
		"cut signature":         {fine[:len(fine)-8], "JWT"},
		"public key as secret":  {sign(t, jose.HS256, publicPEM, by("r"), good()), "signature"},
		"secret for a key set":  {sign(t, jose.HS256, []byte(theSecret), nil, good()), "signature"},
		"algorithm not the key": {sign(t, jose.EdDSA, edKey, by("r"), good()), "algorithm"},
		"longer hash":           {sign(t, jose.RS512, rsaKey(), by("r"), good()), "algorithm"},
		"another key":           {sign(t, jose.RS256, otherRSA(), by("r"), good()), "signature"},
		"unknown key":           {sign(t, jose.RS256, rsaKey(), by("x"), good()), "key set"},
		"no key named of three": {sign(t, jose.RS256, rsaKey(), nil, good()), "key set"},
		"key set of its own":    {sign(t, jose.RS256, otherRSA(), map[string]any{"kid": "r", "jku": "https://evil.example/keys"}, good()), "jku"},
		"certificate address":   {sign(t, jose.RS256, rsaKey(), map[string]any{"kid": "r", "x5u": "https://evil.example/"}, good()), "x5u"},
		"key of its own":        {sign(t, jose.RS256, otherRSA(), map[string]any{"kid": "r", "jwk": public("r", otherRSA())}, good()), "jwk"},
		"something critical":    {sign(t, jose.RS256, rsaKey(), map[string]any{"kid": "r", "crit": []string{"exp"}}, good()), "crit"},
		"another game":          {sign(t, jose.RS256, rsaKey(), by("r"), good().but("aud", "other")), "aud"},
		"no game":               {sign(t, jose.RS256, rsaKey(), by("r"), good().but("aud", nil)), "aud"},
		"another issuer":        {sign(t, jose.RS256, rsaKey(), by("r"), good().but("iss", "https://evil.example")), "iss"},
		"no issuer":             {sign(t, jose.RS256, rsaKey(), by("r"), good().but("iss", nil)), "iss"},
		"expired":               {sign(t, jose.RS256, rsaKey(), by("r"), good().but("exp", noon.Add(-2*time.Minute).Unix())), "expired"},
		"for ever":              {sign(t, jose.RS256, rsaKey(), by("r"), good().but("exp", nil)), "exp"},
		"for two days":          {sign(t, jose.RS256, rsaKey(), by("r"), good().but("exp", noon.Add(48*time.Hour).Unix())), "24 hours"},
		"from tomorrow":         {sign(t, jose.RS256, rsaKey(), by("r"), good().but("nbf", noon.Add(time.Hour).Unix())), "not valid yet"},
		"made tomorrow":         {sign(t, jose.RS256, rsaKey(), by("r"), good().but("iat", noon.Add(time.Hour).Unix())), "not valid yet"},
		"nobody":                {sign(t, jose.RS256, rsaKey(), by("r"), good().but("sub", nil)), "sub"},
		"an endless subject":    {sign(t, jose.RS256, rsaKey(), by("r"), good().but("sub", strings.Repeat("s", 256))), "sub"},
		"a token of ours":       {ours, "PartyKit"},
	} {
		_, err := s.verifier().Verify(t.Context(), bySet, c.token, noon)
		e, ok := errors.AsType[*IdentityError](err)
		if !ok || !strings.Contains(e.Why, c.why) {
			t.Errorf("%s: got %v, want a sentence about %q", name, err, c.why)
		}
	}
	bySecret := Trust{Game: "demo", Secret: []byte(theSecret)}
	for name, token := range map[string]string{"a key's": fine, "another secret's": sign(t, jose.HS256, []byte(strings.Repeat("x", 32)), nil, good())} {
		if _, err := s.verifier().Verify(t.Context(), bySecret, token, noon); err == nil {
			t.Errorf("with a secret, %s token is accepted", name)
		}
	}
}

// What a token says is believed only as far as it cannot matter: nothing is
// fetched for one that is refused anyway.
func TestNothingIsFetchedForATokenThatIsRefused(t *testing.T) {
	s := newSite(t, public("r", rsaKey()))
	by := map[string]any{"kid": "r"}
	for name, token := range map[string]string{
		"issuer":   sign(t, jose.RS256, rsaKey(), by, good().but("iss", "https://evil.example")),
		"audience": sign(t, jose.RS256, rsaKey(), by, good().but("aud", "other")),
		"expired":  sign(t, jose.RS256, rsaKey(), by, good().but("exp", noon.Add(-time.Hour).Unix())),
		"jku":      sign(t, jose.RS256, rsaKey(), map[string]any{"kid": "r", "jku": "https://evil.example/"}, good()),
	} {
		if _, err := s.verifier().Verify(t.Context(), bySet, token, noon); err == nil || s.asked.Load() != 0 {
			t.Errorf("%s: %v, and the key set was asked for %d times", name, err, s.asked.Swap(0))
		}
	}
}

// Two games may name their keys alike; each has its own.
func TestKeysAreEachGamesOwn(t *testing.T) {
	sites := map[string]*site{
		"one.example": newSite(t, public("k", rsaKey())),
		"two.example": newSite(t, public("k", otherRSA())),
	}
	verifier := NewIdentities(&http.Client{Transport: byHost(sites)})
	trust := func(game, host string) Trust { return Trust{Game: game, JWKS: "https://" + host + "/keys"} }
	one := sign(t, jose.RS256, rsaKey(), map[string]any{"kid": "k"}, good().but("aud", []string{"one", "two"}))
	if _, err := verifier.Verify(t.Context(), trust("one", "one.example"), one, noon); err != nil {
		t.Fatal(err)
	}
	if _, err := verifier.Verify(t.Context(), trust("two", "two.example"), one, noon); err == nil {
		t.Fatal("a key of one game opens another")
	}
	// And a game that moves its key set leaves the old one behind.
	if _, err := verifier.Verify(t.Context(), trust("one", "two.example"), one, noon); err == nil {
		t.Fatal("a key of the former key set still counts")
	}
}

type byHost map[string]*site

func (h byHost) RoundTrip(r *http.Request) (*http.Response, error) { return h[r.URL.Host].RoundTrip(r) }

func TestKeysAreFetchedSparingly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, public("old", rsaKey()))
		verifier := s.verifier()
		verify := func(kid string, key *rsa.PrivateKey) error {
			t.Helper()
			now := time.Now()
			c := good().but("exp", now.Add(time.Hour).Unix()).but("iat", now.Unix())
			_, err := verifier.Verify(t.Context(), bySet, sign(t, jose.RS256, key, map[string]any{"kid": kid}, c), now)
			synctest.Wait()
			return err
		}
		wantAsked := func(when string, n int32) {
			t.Helper()
			if got := s.asked.Load(); got != n {
				t.Fatalf("%s: the key set was fetched %d times, want %d", when, got, n)
			}
		}
		if err := verify("old", rsaKey()); err != nil {
			t.Fatal(err)
		}
		for range 20 {
			if verify("invented", otherRSA()) == nil {
				t.Fatal("an unknown key counts")
			}
		}
		wantAsked("after 20 invented keys", 1)
		time.Sleep(keysPause)
		s.show(t, public("new", otherRSA()), public("old", rsaKey()))
		if err := verify("new", otherRSA()); err != nil {
			t.Fatalf("a new key is not found: %v", err)
		}
		wantAsked("after a rotation", 2)
		time.Sleep(keysFresh)
		s.show(t, public("new", otherRSA()))
		if err := verify("old", rsaKey()); err != nil {
			t.Fatalf("while the set is fetched again: %v", err)
		}
		wantAsked("after ten minutes", 3)
		if verify("old", rsaKey()) == nil {
			t.Fatal("a key that was taken out of the set still counts")
		}
		s.status = http.StatusServiceUnavailable
		time.Sleep(keysFresh)
		if err := verify("new", otherRSA()); err != nil {
			t.Fatalf("while the game's site is down: %v", err)
		}
		time.Sleep(keysKept)
		if err := verify("new", otherRSA()); !errors.Is(err, ErrKeysUnavailable) {
			t.Fatalf("an hour later: %v", err)
		}
		s.status = http.StatusOK
		time.Sleep(keysRetry)
		if err := verify("new", otherRSA()); err != nil {
			t.Fatalf("back again: %v", err)
		}
	})
}

func TestWeakAndOddKeysDoNotCount(t *testing.T) {
	weak := must(rsa.GenerateKey(rand.Reader, 1024))
	x := base64url.EncodeToString(make([]byte, 32))
	for name, set := range map[string]string{
		"no JSON":      `keys`,
		"no keys":      `{}`,
		"empty":        `{"keys":[]}`,
		"off curve":    `{"keys":[{"kty":"EC","crv":"P-256","x":"` + x + `","y":"` + x + `"}]}`,
		"short point":  `{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}`,
		"other curve":  `{"keys":[{"kty":"EC","crv":"secp256k1","x":"` + x + `","y":"` + x + `"}]}`,
		"a secret":     `{"keys":[{"kty":"oct","k":"` + x + `"}]}`,
		"short OKP":    `{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"}]}`,
		"even E":       `{"keys":[{"kty":"RSA","n":"` + base64url.EncodeToString(rsaKey().N.Bytes()) + `","e":"Ag"}]}`,
		"huge N":       `{"keys":[{"kty":"RSA","n":"` + strings.Repeat("_", 3000) + `","e":"AQAB"}]}`,
		"1024 bits":    string(must(json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{public("w", weak)}}))),
		"to encrypt":   string(must(json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: rsaKey().Public(), Use: "enc"}}}))),
		"other alg":    string(must(json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: rsaKey().Public(), Algorithm: "PS256"}}}))),
		"not a string": `{"keys":[{"kty":7}, null, "x"]}`,
	} {
		if keys, err := parseKeySet([]byte(set)); err == nil {
			t.Errorf("%s: %d keys count", name, len(keys))
		}
	}
}

func TestKeySetsAreBounded(t *testing.T) {
	s := newSite(t, public("r", rsaKey()))
	s.keys.Store(append(s.keys.Load().([]byte), bytes.Repeat([]byte(" "), maxKeySet)...))
	token := sign(t, jose.RS256, rsaKey(), map[string]any{"kid": "r"}, good())
	if _, err := s.verifier().Verify(t.Context(), bySet, token, noon); !errors.Is(err, ErrKeysUnavailable) {
		t.Fatalf("%v", err)
	}
}

func TestVerifyEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		verifier := NewIdentities(&http.Client{Transport: stuck{}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		now := time.Now()
		c := good().but("exp", now.Add(time.Hour).Unix()).but("iat", now.Unix())
		_, err := verifier.Verify(ctx, bySet, sign(t, jose.EdDSA, edKey, map[string]any{"kid": "d"}, c), now)
		if !errors.Is(err, ErrKeysUnavailable) {
			t.Error(err)
		}
		time.Sleep(fetchLimit) // by then the fetch itself has ended
	})
}

type stuck struct{}

func (stuck) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func FuzzParseKeySet(f *testing.F) {
	f.Add(must(json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{public("e", ecKey), public("d", edKey)}})))
	f.Add([]byte(`{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"},{"kty":"EC","crv":"P-256","x":"","y":""}]}`))
	f.Add([]byte(`{"keys":null}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		keys, err := parseKeySet(b)
		if err == nil && (len(keys) == 0 || len(keys) > maxKeys) {
			t.Fatalf("%d keys", len(keys))
		}
		for _, k := range keys {
			if k.key == nil || k.alg == "" {
				t.Fatalf("%+v", k)
			}
		}
	})
}

func TestPlayerTokensAreForGameServers(t *testing.T) {
	k := fixed(t)
	now := time.Now()
	token, expires := k.PlayerToken("https://party.example", "demo", "gabc", "Ada", now)
	if life := expires.Sub(now); life > 10*time.Minute || life < 9*time.Minute {
		t.Errorf("it lives for %v", life)
	}
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(k.PublicKeys("demo"), &set); err != nil || len(set.Keys) != 1 {
		t.Fatalf("the key set: %v, %d keys", err, len(set.Keys))
	}
	if !set.Keys[0].IsPublic() {
		t.Fatal("the key set tells the private key")
	}
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		jwt.Claims
		Name string `json:"name"`
	}
	if err := parsed.Claims(&set, &c); err != nil { // finds the key by its id
		t.Fatal(err)
	}
	if err := c.Validate(jwt.Expected{Issuer: "https://party.example", Subject: "gabc", AnyAudience: jwt.Audience{"demo"}, Time: now}); err != nil || c.Name != "Ada" {
		t.Errorf("%v, %+v", err, c)
	}
	var others jose.JSONWebKeySet
	if err := json.Unmarshal(k.PublicKeys("other"), &others); err != nil {
		t.Fatal(err)
	}
	if err := parsed.Claims(others.Keys[0].Key, &c); err == nil {
		t.Error("another game's key verifies it")
	}
	if _, err := k.Verify("demo", token, now); err == nil {
		t.Error("it is good as a guest token")
	}
}

func TestSealing(t *testing.T) {
	k := fixed(t)
	sealed := k.Seal("identity demo", []byte(theSecret))
	if strings.Contains(sealed, theSecret) || sealed == k.Seal("identity demo", []byte(theSecret)) {
		t.Fatal("the sealed value shows what it holds")
	}
	if plain, err := k.Open("identity demo", sealed); err != nil || string(plain) != theSecret {
		t.Fatalf("%q, %v", plain, err)
	}
	altered := []byte(sealed)
	altered[20] ^= 1
	for name, try := range map[string]func() ([]byte, error){
		"another purpose": func() ([]byte, error) { return k.Open("identity other", sealed) },
		"another server":  func() ([]byte, error) { return other(t).Open("identity demo", sealed) },
		"altered":         func() ([]byte, error) { return k.Open("identity demo", string(altered)) },
		"cut":             func() ([]byte, error) { return k.Open("identity demo", sealed[:10]) },
		"nothing":         func() ([]byte, error) { return k.Open("identity demo", "") },
	} {
		if plain, err := try(); !errors.Is(err, ErrSeal) {
			t.Errorf("%s: %q, %v", name, plain, err)
		}
	}
}

package auth

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"
)

const (
	// MinSecret is the shortest secret, in bytes, with which a game may sign: as
	// long as what HS256 makes of it (RFC 7518, 3.2).
	MinSecret = 32
	// MaxIdentityLife is how far ahead a game's token may expire.
	MaxIdentityLife = 24 * time.Hour
	// MaxSubject bounds what a game calls its player, in bytes (OpenID Connect
	// allows as many).
	MaxSubject = 255
)

// Trust says by what a game's own tokens are recognised: by a secret (HS256), or
// by the key set at an address (RS256, ES256 or EdDSA, as each key's type says).
type Trust struct {
	Game   string
	Issuer string // which the tokens must name; "": any or none
	Secret []byte
	JWKS   string
}

// Identity is whom such a token names.
type Identity struct {
	// ID is the player's id here, "i" and 25 letters or digits: the same for the
	// same game, issuer and subject, and leading back to none of them.
	ID   string
	Name string // as the game wrote it; not cleaned
}

// IdentityError says why a game's token proves nothing, in a sentence for the
// game's developer that repeats nothing of the token.
type IdentityError struct{ Why string }

func (e *IdentityError) Error() string { return e.Why }

func refuse(why string) error { return &IdentityError{why} }

// Identities verifies the tokens by which games name their players. It keeps
// the games' public keys, each game's apart from every other's.
type Identities struct {
	client *http.Client

	mu   sync.Mutex
	sets map[string]*keySet // by game
}

// NewIdentities returns a verifier that fetches key sets by a client, which must
// not reach into the operator's own network.
func NewIdentities(client *http.Client) *Identities {
	return &Identities{client: client, sets: map[string]*keySet{}}
}

type identityClaims struct {
	Name string `json:"name"`
	jwt.RegisteredClaims
}

// Verify returns whom a token names. It fails with an *[IdentityError], or with
// [ErrKeysUnavailable] where that cannot be told now. Audience, issuer and times
// are checked before any key is fetched, and only the game's own address is
// ever asked: what the token says of keys (jku, x5u, jwk, x5c) refuses it.
func (x *Identities) Verify(ctx context.Context, t Trust, token string, now time.Time) (Identity, error) {
	if len(token) > MaxToken {
		return Identity{}, refuse("The game's token is longer than 4 KiB.")
	}
	if strings.ContainsAny(token, "\r\n") {
		return Identity{}, refuse(unreadable)
	}
	methods := []string{"RS256", "ES256", "EdDSA"}
	if t.Secret != nil {
		methods = []string{"HS256"}
	}
	var claims identityClaims
	options := []jwt.ParserOption{
		jwt.WithValidMethods(methods),
		jwt.WithAudience(t.Game),
		jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(),
		jwt.WithLeeway(tokenLeeway),
		jwt.WithStrictDecoding(),
		jwt.WithTimeFunc(func() time.Time { return now }),
	}
	if t.Issuer != "" {
		options = append(options, jwt.WithIssuer(t.Issuer))
	}
	validator := jwt.NewValidator(options...)
	_, err := jwt.ParseWithClaims(token, &claims, func(parsed *jwt.Token) (any, error) {
		if err := checkHeader(parsed.Header); err != nil {
			return nil, err
		}
		if err := validator.Validate(&claims); err != nil {
			return nil, err
		}
		if err := claims.check(now); err != nil {
			return nil, err
		}
		if t.Secret != nil {
			return t.Secret, nil
		}
		kid, _ := parsed.Header["kid"].(string)
		k, err := x.set(t).key(ctx, kid)
		if err == nil && parsed.Method.Alg() != k.alg {
			err = refuse("Its algorithm is not that of the key it names.")
		}
		return k.key, err
	}, options...)
	if err != nil {
		return Identity{}, identityError(err)
	}
	return Identity{ID: IdentityID(t.Game, claims.Issuer, claims.Subject), Name: claims.Name}, nil
}

// IdentityID is the id here of whom an issuer of a game calls by a subject.
func IdentityID(game, issuer, subject string) string {
	return "i" + digest("identity", game, issuer, subject)[:25]
}

// set returns the key set of a game, a new one where the game's settings are
// others than they were.
func (x *Identities) set(t Trust) *keySet {
	x.mu.Lock()
	defer x.mu.Unlock()
	s := x.sets[t.Game]
	if s == nil || s.trust.JWKS != t.JWKS || s.trust.Issuer != t.Issuer {
		s = &keySet{trust: Trust{Game: t.Game, Issuer: t.Issuer, JWKS: t.JWKS}, client: x.client}
		x.sets[t.Game] = s
	}
	return s
}

// checkHeader refuses a header that brings its own keys, asks for what is not
// understood here, or is that of another of this server's tokens.
func checkHeader(h map[string]any) error {
	for _, name := range []string{"jku", "x5u", "jwk", "x5c", "crit"} {
		if _, there := h[name]; there {
			return refuse("Its header has " + name + ", which is not allowed.")
		}
	}
	if typ, _ := h["typ"].(string); strings.HasPrefix(strings.ToLower(typ), "partykit") {
		return refuse("That is a token of PartyKit, not of the game.")
	}
	return nil
}

// check looks at what the library does not.
func (c *identityClaims) check(now time.Time) error {
	switch {
	case c.ExpiresAt.Sub(now) > MaxIdentityLife+tokenLeeway:
		return refuse("It expires more than 24 hours from now.")
	case c.Subject == "" || len(c.Subject) > MaxSubject || !utf8.ValidString(c.Subject):
		return refuse("Its sub, the game's id of the player, must have 1 to 255 bytes.")
	}
	return nil
}

const unreadable = "The game's token cannot be read: it must be a signed JWT."

// identityError turns the library's error into a sentence.
func identityError(err error) error {
	if own, ok := errors.AsType[*IdentityError](err); ok {
		return own
	}
	switch {
	case errors.Is(err, ErrKeysUnavailable):
		return err
	case errors.Is(err, jwt.ErrTokenInvalidIssuer):
		return refuse("Its iss is not the issuer that is set for the game.")
	case errors.Is(err, jwt.ErrTokenInvalidAudience):
		return refuse("Its aud is not the game's id.")
	case errors.Is(err, jwt.ErrTokenRequiredClaimMissing):
		return refuse("It needs aud (the game's id), exp and sub, and iss where an issuer is set for the game.")
	case errors.Is(err, jwt.ErrTokenExpired):
		return refuse("It has expired. Ask the game's server for a new one.")
	case errors.Is(err, jwt.ErrTokenUsedBeforeIssued), errors.Is(err, jwt.ErrTokenNotValidYet):
		return refuse("It is not valid yet: are the clocks right?")
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return refuse("Its signature is not one of the game's, or made by an algorithm that is not the key's.")
	}
	return refuse(unreadable)
}

package auth

import (
	"crypto/ed25519"
	"errors"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	// TokenLife is how long a guest token is good for.
	TokenLife = 180 * 24 * time.Hour
	// MaxToken is the longest token that is looked at, in bytes.
	MaxToken = 4 << 10

	// tokenType keeps guest tokens apart from any other token of this server.
	tokenType = "partykit-guest+jwt"
	// tokenLeeway is how far the clocks of two nodes may be apart.
	tokenLeeway = time.Minute
)

// Why a token proves nothing. Neither says more, because the bearer of a bad
// token is owed no explanation.
var (
	ErrToken        = errors.New("the token is not valid here")
	ErrTokenExpired = errors.New("the token has expired")
)

// A Guest is what a guest token says.
type Guest struct {
	Game    string
	ID      string
	Name    string // as it was when the token was issued
	Issued  time.Time
	Expires time.Time
}

type guestClaims struct {
	Name string `json:"name"`
	jwt.RegisteredClaims
}

// Issue returns a token with which a client is this guest of this game until
// [TokenLife] after now. Nothing is stored, and nothing can take it back. The
// name is expected to be clean.
func (k *Keys) Issue(game, id, name string, now time.Time) string {
	return claim(game, id, name, now, now.Add(TokenLife)).sign(k.guest, k.guestID, tokenType)
}

// Verify returns the guest that a token proves in this game. It fails with
// [ErrTokenExpired] for a token that was good once and with [ErrToken] for
// every other: foreign, altered, of another game, with another algorithm.
func (k *Keys) Verify(game, token string, now time.Time) (Guest, error) {
	claims, err := open(game, token, now, k.key(tokenType))
	if err != nil {
		return Guest{}, err
	}
	if !validID(claims.Subject) {
		return Guest{}, ErrToken
	}
	return Guest{
		Game:    game,
		ID:      claims.Subject,
		Name:    claims.Name,
		Issued:  claims.IssuedAt.Time,
		Expires: claims.ExpiresAt.Time,
	}, nil
}

// open reads a token of this server's that is for a game. It fails with
// [ErrTokenExpired] or [ErrToken].
func open(game, token string, now time.Time, key jwt.Keyfunc, more ...jwt.ParserOption) (guestClaims, error) {
	var claims guestClaims
	if token == "" { // as whoever is new has it
		return claims, ErrToken
	}
	// The decoder skips line breaks; a token has one spelling here.
	if len(token) > MaxToken || strings.ContainsAny(token, "\r\n") {
		return claims, ErrToken
	}
	_, err := jwt.ParseWithClaims(token, &claims, key, append(more,
		jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}),
		jwt.WithAudience(game),
		jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(),
		jwt.WithLeeway(tokenLeeway),
		jwt.WithStrictDecoding(),
		jwt.WithTimeFunc(func() time.Time { return now }))...)
	switch {
	case onlyExpired(err):
		return claims, ErrTokenExpired
	case err != nil, claims.IssuedAt == nil:
		return claims, ErrToken
	}
	return claims, nil
}

// key gives out the key only for a header that names it and that type of token.
func (k *Keys) key(typ string) jwt.Keyfunc {
	return func(t *jwt.Token) (any, error) {
		if t.Header["kid"] != k.guestID || t.Header["typ"] != typ {
			return nil, ErrToken
		}
		return k.guest.Public().(ed25519.PublicKey), nil
	}
}

// onlyExpired tells a token that is too old from one that is wrong in another
// way as well.
func onlyExpired(err error) bool {
	return errors.Is(err, jwt.ErrTokenExpired) &&
		!errors.Is(err, jwt.ErrTokenInvalidAudience) &&
		!errors.Is(err, jwt.ErrTokenInvalidIssuer) &&
		!errors.Is(err, jwt.ErrTokenUsedBeforeIssued)
}

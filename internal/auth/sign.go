package auth

import (
	"crypto/ed25519"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// claim says who a player of a game is, from now until a time.
func claim(game, subject, name string, now, expires time.Time) guestClaims {
	return guestClaims{
		Name: name,
		RegisteredClaims: jwt.RegisteredClaims{
			Subject:   subject,
			Audience:  jwt.ClaimStrings{game},
			IssuedAt:  jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(expires),
		},
	}
}

// sign returns a token of a type, signed by a key with that id.
func (c guestClaims) sign(key ed25519.PrivateKey, kid, typ string) string {
	t := jwt.NewWithClaims(jwt.SigningMethodEdDSA, c)
	t.Header["kid"] = kid
	t.Header["typ"] = typ
	token, err := t.SignedString(key)
	if err != nil { // claims are strings and numbers, and the key is ours
		panic("auth: signing a token: " + err.Error())
	}
	return token
}

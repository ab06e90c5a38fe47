package auth

import (
	"crypto/ed25519"
	"encoding/json"
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

// sign returns a token of a type, signed by a key with that id. Every guest gets
// one, and the library would take as long to write it down as to hash it.
func (c guestClaims) sign(key ed25519.PrivateKey, kid, typ string) string {
	claims, err := json.Marshal(c)
	if err != nil { // they are strings and numbers
		panic("auth: signing a token: " + err.Error())
	}
	header := `{"alg":"EdDSA","kid":"` + kid + `","typ":"` + typ + `"}` // both are ours, and plain
	token := base64url.AppendEncode(make([]byte, 0, 512), []byte(header))
	token = base64url.AppendEncode(append(token, '.'), claims)
	signature := ed25519.Sign(key, token)
	return string(base64url.AppendEncode(append(token, '.'), signature))
}

package auth

import (
	"crypto/ed25519"
	"encoding/json"
	"time"
)

// statement is what every token of this server says.
type statement struct {
	Name     string    `json:"name"`
	Issuer   string    `json:"iss,omitempty"`
	Subject  string    `json:"sub"`
	Audience [1]string `json:"aud"` // the game
	Expires  int64     `json:"exp"`
	Issued   int64     `json:"iat"`
}

// claim says who a player of a game is, from now until a time.
func claim(game, subject, name string, now, expires time.Time) statement {
	return statement{Name: name, Subject: subject, Audience: [1]string{game}, Expires: expires.Unix(), Issued: now.Unix()}
}

// sign returns a token of a type (RFC 7519), signed by a key with that id. Each
// new guest gets one, and so it is written without a library; reading one that a
// client brings is the library's.
func (c statement) sign(key ed25519.PrivateKey, kid, typ string) string {
	body, err := json.Marshal(c)
	if err != nil { // strings and numbers
		panic("auth: a token's claims: " + err.Error())
	}
	b := make([]byte, 0, 512)
	b = base64url.AppendEncode(b, []byte(`{"alg":"EdDSA","kid":"`+kid+`","typ":"`+typ+`"}`)) // neither needs to be escaped
	b = append(b, '.')
	b = base64url.AppendEncode(b, body)
	signature := ed25519.Sign(key, b)
	b = append(b, '.')
	return string(base64url.AppendEncode(b, signature))
}

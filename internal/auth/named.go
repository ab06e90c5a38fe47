package auth

import (
	"encoding/json"
	"strings"
	"time"
)

// namedType is the type of tokens by which this server names a player for a
// game that cannot sign.
const namedType = "partykit-identity+jwt"

// NamePlayer returns a token by which a game's client is the player that the
// game calls by a subject, and that player's id here. It is as good as one that
// the game signs itself ([Identities.Verify]): the same issuer and subject are
// the same player.
func (k *Keys) NamePlayer(game, issuer, subject, name string, now, expires time.Time) (token, id string) {
	c := claim(game, subject, name, now, expires)
	c.Issuer = issuer
	return c.sign(k.guest, k.guestID, namedType), IdentityID(game, issuer, subject)
}

// Named reports whether a token says that it is one of [Keys.NamePlayer]'s.
func Named(token string) bool {
	head, _, _ := strings.Cut(token, ".")
	var header struct {
		Type string `json:"typ"`
	}
	b, err := base64url.DecodeString(head)
	return err == nil && json.Unmarshal(b, &header) == nil && header.Type == namedType
}

// VerifyNamed returns whom a token of [Keys.NamePlayer] names. It fails with an
// *[IdentityError].
func (k *Keys) VerifyNamed(game, token string, now time.Time) (Identity, error) {
	claims, err := open(game, token, now, k.key(namedType))
	switch {
	case err == ErrTokenExpired:
		return Identity{}, refuse("It has expired. Ask the game's server for a new one.")
	case err != nil:
		return Identity{}, refuse("It is not one that this server made for this game.")
	}
	return Identity{ID: IdentityID(game, claims.Issuer, claims.Subject), Name: claims.Name}, nil
}

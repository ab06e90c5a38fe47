package auth

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// PlayerTokenLife is how long a player token is good for: long enough for a game
// server to check it, short enough that a leaked one is soon worth nothing.
const PlayerTokenLife = 10 * time.Minute

// playerType is the type of player tokens. It keeps them from being taken for
// anything that opens a session here.
const playerType = "partykit-player+jwt"

// PlayerToken returns a token by which a game's own servers know the player
// without asking anybody: signed with a key of that game, whose public half is
// in [Keys.PublicKeys], for [PlayerTokenLife]. It proves nothing here.
func (k *Keys) PlayerToken(issuer, game, id, name string, now time.Time) (token string, expires time.Time) {
	expires = now.Add(PlayerTokenLife).Truncate(time.Second)
	key, kid := k.playerKey(game)
	c := claim(game, id, name, now, expires)
	c.Issuer = issuer
	return c.sign(key, kid, playerType), expires
}

// Player is whom a player token names.
type Player struct {
	ID      string
	Name    string // in its party, when the token was made
	Expires time.Time
}

// VerifyPlayer returns whom a player token of a game names, for who cannot
// verify it with [Keys.PublicKeys]. It fails with [ErrTokenExpired] or
// [ErrToken].
func (k *Keys) VerifyPlayer(issuer, game, token string, now time.Time) (Player, error) {
	key, kid := k.playerKey(game)
	claims, err := open(game, token, now, func(t *jwt.Token) (any, error) {
		if t.Header["kid"] != kid || t.Header["typ"] != playerType {
			return nil, ErrToken
		}
		return key.Public().(ed25519.PublicKey), nil
	}, jwt.WithIssuer(issuer))
	if err != nil {
		return Player{}, err
	}
	return Player{claims.Subject, claims.Name, claims.ExpiresAt.Time}, nil
}

// PublicKeys returns the key set (RFC 7517) with which a game's servers verify
// the player tokens of that game, and of no other.
func (k *Keys) PublicKeys(game string) []byte {
	key, kid := k.playerKey(game)
	type jwk struct {
		Type  string `json:"kty"`
		Curve string `json:"crv"`
		X     string `json:"x"`
		Kid   string `json:"kid"`
		Use   string `json:"use"`
		Alg   string `json:"alg"`
	}
	public := key.Public().(ed25519.PublicKey)
	set, err := json.Marshal(map[string][]jwk{"keys": {{"OKP", "Ed25519", base64url.EncodeToString(public), kid, "sig", "EdDSA"}}})
	if err != nil {
		panic("auth: a key set: " + err.Error())
	}
	return set
}

// playerKey is a game's own key: a token of another game fails already by its
// signature, also where a game's server forgets to look at the audience.
func (k *Keys) playerKey(game string) (ed25519.PrivateKey, string) {
	seed, err := hkdf.Expand(sha256.New, k.player, game, ed25519.SeedSize)
	if err != nil {
		panic("auth: a game's key: " + err.Error()) // its size is ours
	}
	key := ed25519.NewKeyFromSeed(seed)
	return key, digest("key id", string(key.Public().(ed25519.PublicKey)))[:16]
}

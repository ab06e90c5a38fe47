package auth

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"fmt"
)

// SecretSize is the length of a server secret in bytes.
const SecretSize = 32

// NewSecret returns a fresh server secret of [SecretSize] random bytes.
func NewSecret() []byte {
	secret := make([]byte, SecretSize)
	rand.Read(secret) // never fails: see crypto/rand
	return secret
}

// Keys holds the keys that derive from a server secret. It is safe for use by
// several goroutines.
type Keys struct {
	guest   ed25519.PrivateKey // signs guest tokens
	guestID string             // names the key in a token's header
	invite  []byte             // derives invite codes
	seat    []byte             // derives seat ids
	player  []byte             // derives each game's key of player tokens
	seal    []byte             // seals what games entrust
}

// NewKeys derives the keys of a server secret: always the same ones. It fails
// when the secret is not [SecretSize] bytes long.
func NewKeys(secret []byte) (*Keys, error) {
	if len(secret) != SecretSize {
		return nil, fmt.Errorf("the server secret has %d bytes instead of %d", len(secret), SecretSize)
	}
	derive := func(purpose string) ([]byte, error) {
		return hkdf.Expand(sha256.New, secret, "partykit v1 "+purpose, 32)
	}
	seed, err := derive("guest token")
	if err != nil {
		return nil, err
	}
	invite, err := derive("invite code")
	if err != nil {
		return nil, err
	}
	seat, err := derive("seat id")
	if err != nil {
		return nil, err
	}
	player, err := derive("player token")
	if err != nil {
		return nil, err
	}
	seal, err := derive("seal")
	if err != nil {
		return nil, err
	}
	guest := ed25519.NewKeyFromSeed(seed)
	return &Keys{
		guest:   guest,
		guestID: digest("key id", string(guest.Public().(ed25519.PublicKey)))[:16],
		invite:  invite,
		seat:    seat,
		player:  player,
		seal:    seal,
	}, nil
}

// base32lower writes five bits a character, in the letters a–z and digits 2–7.
var base32lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// base64url refuses padding and stray bits, so that a value has one spelling.
var base64url = base64.RawURLEncoding.Strict()

// digest is the SHA-256 of parts under a domain, as 52 characters of
// base32lower. The parts' lengths are hashed too, so that ("a", "bc") and
// ("ab", "c") differ.
func digest(domain string, parts ...string) string {
	sum := sha256.Sum256(message(domain, parts...))
	return base32lower.EncodeToString(sum[:])
}

// mac is the HMAC-SHA256 of parts under a domain.
func mac(key []byte, domain string, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(message(domain, parts...))
	return h.Sum(nil)
}

func message(domain string, parts ...string) []byte {
	b := append([]byte("partykit "), domain...)
	for _, p := range parts {
		b = append(b, 0)
		b = binary.BigEndian.AppendUint64(b, uint64(len(p)))
		b = append(b, p...)
	}
	return b
}

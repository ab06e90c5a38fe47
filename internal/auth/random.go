package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"strings"
)

// ID returns a fresh random id: the prefix and 20 characters of 5 random bits
// each. With 100 bits two ids never meet, also without asking anybody.
func ID(prefix string) string { return prefix + random()[:20] }

// Secret returns a fresh session secret: 256 random bits as 43 characters of
// base64url. Store only its [Hash].
func Secret() string {
	var b [32]byte
	rand.Read(b[:])
	return base64url.EncodeToString(b[:])
}

// Digest is the hash of a session secret. The secret is random, so a plain
// SHA-256 cannot be reversed; compare hashes, never secrets.
type Digest [sha256.Size]byte

// DigestOf returns the hash of a session secret.
func DigestOf(secret string) Digest { return sha256.Sum256(message("session", secret)) }

// String is what to store of a session secret, 43 characters of base64url.
func (d Digest) String() string { return base64url.EncodeToString(d[:]) }

// Hash returns what to store of a session secret.
func Hash(secret string) string { return DigestOf(secret).String() }

// Browser returns a fresh value for the cookie that recognises a browser on
// invite pages: 128 random bits as 22 characters of base64url.
func Browser() string {
	var b [16]byte
	rand.Read(b[:])
	return base64url.EncodeToString(b[:])
}

// ValidBrowser reports whether a cookie's value has the shape of a [Browser].
func ValidBrowser(s string) bool {
	_, ok := decode128(s)
	return ok
}

// random returns 26 characters of base32lower: 130 random bits.
func random() string { return strings.ToLower(rand.Text()) }

// decode128 decodes exactly 128 bits in their one spelling.
func decode128(s string) (b [16]byte, ok bool) {
	// The decoder skips line breaks, which a length alone would not show.
	if len(s) != base64url.EncodedLen(len(b)) || strings.ContainsAny(s, "\r\n") {
		return b, false
	}
	_, err := base64url.Decode(b[:], []byte(s))
	return b, err == nil
}

package auth

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"math/big"
	"slices"
)

// maxKeys bounds a game's key set. Two at a time are usual.
const maxKeys = 32

// minRSA is the shortest RSA key, in bits, whose signatures count (RFC 7518, 3.3).
const minRSA, maxRSA = 2048, 8192

// pinned is a public key with the one algorithm that it may verify.
type pinned struct {
	kid string
	alg string
	key any
}

// jwk is a key of a key set (RFC 7517), as far as it is understood here.
type jwk struct {
	Type  string   `json:"kty"`
	Kid   string   `json:"kid"`
	Use   string   `json:"use"`
	Ops   []string `json:"key_ops"`
	Alg   string   `json:"alg"`
	Curve string   `json:"crv"`
	X     string   `json:"x"`
	Y     string   `json:"y"`
	N     string   `json:"n"`
	E     string   `json:"e"`
}

// parseKeySet reads a key set. Keys of other kinds or for other uses are left
// out; it fails where none remains.
func parseKeySet(b []byte) ([]pinned, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(b, &set); err != nil {
		return nil, errors.New("the key set is not JSON with a list of keys")
	}
	var keys []pinned
	for _, raw := range set.Keys[:min(len(set.Keys), maxKeys)] {
		var k jwk
		if json.Unmarshal(raw, &k) != nil || k.Use != "" && k.Use != "sig" || k.Ops != nil && !slices.Contains(k.Ops, "verify") {
			continue
		}
		alg, key := k.public()
		if key == nil || k.Alg != "" && k.Alg != alg && !(alg == "EdDSA" && k.Alg == "Ed25519") {
			continue
		}
		keys = append(keys, pinned{k.Kid, alg, key})
	}
	if len(keys) == 0 {
		return nil, errors.New("the key set has no key for RS256, ES256 or EdDSA")
	}
	return keys, nil
}

// public returns the key and the algorithm that goes with its type; nil for a
// key that is not sound or not understood.
func (k jwk) public() (alg string, key any) {
	switch {
	case k.Type == "RSA":
		n, err1 := base64url.DecodeString(k.N)
		e, err2 := base64url.DecodeString(k.E)
		if err1 != nil || err2 != nil || len(n) > maxRSA/8 || len(e) == 0 || len(e) > 4 {
			return "", nil
		}
		public := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
		if public.N.BitLen() < minRSA || public.E < 3 || public.E%2 == 0 {
			return "", nil
		}
		return "RS256", public
	case k.Type == "EC" && k.Curve == "P-256":
		x, err1 := base64url.DecodeString(k.X)
		y, err2 := base64url.DecodeString(k.Y)
		if err1 != nil || err2 != nil || len(x) != 32 || len(y) != 32 {
			return "", nil
		}
		// It also checks that the point is on the curve.
		public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), bytes.Join([][]byte{{4}, x, y}, nil))
		if err != nil {
			return "", nil
		}
		return "ES256", public
	case k.Type == "OKP" && k.Curve == "Ed25519":
		x, err := base64url.DecodeString(k.X)
		if err != nil || len(x) != ed25519.PublicKeySize {
			return "", nil
		}
		return "EdDSA", ed25519.PublicKey(x)
	}
	return "", nil
}

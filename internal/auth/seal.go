package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
)

// ErrSeal says that a sealed value was not sealed by this server for this
// purpose, or was altered.
var ErrSeal = errors.New("the sealed value cannot be opened here: was it stored by another server?")

// Seal encrypts what must be used again and therefore cannot be hashed, such as
// a game's signing secret, for storage: AES-256-GCM under a key of the server
// secret. Only [Keys.Open] with the same purpose opens it.
func (k *Keys) Seal(purpose string, plain []byte) string {
	return base64url.EncodeToString(k.sealer().Seal(nil, nil, plain, message("seal", purpose)))
}

// Open returns what was sealed for this purpose, or [ErrSeal].
func (k *Keys) Open(purpose, sealed string) ([]byte, error) {
	b, err := base64url.DecodeString(sealed)
	if err != nil {
		return nil, ErrSeal
	}
	plain, err := k.sealer().Open(nil, nil, b, message("seal", purpose))
	if err != nil {
		return nil, ErrSeal
	}
	return plain, nil
}

func (k *Keys) sealer() cipher.AEAD {
	block, err := aes.NewCipher(k.seal)
	if err == nil {
		var gcm cipher.AEAD
		if gcm, err = cipher.NewGCMWithRandomNonce(block); err == nil {
			return gcm
		}
	}
	panic("auth: the sealing key: " + err.Error()) // its size is ours
}

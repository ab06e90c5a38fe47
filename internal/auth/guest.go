package auth

import (
	"encoding/hex"
	"errors"
	"strings"
)

// ErrSlotKey says that a slot key is not 128 bits in one of its two spellings.
var ErrSlotKey = errors.New("a slot key is 32 lower-case hexadecimal digits or 22 characters of base64url")

// GuestID returns the id of the guest that holds a slot key in a game: always
// the same one, so that a repeated hello is the same guest. The key is 128
// random bits that the client made, written as 32 lower-case hexadecimal digits
// or as 22 characters of base64url without padding; anything else is
// [ErrSlotKey]. The id is "g" and 25 letters or digits, and does not reveal
// the key; another game's id for the same key has nothing in common with it.
func GuestID(game, key string) (string, error) {
	bits, ok := decode128(key)
	if len(key) == 2*len(bits) && key == strings.ToLower(key) {
		_, err := hex.Decode(bits[:], []byte(key))
		ok = err == nil
	}
	if !ok {
		return "", ErrSlotKey
	}
	return "g" + digest("guest", game, string(bits[:]))[:25], nil
}

// validID reports whether id has the shape of a player's id, ^[a-z0-9]{1,40}$.
func validID(id string) bool {
	return len(id) >= 1 && len(id) <= 40 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

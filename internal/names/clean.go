package names

import (
	"errors"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Limits of a name, counted after cleaning.
const (
	MaxGraphemes = 32  // what a person would count as characters
	MaxBytes     = 128 // in UTF-8
)

// maxRaw is how many bytes [Clean] is willing to look at: eight times the
// limit leaves room for white space that collapses and still bounds the work.
const maxRaw = 8 * MaxBytes

// What can be wrong with a name or a text.
var (
	ErrEmpty   = errors.New("nothing visible is left of it")
	ErrTooLong = errors.New("it is too long")
	ErrNotUTF8 = errors.New("it is not valid UTF-8")
)

// Clean returns the name that a player asked for as it may be shown: white
// space is trimmed and collapsed, control, bidirectional, invisible and private
// characters are removed, as are marks stacked on other marks, and the rest is
// in NFC. Cleaning a clean name changes nothing.
//
// It fails with [ErrNotUTF8], with [ErrEmpty] when nothing visible is left, and
// with [ErrTooLong] above [MaxGraphemes] or [MaxBytes]; it never cuts a name.
func Clean(s string) (string, error) {
	if len(s) > maxRaw {
		return "", ErrTooLong
	}
	s, err := Text(s, MaxBytes)
	if err != nil {
		return "", err
	}
	if s == "" {
		return "", ErrEmpty
	}
	if uniseg.GraphemeClusterCount(s) > MaxGraphemes {
		return "", ErrTooLong
	}
	return s, nil
}

// Text cleans a one-line text of a game or a player in the same way as [Clean],
// for example a landing value or a loading message. The result may be empty and
// is at most maxBytes long. It fails with [ErrNotUTF8] and [ErrTooLong]; it
// never cuts a text. The work grows with len(s), which the caller has bounded.
func Text(s string, maxBytes int) (string, error) {
	if !utf8.ValidString(s) {
		return "", ErrNotUTF8
	}
	s = scrub(s)
	if len(s) > maxBytes {
		return "", ErrTooLong
	}
	return s, nil
}

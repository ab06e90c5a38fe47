package auth

import (
	"encoding/base32"
	"strconv"
	"strings"
	"unicode"
)

// CodeLen is the length of an invite code: 18 characters of 5 bits, 90 bits.
const CodeLen = 18

// codeAlphabet has no i, l, o or u: the first three look like 1 and 0, and
// without u fewer codes spell a word.
const codeAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

var codeEncoding = base32.NewEncoding(codeAlphabet).WithPadding(base32.NoPadding)

// Code returns the invite code of a session's command: unguessable without the
// server's secret, and the same whenever the command is repeated, so that it
// need not be stored to be answered again.
func (k *Keys) Code(session string, counter uint64) string {
	sum := mac(k.invite, "invite code", session, strconv.FormatUint(counter, 10))
	return codeEncoding.EncodeToString(sum)[:CodeLen]
}

// maxPaste bounds what [ParseCode] looks at, in bytes: the longest address that
// browsers agree on.
const maxPaste = 2048

// ParseCode finds the invite code in what a person pasted or typed: the code
// itself or a whole link to it, in upper or lower case, with dashes, with look-alikes
// (o for 0, i and l for 1), with white space, quotes or angle brackets around.
// Of a link only the code is taken: whose server it names is not looked at. It
// reports false when that does not leave exactly one code.
func ParseCode(s string) (code string, ok bool) {
	if len(s) > maxPaste {
		return "", false
	}
	if len(s) == CodeLen && strings.Trim(s, codeAlphabet) == "" {
		return s, true // as links have it
	}
	s = strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`<>()"'.,`, r) })
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		s = s[:i]
	}
	if i := strings.LastIndex(s, "/join/"); i >= 0 {
		s = strings.TrimSuffix(s[i+len("/join/"):], "/")
	}
	var b strings.Builder
	for _, r := range s {
		switch r = unicode.ToLower(r); {
		case r == 'o':
			r = '0'
		case r == 'i', r == 'l':
			r = '1'
		case unicode.Is(unicode.Pd, r):
			continue
		}
		if b.Len() == CodeLen || !strings.ContainsRune(codeAlphabet, r) {
			return "", false
		}
		b.WriteRune(r)
	}
	return b.String(), b.Len() == CodeLen
}

// CodeHash returns what to store of a code and to find its invite by: 32
// letters and digits, 160 bits. It expects the code as [ParseCode] returns it.
func CodeHash(code string) string { return digest("code", code)[:32] }

// InviteID returns the public id of the invite with this [CodeHash]: 16 letters
// and digits, from which neither the hash nor the code can be found.
func InviteID(hash string) string { return digest("invite id", hash)[:16] }

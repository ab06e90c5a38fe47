package auth

import (
	"encoding/binary"
	"strconv"
	"strings"
	"unicode"
)

// The lengths of spoken codes: 26 bits for minutes, 35 for longer.
const (
	SpokenShort = 6
	SpokenLong  = 8
)

// spokenAlphabet has no vowels, so that no code spells a word, and none of the
// letters and digits that sound or look like another.
const spokenAlphabet = "6789BCDFGHJKLMNPQRTW"

// spokenLike maps what is heard or read in the place of a letter.
var spokenLike = map[rune]rune{'O': 'Q', '0': 'Q', 'I': 'L', '1': 'L', 'V': 'W', 'U': 'W', 'Z': '7', '2': '7', 'S': '6', '5': '6', 'A': '8', 'X': 'K', 'E': 'F'}

// spokenDenied are runs of letters that abbreviate something rude or hateful.
var spokenDenied = []string{"FCK", "FKC", "DCK", "CNT", "KKK", "NGR", "NGGR", "BTCH", "WTF", "FGT", "PDF", "CLT", "TWT", "FKN", "6969", "WNK", "PRCK", "8888"}

// Spoken returns the spoken code of a session's command, of that length: the
// same whenever the command is repeated. Codes are few, so that one may be
// taken; each try gives another. None of them is on the deny list.
func (k *Keys) Spoken(session string, counter uint64, try, length int) string {
	for salt := 0; ; salt++ {
		sum := mac(k.invite, "spoken code", session, strconv.FormatUint(counter, 10), strconv.Itoa(try), strconv.Itoa(salt))
		v := binary.BigEndian.Uint64(sum)
		b := make([]byte, length)
		for i := range b {
			b[i] = spokenAlphabet[v%20]
			v /= 20
		}
		if code := string(b); !denied(code) {
			return code
		}
	}
}

func denied(code string) bool {
	for _, run := range spokenDenied {
		if strings.Contains(code, run) {
			return true
		}
	}
	return false
}

// ParseSpoken finds a spoken code in what a person typed: in either case, with
// dashes and spaces, with look-alikes.
func ParseSpoken(s string) (code string, ok bool) {
	if len(s) > 64 {
		return "", false
	}
	var b strings.Builder
	for _, r := range s {
		r = unicode.ToUpper(r)
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) {
			continue
		}
		if like, ok := spokenLike[r]; ok {
			r = like
		}
		if !strings.ContainsRune(spokenAlphabet, r) || b.Len() == SpokenLong {
			return "", false
		}
		b.WriteRune(r)
	}
	return b.String(), b.Len() == SpokenShort || b.Len() == SpokenLong
}

// ShowSpoken writes a spoken code as people read it out: 3-3 or 4-4.
func ShowSpoken(code string) string { return code[:len(code)/2] + "-" + code[len(code)/2:] }

// SpokenHash returns what to store of a spoken code: keyed, because there are
// too few codes for a plain hash. 33 letters and digits, in a name space of
// their own.
func (k *Keys) SpokenHash(code string) string {
	return "s" + base32lower.EncodeToString(mac(k.seal, "spoken", code))[:32]
}

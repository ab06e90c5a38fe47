package names

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxMarks is how many combining marks a letter keeps beyond those that NFC
// composes into it. Two is what written languages need (a vowel sign and a tone
// in Thai, a shadda and a vowel in Arabic).
const maxMarks = 2

// scrub is the whole of cleaning but the limits. Removing a mark can let its
// neighbours compose, so it repeats until nothing changes; each further pass
// needs a shorter text than the one before, so it ends.
func scrub(s string) string {
	for !plain(s) {
		next := unstack(norm.NFC.String(visible(s)))
		if next == s {
			break
		}
		s = next
	}
	return s
}

// plain reports whether a text is ASCII that is clean: most are, and need none of
// the tables.
func plain(s string) bool {
	space := true // a space would be the first, or one of several
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && space {
			return false
		}
		space = s[i] == ' '
	}
	return s == "" || !space
}

// visible drops what cannot be seen and turns every run of white space into one
// space, none at the ends.
func visible(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case isSpace(r):
			space = b.Len() > 0
		case isHidden(r):
		default:
			if space {
				b.WriteByte(' ')
				space = false
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isSpace counts the blank Braille pattern as white space, because it looks so.
func isSpace(r rune) bool { return unicode.IsSpace(r) || r == '\u2800' }

// hidden holds what has no look of its own or changes that of its neighbours:
// control characters; format characters, among them the bidirectional controls
// and zero-width joiners; fillers and other code points that are ignored by
// default; variation selectors; private use and noncharacters.
var hidden = []*unicode.RangeTable{
	unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs,
	unicode.Other_Default_Ignorable_Code_Point,
	unicode.Variation_Selector,
	unicode.Noncharacter_Code_Point,
}

func isHidden(r rune) bool { return unicode.In(r, hidden...) }

// unstack drops combining marks without a letter under them, marks in a place
// where the letter has one already (two accents above), and marks beyond
// [maxMarks]. It expects NFC.
func unstack(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	var (
		base  bool    // is there something for a mark to sit on
		count int     // marks kept on it
		taken []uint8 // places it has taken, as canonical combining classes
		last  rune
	)
	for _, r := range s {
		if !unicode.In(r, unicode.Mn, unicode.Me) {
			base, count, last = r != ' ', 0, r
			taken = places(taken[:0], r)
			b.WriteRune(r)
			continue
		}
		class := norm.NFC.PropertiesString(string(r)).CCC()
		if !base || count == maxMarks || r == last || class != 0 && slices.Contains(taken, class) {
			continue
		}
		count, last = count+1, r
		taken = append(taken, class)
		b.WriteRune(r)
	}
	return b.String()
}

// places appends the combining classes of the marks that r is composed of.
func places(dst []uint8, r rune) []uint8 {
	if r < 0xC0 { // nothing below is composed
		return dst
	}
	for _, d := range norm.NFD.String(string(r)) {
		if class := norm.NFD.PropertiesString(string(d)).CCC(); class != 0 {
			dst = append(dst, class)
		}
	}
	return dst
}

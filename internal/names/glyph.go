package names

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// glyph is one sign of a name as a reader meets it.
type glyph struct {
	letter rune   // folded
	alike  string // other letters that it may be read as
	extra  bool   // may be passed over: a sign, or the repetition of a letter
	begins bool   // a word begins with it
	ends   bool   // a word ends with it
}

// resembles lists what digits and signs are read as. Capital I and small l look
// the same in many typefaces.
var resembles = map[rune]string{
	'0': "o", '1': "il", '3': "e", '4': "a", '5': "s", '7': "t",
	'@': "a", '$': "s", '€': "e", '!': "il", '|': "il",
	'I': "l", 'l': "i",
}

// twins are letters of other alphabets, and Latin ones that do not come apart
// into a letter and a mark, beside the Latin letter that looks the same, most of
// them as small letters, the others as capitals.
var twins = map[rune]rune{
	'а': 'a', 'в': 'b', 'е': 'e', 'к': 'k', 'м': 'm', 'н': 'h', 'о': 'o', 'р': 'p', 'с': 'c', 'т': 't', 'у': 'y', 'х': 'x',
	'і': 'i', 'ј': 'j', 'ѕ': 's', 'һ': 'h', 'ԁ': 'd', 'ԛ': 'q', 'ԝ': 'w', 'ү': 'y', 'ӏ': 'l',
	'α': 'a', 'β': 'b', 'ε': 'e', 'ζ': 'z', 'η': 'h', 'ι': 'i', 'κ': 'k', 'μ': 'm', 'ν': 'n', 'ο': 'o', 'ρ': 'p', 'τ': 't', 'υ': 'y', 'χ': 'x',
	'ı': 'i', 'ø': 'o', 'đ': 'd', 'ħ': 'h', 'ł': 'l', 'ŧ': 't', 'ɑ': 'a', 'ɡ': 'g', 'ɩ': 'i',
}

// bare is a text in compatibility forms and without accents. Marks that belong
// to one script alone, as vowels of Thai and Devanagari, stay.
func bare(s string) string {
	apart := norm.NFD.String(norm.NFKC.String(s))
	return norm.NFKC.String(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Inherited, r) {
			return -1
		}
		return r
	}, apart))
}

// fold is what a letter is compared as: mostly one rune.
func fold(r rune) []rune {
	folded := []rune(bare(cases.Fold().String(string(r))))
	for i, r := range folded {
		if twin, ok := twins[r]; ok {
			folded[i] = twin
		}
	}
	return folded
}

func isLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) }

// letters are the letters and digits of a word to look for. Signs that are read
// as one letter only are that letter.
func letters(word string) []rune {
	var list []rune
	for _, r := range bare(word) {
		switch {
		case isLetter(r) || unicode.IsNumber(r):
			list = append(list, fold(r)...)
		case len(resembles[r]) == 1:
			list = append(list, []rune(resembles[r])...)
		}
	}
	return list
}

// glyphs reads a name. A word begins and ends at what is no letter, and where a
// capital follows a small letter, as in FriendlyAlpaca.
func glyphs(name string) []glyph {
	signs := []rune(bare(name))
	var list []glyph
	for i, r := range signs {
		alike := resembles[r]
		sign := !isLetter(r) && !unicode.IsNumber(r)
		if sign && alike == "" {
			continue
		}
		begins := i == 0 || edge(signs[i-1], r)
		ends := i == len(signs)-1 || edge(r, signs[i+1])
		folded := fold(r)
		for j, letter := range folded {
			list = append(list, glyph{letter, alike, sign, begins && j == 0, ends && j == len(folded)-1})
		}
	}
	for i := 2; i < len(list); i++ {
		if list[i].letter == list[i-1].letter && list[i].letter == list[i-2].letter {
			list[i].extra, list[i-1].extra = true, true
		}
	}
	return list
}

// edge reports whether one word ends with a and another begins with b.
func edge(a, b rune) bool {
	return !isLetter(a) || !isLetter(b) || unicode.IsLower(a) && unicode.IsUpper(b)
}

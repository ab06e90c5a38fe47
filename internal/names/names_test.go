package names

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/rivo/uniseg"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

func TestFriendly(t *testing.T) {
	// Fixed: a guest must not find itself renamed by an upgrade.
	want := map[string]string{"": "WarmChamois", "g1": "GrandDolphin", "guest": "HeroicImpala"}
	got := map[string]string{}
	for seed := range want {
		got[seed] = Friendly(seed)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names of fixed seeds (-want +got):\n%s", diff)
	}
}

func TestFriendlySpreads(t *testing.T) {
	seen := map[string]bool{}
	for i := range 20_000 {
		name := Friendly(strconv.Itoa(i))
		seen[name] = true
		if clean, err := Clean(name); err != nil || clean != name {
			t.Fatalf("Clean(%q) = %q, %v; a friendly name is clean", name, clean, err)
		}
		if len(name) > 24 {
			t.Fatalf("%q has %d letters, want at most 24", name, len(name))
		}
	}
	// 20,000 draws out of N leave N·(1−e^(−20000/N)) different ones; for the
	// lists as they are that is about 13,800.
	if len(seen) < 11_000 {
		t.Errorf("20,000 seeds give %d different names", len(seen))
	}
}

func TestWordLists(t *testing.T) {
	word := regexp.MustCompile(`^[A-Z][a-z]+$`)
	for kind, list := range map[string][]string{"adjectives": adjectives[:], "animals": animals[:]} {
		if len(list) < 120 {
			t.Errorf("%d %s, want at least 120", len(list), kind)
		}
		if !slices.IsSorted(list) {
			t.Errorf("%s are not sorted", kind)
		}
		if n := len(slices.Compact(slices.Clone(list))); n != len(list) {
			t.Errorf("%s: %d words stand there twice", kind, len(list)-n)
		}
		for _, w := range list {
			if !word.MatchString(w) {
				t.Errorf("%s: %q is not one capitalised word", kind, w)
			}
		}
	}
	if !slices.Contains(adjectives[:], "Friendly") || !slices.Contains(animals[:], "Alpaca") {
		t.Error("nobody can be FriendlyAlpaca")
	}
}

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "Ada", "Ada"},
		{"trimmed and collapsed", " \t Ada \u00a0\u3000 Lovelace\r\n", "Ada Lovelace"},
		{"line breaks are spaces", "a\nb\u2028c\u2029d\u0085e", "a b c d e"},
		{"blank Braille is a space", "a\u2800\u2800b", "a b"},
		{"composed", "Zoe\u0308", "Zo\u00eb"},
		{"control", "a\x00b\x1b[31mc\x7f", "ab[31mc"},
		{"bidi override", "\u202eevil\u202c \u2066x\u2069\u200f", "evil x"},
		{"zero width", "A\u200bd\u200da\ufeff\u2060", "Ada"},
		{"soft hyphen, Hangul filler, tag", "A\u00add\u3164a\U000e0041", "Ada"},
		{"variation selector", "\u2764\ufe0f", "\u2764"},
		{"private use, noncharacter", "a\ue000b\U0010fffdc\uffffd", "abcd"},
		{"emoji", "🦙 Ada 👍🏽 🇩🇪", "🦙 Ada 👍🏽 🇩🇪"},
		{"newest emoji", "\U0001fae9", "\U0001fae9"},
		{"stacked accents", "Z\u0300\u0301\u0302\u0303a\u0316\u0317l", "Z\u0300a\u0316l"},
		{"stacked on composed", "e\u0301\u0300\u0302", "\u00e9"},
		{"below and above", "e\u0323\u0301", "\u1eb9\u0301"},
		{"Vietnamese", "Nguy\u1ec5n", "Nguy\u1ec5n"},
		{"Thai vowel and tone", "\u0e17\u0e35\u0e48", "\u0e17\u0e35\u0e48"},
		{"Arabic shadda and vowel", "\u0645\u064f\u062d\u0645\u0651\u064e\u062f", "\u0645\u064f\u062d\u0645\u064e\u0651\u062f"},
		{"Devanagari", "\u0928\u092e\u0938\u094d\u0924\u0947", "\u0928\u092e\u0938\u094d\u0924\u0947"},
		{"mark on nothing", "\u0301Ada \u0301x", "Ada x"},
		{"repeated vowel sign", "\u0e01\u0e34\u0e34\u0e34\u0e34", "\u0e01\u0e34"},
		{"markup stays, escaping is for the page", `<b>&"'`, `<b>&"'`},
		{"32 graphemes", strings.Repeat("e\u0301", 32), strings.Repeat("\u00e9", 32)},
		{"128 bytes", strings.Repeat("\U00010400", 32), strings.Repeat("\U00010400", 32)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Clean(c.in)
			if err != nil || got != c.want {
				t.Errorf("Clean(%+q) = %+q, %v; want %+q", c.in, got, err, c.want)
			}
		})
	}
}

func TestCleanRefuses(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     error
	}{
		{"empty", "", ErrEmpty},
		{"white", " \t\u3000", ErrEmpty},
		{"invisible", "\u200b\u202e\u3164\u2800", ErrEmpty},
		{"only a mark", "\u0301", ErrEmpty},
		{"33 letters", strings.Repeat("a", 33), ErrTooLong},
		{"129 bytes in 32 graphemes", strings.Repeat("\U00010400", 31) + "e\u0323\u0301", ErrTooLong},
		{"endless", strings.Repeat(" ", maxRaw) + "a", ErrTooLong},
		{"not UTF-8", "a\xff", ErrNotUTF8},
		{"surrogate", "a\xed\xa0\x80", ErrNotUTF8},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := Clean(c.in); !errors.Is(err, c.want) {
				t.Errorf("Clean(%+q) = %+q, %v; want %v", c.in, got, err, c.want)
			}
		})
	}
}

func TestText(t *testing.T) {
	got, err := Text("  Level 3:\n\u202eThe \u200bBridge ", 255)
	if err != nil || got != "Level 3: The Bridge" {
		t.Errorf("Text = %q, %v", got, err)
	}
	if got, err := Text("\u200b", 10); err != nil || got != "" {
		t.Errorf("an invisible text = %q, %v; want an empty one", got, err)
	}
	if _, err := Text("abc", 3); err != nil {
		t.Errorf("3 bytes of 3: %v", err)
	}
	if got, err := Text("abcd", 3); !errors.Is(err, ErrTooLong) {
		t.Errorf("4 bytes of 3: %q, %v", got, err)
	}
	if _, err := Text("\xc3\x28", 10); !errors.Is(err, ErrNotUTF8) {
		t.Errorf("broken UTF-8: %v", err)
	}
}

// What is plain takes a shorter way to the same.
func TestPlainTexts(t *testing.T) {
	signs := []string{"", " ", "a", "~", "\t", "\x7f", "\x1f", "\u00e9"}
	for i := range len(signs) * len(signs) * len(signs) * len(signs) {
		s := ""
		for n := i; n > 0; n /= len(signs) {
			s += signs[n%len(signs)]
		}
		seen := strings.NewReplacer("\x7f", "", "\x1f", "").Replace(s)
		want := strings.Join(strings.Fields(seen), " ")
		if got, err := Text(s, 99); err != nil || got != want {
			t.Errorf("Text(%q) = %q, %v; want %q", s, got, err, want)
		}
	}
	for r := range rune(utf8.RuneSelf) {
		s := string(r) + "A" + string(r)
		if got, want := Key(s), norm.NFKC.String(cases.Fold().String(s)); got != want {
			t.Errorf("Key(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestUnique(t *testing.T) {
	party := func(members ...string) func(string) bool {
		return func(key string) bool {
			return slices.ContainsFunc(members, func(m string) bool { return Key(m) == key })
		}
	}
	long := strings.Repeat("a", 31)
	for _, c := range []struct {
		in      string
		members []string
		want    string
	}{
		{"Ada", nil, "Ada"},
		{"Ada", []string{"Ada"}, "Ada 2"},
		{"Ada", []string{"Ada", "Ada 2", "Ada 4"}, "Ada 3"},
		{"ada", []string{"ADA"}, "ada 2"},
		{"STRASSE", []string{"straße"}, "STRASSE 2"},
		{"Ａda", []string{"Ada"}, "Ａda 2"},
		{"Ada 2", []string{"Ada 2"}, "Ada 2 2"},
		{long, []string{long}, strings.Repeat("a", 30) + " 2"},
		{"a" + strings.Repeat(" b", 15), []string{"a" + strings.Repeat(" b", 15)}, "a" + strings.Repeat(" b", 14) + " 2"},
		{strings.Repeat("🇩🇪", 16), []string{strings.Repeat("🇩🇪", 16)}, strings.Repeat("🇩🇪", 15) + " 2"},
	} {
		if got := Unique(c.in, party(c.members...)); got != c.want {
			t.Errorf("Unique(%q) among %q = %q, want %q", c.in, c.members, got, c.want)
		}
	}
}

// A whole party of the largest size may call itself the same.
func TestUniqueInAFullParty(t *testing.T) {
	name := strings.Repeat("\U00010400", 32)
	taken := map[string]bool{}
	for range 256 {
		n := Unique(name, func(key string) bool { return taken[key] })
		if clean, err := Clean(n); err != nil || clean != n {
			t.Fatalf("Unique made %+q, which is not clean: %v", n, err)
		}
		if taken[Key(n)] {
			t.Fatalf("%q is given twice", n)
		}
		taken[Key(n)] = true
	}
}

func seeds(f *testing.F) {
	for _, s := range []string{
		"Ada", " a \u202e b ", "Z\u0300\u0301\u0302", "\u0301\u0301", "e\u0323\u0301\u0300", "👨‍👩‍👧", "\u1100\u1161\u11a8",
		"\u0915\u094d\u200d\u0937", "a\u0344\u0345", "\u0f71\u0f72\u0f74", "\xff", "İı", "ǆ\u03f4\u1e9e", "\u2126\u212b", "\ufdfa", "\u0345\u0345",
	} {
		f.Add(s)
	}
}

func FuzzClean(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		got, err := Clean(s)
		if err != nil {
			return
		}
		if problem := unclean(got); problem != "" {
			t.Fatalf("Clean(%+q) = %+q: %s", s, got, problem)
		}
		if n := uniseg.GraphemeClusterCount(got); got == "" || n > MaxGraphemes || len(got) > MaxBytes {
			t.Fatalf("Clean(%+q) = %+q: %d graphemes, %d bytes", s, got, n, len(got))
		}
		if again, err := Clean(got); err != nil || again != got {
			t.Fatalf("Clean(%+q) = %+q, again %+q, %v", s, got, again, err)
		}
		key := Key(got)
		if Key(key) != key {
			t.Fatalf("Key(%+q) = %+q, again %+q", got, key, Key(key))
		}
		other := Unique(got, func(k string) bool { return k == key })
		if clean, err := Clean(other); err != nil || clean != other || Key(other) == key {
			t.Fatalf("Unique(%+q) = %+q, clean %+q, %v", got, other, clean, err)
		}
	})
}

func FuzzText(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		got, err := Text(s, 255)
		if errors.Is(err, ErrNotUTF8) == utf8.ValidString(s) {
			t.Fatalf("Text(%+q): %v", s, err)
		}
		if err != nil {
			return
		}
		if problem := unclean(got); problem != "" || len(got) > 255 {
			t.Fatalf("Text(%+q) = %+q (%d bytes): %s", s, got, len(got), problem)
		}
		if again, err := Text(got, 255); err != nil || again != got {
			t.Fatalf("Text(%+q) = %+q, again %+q, %v", s, got, again, err)
		}
	})
}

// unclean says what a cleaned text should not have, written another way than
// the cleaning itself.
func unclean(s string) string {
	switch {
	case !norm.NFC.IsNormalString(s):
		return "not in NFC"
	case s != strings.Join(strings.Fields(s), " "):
		return "white space not collapsed"
	}
	marks := 0
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Join_Control, r) {
			return fmt.Sprintf("has %U", r)
		}
		if unicode.Is(unicode.Mn, r) {
			marks++
		} else {
			marks = 0
		}
		if marks > 2 {
			return "stacked marks"
		}
	}
	return ""
}

func TestAnimal(t *testing.T) {
	for name, want := range map[string]string{
		"FriendlyAlpaca": "Alpaca", "BraveCat": "Cat", "BraveBobcat": "Bobcat", "Alpaca": "", "friendlyalpaca": "", "AdaAlpaca": "", "FriendlyAlpaca 2": "", "": "",
	} {
		if got := Animal(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

package auth

import (
	"strings"
	"testing"
)

func TestSpokenCodes(t *testing.T) {
	k, err := NewKeys(make([]byte, SecretSize))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for counter := range uint64(2000) {
		for _, length := range []int{SpokenShort, SpokenLong} {
			code := k.Spoken("s1", counter, 0, length)
			if len(code) != length || strings.Trim(code, spokenAlphabet) != "" || denied(code) {
				t.Fatalf("a code %q", code)
			}
			if got, ok := ParseSpoken(" " + strings.ToLower(ShowSpoken(code)) + "\n"); !ok || got != code {
				t.Fatalf("%q is read as %q, %v", code, got, ok)
			}
			seen[code] = true
		}
	}
	if len(seen) < 3990 {
		t.Errorf("only %d of 4,000 codes differ", len(seen))
	}
	a := k.Spoken("s1", 7, 0, SpokenShort)
	if a != k.Spoken("s1", 7, 0, SpokenShort) || a == k.Spoken("s1", 7, 1, SpokenShort) || a == k.Spoken("s2", 7, 0, SpokenShort) {
		t.Error("a repeated command has another code, or another command the same")
	}
}

func TestParseSpoken(t *testing.T) {
	for text, want := range map[string]string{
		"bcd-fgh": "BCDFGH", "6 7 8 9 b c": "6789BC", "O0I1VU": "QQLLWW", "BCDF–GHJK": "BCDFGHJK",
		"bcdfg": "", "BCDFGHJ": "", "BCDFGHJKL": "", "BCD!GH": "", "": "", strings.Repeat(" ", 65) + "BCDFGH": "",
	} {
		if got, ok := ParseSpoken(text); ok != (want != "") || ok && got != want {
			t.Errorf("%q is read as %q, %v", text, got, ok)
		}
	}
}

func TestTheDenyListCanBeSpelled(t *testing.T) {
	for _, run := range spokenDenied {
		if strings.Trim(run, spokenAlphabet) != "" {
			t.Errorf("%s cannot stand in a code", run)
		}
		if !denied("BB" + run) {
			t.Errorf("%s is not denied", run)
		}
	}
}

func FuzzParseSpoken(f *testing.F) {
	f.Add("bcd-fgh")
	f.Add("O0I1")
	f.Fuzz(func(t *testing.T, s string) {
		code, ok := ParseSpoken(s)
		if !ok {
			return
		}
		if again, ok := ParseSpoken(ShowSpoken(code)); !ok || again != code {
			t.Errorf("%q gives %q, which is read as %q", s, code, again)
		}
	})
}

package auth

import (
	"regexp"
	"strings"
	"testing"
)

func TestCode(t *testing.T) {
	k := fixed(t)
	code := k.Code("s1", 7)
	matches(t, "code", code, `^[0-9a-hjkmnp-tv-z]{18}$`)
	if again := k.Code("s1", 7); again != code {
		t.Errorf("the repeated command gets %q, want %q", again, code)
	}
	for what, c := range map[string]string{
		"command": k.Code("s1", 8),
		"session": k.Code("s2", 7),
		"border":  k.Code("s", 17),
		"server":  other(t).Code("s1", 7),
	} {
		if c == code {
			t.Errorf("another %s, the same code", what)
		}
	}
	seen := map[string]bool{}
	for n := range uint64(10_000) {
		seen[k.Code("s1", n)] = true
	}
	if len(seen) != 10_000 {
		t.Errorf("10,000 commands gave %d codes", len(seen))
	}
}

func TestParseCode(t *testing.T) {
	const code = "0123456789abcdefgh"
	for _, in := range []string{
		code,
		"  " + code + "\r\n",
		"\u00a0" + code + "\u3000",
		strings.ToUpper(code),
		"oI23456789ABCDEFGH",
		"0l23456789abcdefgh",
		"012345-6789ab-cdefgh",
		"012345\u20136789ab\u2011cdefgh",
		"https://play.example.com/join/" + code,
		"http://localhost:7700/join/" + code + "/",
		"play.example.com/join/" + code,
		"https://any.example/kit/join/" + code + "?x#y",
		"https://any.example/join/" + code + "?via=discord&next=/join/zzzzzzzzzzzzzzzzzz",
		"https://any.example/join/" + code + "#/join/zzzzzzzzzzzzzzzzzz",
		"<https://any.example/join/" + code + ">",
		"(" + code + ").",
		"/join/" + code,
	} {
		if got, ok := ParseCode(in); !ok || got != code {
			t.Errorf("ParseCode(%q) = %q, %t; want %q", in, got, ok, code)
		}
	}
	for _, in := range []string{
		"", " ", "-", code[1:], code + "0", code[:17] + "u", code[:17] + "é", code[:17] + "\x00",
		"0123456789 abcdefgh", code + " " + code,
		"https://any.example/" + code,
		"https://any.example/join/" + code + "/card.png",
		"https://any.example/join/" + code + "/x/y",
		"https://any.example/join/", "https://any.example/join",
		"https://any.example/join/%30123456789abcdefgh",
		strings.Repeat("-", 3000) + code,
		"javascript:" + code,
	} {
		if got, ok := ParseCode(in); ok {
			t.Errorf("ParseCode(%q) = %q, want none", in, got)
		}
	}
}

func TestCodeHash(t *testing.T) {
	hash := CodeHash("0123456789abcdefgh")
	matches(t, "hash", hash, `^[a-z2-7]{32}$`)
	// Fixed: links made before an upgrade must be found after it.
	if want := "m2fwgt2s4xntao25nzqgrgtuo5ud7tlb"; hash != want {
		t.Errorf("hash %q, want %q", hash, want)
	}
	id := InviteID(hash)
	matches(t, "invite id", id, `^[a-z2-7]{16}$`)
	if strings.HasPrefix(hash, id) || id == InviteID(CodeHash("1123456789abcdefgh")) {
		t.Errorf("invite id %q of hash %q", id, hash)
	}
}

func FuzzParseCode(f *testing.F) {
	for _, s := range []string{
		"0123456789abcdefgh", "https://h/join/0123456789abcdefgh?x#y", "OIL-456789ABCDEFGH0", "/join//join/", "\u212a", "<>", "#?",
	} {
		f.Add(s)
	}
	shape := regexp.MustCompile(`\A[0-9a-hjkmnp-tv-z]{18}\z`)
	f.Fuzz(func(t *testing.T, s string) {
		code, ok := ParseCode(s)
		if !ok {
			return
		}
		if !shape.MatchString(code) {
			t.Fatalf("ParseCode(%q) = %q, not a code", s, code)
		}
		for _, same := range []string{code, strings.ToUpper(code), "https://h.example/join/" + code + "?q"} {
			if again, ok := ParseCode(same); !ok || again != code {
				t.Fatalf("ParseCode(%q) = %q, %t; want %q", same, again, ok, code)
			}
		}
	})
}

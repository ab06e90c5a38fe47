package landing

import (
	"html"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzTextStaysText: whatever is written as text is read as that text, between
// tags and between the quotes of an attribute.
func FuzzTextStaysText(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	f.Add("a<b>c&d\"e'f\x00g")
	f.Fuzz(func(t *testing.T, text string) {
		var o sheet
		o.text(text)
		written := string(o.b)
		if strings.ContainsAny(written, "<>\"'\x00") {
			t.Errorf("%q is written as %q, which can end the text", text, written)
		}
		if read := html.UnescapeString(written); read != strings.ReplaceAll(text, "\x00", "\ufffd") {
			t.Errorf("%q is written as %q and read as %q", text, written, read)
		}
		if utf8.ValidString(text) && !utf8.Valid(o.b) {
			t.Errorf("%q is cut inside a character: %q", text, written)
		}
	})
}

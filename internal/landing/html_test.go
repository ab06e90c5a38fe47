package landing

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// walk reads a page element by element; attributes come by name. Everything
// this package writes is simple enough to be read as lenient XML.
func walk(t *testing.T, page string, visit func(path []string, attrs map[string]string, text string)) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var path []string
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			path = append(path, tok.Name.Local)
			attrs := map[string]string{}
			for _, a := range tok.Attr {
				attrs[a.Name.Local] = a.Value
			}
			visit(path, attrs, "")
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			if len(path) > 0 {
				visit(path, nil, string(tok))
			}
		}
	}
}

// visibleText is what a reader sees of a page, in one line.
func visibleText(t *testing.T, page string) string {
	t.Helper()
	var words []string
	hiddenAt := 0
	walk(t, page, func(path []string, attrs map[string]string, text string) {
		if hiddenAt > len(path) || attrs != nil && hiddenAt == len(path) {
			hiddenAt = 0
		}
		if _, hidden := attrs["hidden"]; hidden && hiddenAt == 0 {
			hiddenAt = len(path)
		}
		if (hiddenAt == 0 || len(path) < hiddenAt) && !slices.Contains(path, "head") {
			words = append(words, strings.Fields(text)...)
		}
	})
	return strings.Join(words, " ")
}

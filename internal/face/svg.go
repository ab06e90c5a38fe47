package face

import (
	"fmt"
	"html"
	"image/color"
	"strconv"
	"strings"
	"unicode"
)

// SVG writes the face as one self-contained SVG element of 100 by 100 units.
// A title that is not empty becomes its accessible name, escaped; without one
// the picture is marked as decoration.
func SVG(seed uint32, title string) string {
	var b strings.Builder
	b.Grow(3 << 10)
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="100" height="100" `)
	if title == "" {
		b.WriteString(`aria-hidden="true">`)
	} else {
		b.WriteString(`role="img"><title>` + html.EscapeString(strings.Map(printable, title)) + `</title>`)
	}
	for _, s := range draft(seed) {
		b.WriteString(`<path fill="` + hex(s.fill) + `"`)
		if s.fill.A != 0xff {
			b.WriteString(` fill-opacity="` + number(float64(s.fill.A)/0xff) + `"`)
		}
		b.WriteString(` d="`)
		for i, g := range s.parts {
			if i == 0 {
				b.WriteString("M" + pair(g.end))
			} else {
				b.WriteString("C" + pair(g.c1) + " " + pair(g.c2) + " " + pair(g.end))
			}
		}
		b.WriteString(`z"/>`)
	}
	b.WriteString(`</svg>`)
	return b.String()
}

// printable drops what an XML document cannot hold, and what turns text around.
func printable(r rune) rune {
	if r == unicode.ReplacementChar || unicode.In(r, unicode.Cc, unicode.Cs, unicode.Bidi_Control) || r == 0xfffe || r == 0xffff {
		return -1
	}
	return r
}

func hex(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

func pair(p point) string { return number(p.x) + " " + number(p.y) }

// number rounds to a tenth: a third of a pixel at the largest size drawn.
func number(v float64) string {
	s := strconv.FormatFloat(v, 'f', 1, 64)
	s = strings.TrimSuffix(s, ".0")
	if s == "-0" {
		return "0"
	}
	return s
}

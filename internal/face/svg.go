package face

import (
	"html"
	"image/color"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// SVG writes the face as one self-contained SVG element of 100 by 100 units.
// A title that is not empty becomes its accessible name, escaped; without one
// the picture is marked as decoration.
func SVG(seed uint32, title string) string {
	b := make([]byte, 0, 4<<10)
	b = append(b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="100" height="100" `...)
	if title == "" {
		b = append(b, `aria-hidden="true">`...)
	} else {
		b = append(b, `role="img"><title>`...)
		b = append(b, html.EscapeString(strings.Map(printable, title))...)
		b = append(b, `</title>`...)
	}
	for _, s := range draft(seed) {
		b = append(b, `<path fill="#`...)
		b = appendHex(b, s.fill)
		if s.fill.A != 0xff {
			b = append(b, `" fill-opacity="`...)
			b = appendNumber(b, float64(s.fill.A)/0xff)
		}
		b = append(b, `" d="`...)
		for i, g := range s.parts {
			if i == 0 {
				b = appendPoint(append(b, 'M'), g.end)
				continue
			}
			b = appendPoint(append(b, 'C'), g.c1)
			b = appendPoint(append(b, ' '), g.c2)
			b = appendPoint(append(b, ' '), g.end)
		}
		b = append(b, `z"/>`...)
	}
	return string(append(b, `</svg>`...))
}

// printable drops what an XML document cannot hold, and what turns text around.
func printable(r rune) rune {
	if r == unicode.ReplacementChar || unicode.In(r, unicode.Cc, unicode.Cs, unicode.Bidi_Control) || r == 0xfffe || r == 0xffff {
		return -1
	}
	return r
}

func appendHex(b []byte, c color.NRGBA) []byte {
	const digits = "0123456789abcdef"
	for _, v := range [...]uint8{c.R, c.G, c.B} {
		b = append(b, digits[v>>4], digits[v&0xf])
	}
	return b
}

func appendPoint(b []byte, p point) []byte {
	return appendNumber(append(appendNumber(b, p.x), ' '), p.y)
}

// appendNumber writes a number rounded to a tenth: a third of a pixel at the
// largest size drawn.
func appendNumber(b []byte, v float64) []byte {
	tenths := int64(math.Round(v * 10))
	if tenths < 0 {
		b, tenths = append(b, '-'), -tenths
	}
	b = strconv.AppendInt(b, tenths/10, 10)
	if tenths%10 != 0 {
		b = append(b, '.', byte('0'+tenths%10))
	}
	return b
}

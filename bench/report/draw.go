package report

import (
	"bytes"
	"fmt"
	"html"
	"os"
)

// The picture's measures, in pixels.
const (
	picWidth  = 760
	picName   = 150 // room for names, on the left
	picBars   = 500 // the longest bar
	barHeight = 11
	barGap    = 3
	picTop    = 64
)

// Colours that can be told apart by who sees few of them.
var barColours = []string{"#0b6e99", "#e08e0b", "#8f5fb3"}

// Draw writes a picture of what messages cost, as multiples of the floor.
func (r *Report) Draw(file string) error { return os.WriteFile(file, r.SVG(), 0o644) }

// SVG is that picture: at saturation the least, at a fixed pace the median. It has its own light ground, for dark pages.
func (r *Report) SVG() []byte {
	systems := r.Systems("saturated")
	type bar struct {
		times float64
		known bool
	}
	bars := make([][]bar, len(systems))
	longest := 1.0
	for i, s := range systems {
		for _, m := range messageRows {
			f := r.times(m.row, s)
			one := bar{known: len(f) > 0}
			if one.known {
				one.times = f.Min()
				longest = max(longest, one.times)
			}
			bars[i] = append(bars[i], one)
		}
	}
	group := len(messageRows)*(barHeight+barGap) + 12
	height := picTop + len(systems)*group + 12
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%[1]d" height="%[2]d" font-family="system-ui, sans-serif" font-size="13" fill="#1c2430">`+"\n", picWidth, height)
	b.WriteString("<title>Processor time for one delivered message, as a multiple of a bare relay in C</title>\n")
	fmt.Fprintf(&b, `<rect width="%d" height="%d" rx="8" fill="#ffffff" stroke="#d5dbe3"/>`+"\n", picWidth, height)
	b.WriteString(`<text x="16" y="26" font-size="15" font-weight="600">Processor time for one delivery, × a bare relay in C. Less is better.</text>` + "\n")
	for i, m := range messageRows {
		x := 16 + i*130
		fmt.Fprintf(&b, `<rect x="%d" y="40" width="11" height="11" fill="%s"/><text x="%d" y="50">%s</text>`+"\n", x, barColours[i], x+17, m.head)
	}
	one := picBars / longest
	fmt.Fprintf(&b, `<path d="M%.1f %d V%d" stroke="#9aa5b4" stroke-dasharray="3 3"/>`+"\n", picName+one, picTop-6, height-12)
	for i, s := range systems {
		y, weight := picTop+i*group, "400"
		if s == kit {
			weight = "700"
		}
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end" font-weight="%s">%s</text>`+"\n", picName-10, y+group/2, weight, html.EscapeString(s))
		for k, one := range bars[i] {
			top := y + k*(barHeight+barGap)
			if !one.known {
				continue
			}
			width := one.times * picBars / longest
			fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/><text x="%.1f" y="%d" font-size="11">%.2f</text>`+"\n",
				picName, top, width, barHeight, barColours[k], picName+width+6, top+barHeight-1, one.times)
		}
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

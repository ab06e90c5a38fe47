package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// A Table is one of a report.
type Table struct {
	Title string
	Note  string // how to read it
	Head  []string
	Rows  [][]string
}

// Text writes it for a terminal: the first column to the left, figures to the
// right.
func (t Table) Text(w io.Writer) error {
	width := make([]int, len(t.Head))
	for _, row := range append([][]string{t.Head}, t.Rows...) {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n  %s\n", t.Title, t.Note)
	for _, row := range append([][]string{t.Head}, t.Rows...) {
		for i, cell := range row {
			space := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				b.WriteString("  " + cell + space)
			} else {
				b.WriteString("  " + space + cell)
			}
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Markdown writes it for the documentation.
func (t Table) Markdown(w io.Writer) error {
	var b strings.Builder
	line := func(cells []string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	fmt.Fprintf(&b, "### %s\n\n%s\n\n", t.Title, t.Note)
	line(t.Head)
	b.WriteString("|---" + strings.Repeat("|---:", len(t.Head)-1) + "|\n")
	for _, row := range t.Rows {
		line(row)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// figure writes a number with about three digits.
func figure(f float64) string {
	switch {
	case f >= 1000:
		return thousands(f)
	case f >= 100:
		return fmt.Sprintf("%.0f", f)
	case f >= 10:
		return fmt.Sprintf("%.1f", f)
	}
	return fmt.Sprintf("%.2f", f)
}

// thousands writes a number of three digits and zeros, with commas.
func thousands(f float64) string {
	unit := 1.0
	for f/unit >= 1000 {
		unit *= 10
	}
	return whole(float64(int64(f/unit+.5)) * unit)
}

// whole writes a number to its last digit, with commas.
func whole(f float64) string {
	digits := fmt.Sprintf("%.0f", f)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// duration writes seconds in the unit that people would use.
func duration(s float64) string {
	switch {
	case s >= 1:
		return figure(s) + " s"
	case s >= 1e-3:
		return figure(s*1e3) + " ms"
	}
	return figure(s*1e6) + " µs"
}

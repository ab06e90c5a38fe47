package landing

import "strconv"

// markup is HTML of this program. A constant is markup as it stands, a text that
// somebody wrote is not: it has to be written as text.
type markup string

// A sheet is a page while it is written. Whatever is not markup is escaped, in
// the one way that holds between tags and between the quotes of an attribute.
// Nothing else of a page takes a text: no style, no script, no bare attribute.
type sheet struct{ b []byte }

func (o *sheet) put(m markup) { o.b = append(o.b, m...) }

// when puts m if yes.
func (o *sheet) when(yes bool, m markup) {
	if yes {
		o.b = append(o.b, m...)
	}
}

// text writes what was written elsewhere.
func (o *sheet) text(s string) {
	from := 0
	for i := range len(s) {
		var escaped markup
		switch s[i] {
		case '<':
			escaped = "&lt;"
		case '>':
			escaped = "&gt;"
		case '&':
			escaped = "&amp;"
		case '"':
			escaped = "&#34;"
		case '\'':
			escaped = "&#39;"
		case 0:
			escaped = "\ufffd"
		default:
			continue
		}
		o.b = append(append(o.b, s[from:i]...), escaped...)
		from = i + 1
	}
	o.b = append(o.b, s[from:]...)
}

func (o *sheet) number(n int) { o.b = strconv.AppendInt(o.b, int64(n), 10) }

// tag writes an element that holds nothing but a text; end closes what begin
// opens.
func (o *sheet) tag(begin markup, s string, end markup) {
	o.put(begin)
	o.text(s)
	o.put(end)
}

// name writes what somebody is called, or a game: its direction stays inside.
func (o *sheet) name(s string) { o.tag("<bdi>", s, "</bdi>") }

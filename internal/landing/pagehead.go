package landing

// beginning is what all pages begin with: the style is the larger half of most.
var beginning = func() []byte {
	var o sheet
	o.put(`<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="robots" content="noindex, nofollow">
<meta name="referrer" content="same-origin">
<meta name="color-scheme" content="light dark">
`)
	o.tag(`<link rel="icon" type="image/svg+xml" href="`, icon.path, "\">\n")
	o.put("<style>" + markup(style) + "</style>\n")
	return o.b
}()

// head writes what a page is called, and its game's colours.
func (p *page) head(o *sheet) {
	o.tag("<title>", p.DocTitle, "</title>\n")
	if p.Link != "" {
		p.preview(o)
	}
	o.put("<style>" + p.look.colours + "</style>\n</head>\n")
}

// preview writes what chat programs show of a link.
func (p *page) preview(o *sheet) {
	for _, m := range [...]struct {
		begin markup
		value string
	}{
		{`<meta name="description" content="`, p.Summary},
		{`<meta property="og:type" content="`, "website"},
		{`<meta property="og:site_name" content="`, or(p.Game, "PartyKit")},
		{`<meta property="og:title" content="`, p.DocTitle},
		{`<meta property="og:description" content="`, p.Summary},
		{`<meta property="og:url" content="`, p.Link},
		{`<meta property="og:image" content="`, p.CardURL},
		{`<meta property="og:image:width" content="`, "1200"},
		{`<meta property="og:image:height" content="`, "630"},
		{`<meta property="og:image:alt" content="`, p.DocTitle},
		{`<meta name="twitter:card" content="`, "summary_large_image"},
		{`<meta name="twitter:title" content="`, p.DocTitle},
		{`<meta name="twitter:description" content="`, p.Summary},
		{`<meta name="twitter:image" content="`, p.CardURL},
	} {
		o.tag(m.begin, m.value, "\">\n")
	}
}

// or is the first that is not empty.
func or(s, otherwise string) string {
	if s != "" {
		return s
	}
	return otherwise
}

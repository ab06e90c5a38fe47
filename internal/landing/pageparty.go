package landing

// What follows is what the script changes while somebody looks at a page: the
// same words in the same places as in web/landing/join.ts.

// write writes the friend's own way in, hidden where there is none yet: nil.
func (y *you) write(o *sheet) {
	o.put(`<div id="you" class="you" role="group" aria-label="Your way in" tabindex="-1"`)
	if y == nil {
		o.put(` hidden>
<span class="face"></span>
<div>
<p class="title"></p>
<p class="detail"></p>
<p class="clock" role="timer" hidden></p>
<p class="as" hidden>You are <bdi></bdi></p>
<progress max="100" hidden aria-label="Your game’s loading"></progress>
</div>
</div>

`)
		return
	}
	o.tag(` data-tone="`, string(y.Tone), "\">\n")
	if y.Name != "" {
		o.face(y.Face)
	} else {
		o.put(`<span class="face"></span>`)
	}
	o.tag("\n<div>\n<p class=\"title\">", y.Title, "</p>\n")
	o.tag(`<p class="detail">`, y.Detail, "</p>\n")
	if y.Clock != nil {
		o.tag(`<p class="clock" role="timer">`, y.Clock.Now(), "</p>\n")
	} else {
		o.put("<p class=\"clock\" role=\"timer\" hidden></p>\n")
	}
	o.put(`<p class="as"`)
	o.when(y.Name == "", " hidden")
	o.put(">You are ")
	o.name(y.Name)
	o.put("</p>\n<progress max=\"100\"")
	if y.Percent != nil {
		o.put(` value="`)
		o.number(*y.Percent)
		o.put(`"`)
	} else {
		o.put(" hidden")
	}
	o.put(" aria-label=\"Your game’s loading\"></progress>\n</div>\n</div>\n\n")
}

// party writes who is there.
func (v *view) party(o *sheet) {
	o.tag(`<div class="party">
<h2>In the party <span id="count" class="count">`, v.Count, `</span></h2>
<p id="match" class="match"`)
	o.when(v.Match == "", " hidden")
	o.tag(">", v.Match, `</p>
<ul id="people" role="list">
`)
	for i := range v.People {
		v.People[i].write(o)
	}
	o.put("</ul>\n<p id=\"nobody\" class=\"hint\"")
	o.when(len(v.People) > 0, " hidden")
	o.put(">Nobody is here right now. Whoever starts opens the party again.</p>\n")
	o.tag(`<p class="hint"><span id="more">`, v.More, "</span>")
	o.tag(` <span id="places">`, v.Places, "</span></p>\n</div>\n")
}

func (p *person) write(o *sheet) {
	o.tag(`<li data-tone="`, string(p.Tone), "\">\n")
	o.face(p.Face)
	o.put("\n<span class=\"who\">")
	o.name(p.Name)
	o.when(p.Leads, ` <span class="tag leads">leads</span>`)
	o.when(p.You, ` <span class="tag self">you</span>`)
	o.tag("</span>\n<span class=\"note\">", p.Note, "")
	if p.Percent != nil {
		o.put(" · ")
		o.number(*p.Percent)
		o.put(" %</span>\n<progress max=\"100\" value=\"")
		o.number(*p.Percent)
		o.put("\" aria-hidden=\"true\"></progress>\n</li>\n")
		return
	}
	o.put("</span>\n</li>\n")
}

// write writes landing info, hidden where there is none.
func (i *info) write(o *sheet) {
	o.put(`<section id="about" class="about" aria-label="About this game right now"`)
	o.when(!i.Any(), " hidden")
	o.put(">\n<img ")
	if i.Image != "" {
		o.tag(`src="`, i.Image, `"`)
	} else {
		o.put("hidden")
	}
	o.put(" alt=\"\" loading=\"lazy\">\n<h2")
	o.when(i.Title == "", " hidden")
	o.put(">")
	o.name(i.Title)
	o.put("</h2>\n<p")
	o.when(i.Description == "", " hidden")
	o.put(">")
	o.name(i.Description)
	o.put("</p>\n<dl")
	o.when(len(i.Facts) == 0, " hidden")
	o.put(">\n")
	for _, f := range i.Facts {
		o.put("<div><dt>")
		o.name(f.Label)
		o.put("</dt><dd>")
		o.name(f.Value)
		o.put("</dd></div>\n")
	}
	o.put("</dl>\n</section>\n")
}

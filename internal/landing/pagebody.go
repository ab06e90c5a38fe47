package landing

import "partykit/internal/face"

// body writes all that is seen.
func (p *page) body(o *sheet) {
	o.put("<body>\n<main")
	o.when(p.Art == "", ` class="plain"`)
	if p.Path != "" {
		o.tag(` data-live="`, p.Path, `/live"`)
		o.tag(` data-problem="`, string(p.View.Problem), `"`)
	}
	o.put(">\n\n")
	p.stage(o)
	p.card(o)
	if p.Inviter != nil {
		p.View.Info.write(o)
	}
	o.put("</main>\n<footer>\n")
	if p.Expires != nil {
		o.tag(`<p>This link works until <time datetime="`, p.Expires.Machine, `">`)
		o.tag("", p.Expires.Human, "</time>.</p>\n")
	}
	o.put("<p>Invites by PartyKit</p>\n</footer>\n")
	if p.Path != "" {
		o.tag(`<script defer src="`, script.path, "\"></script>\n")
	}
	o.put("</body>\n</html>\n")
}

// stage writes the game's picture and, before it, who invites to what.
func (p *page) stage(o *sheet) {
	o.put("<header class=\"stage\">\n")
	if p.Art != "" {
		o.tag(`<img class="art" src="`, p.Art, `" alt="" width="1200" height="600" fetchpriority="high">`+"\n")
	}
	o.put("<h1>\n")
	switch {
	case p.Inviter != nil && p.Trouble == nil:
		o.put(`<span class="from">`)
		o.face(p.Inviter.Face)
		o.put(" <span>")
		o.name(p.Inviter.Name)
		o.put(` invites you to</span></span>
<span class="name">`)
		o.name(or(p.Game, "a game"))
		o.put("</span>\n")
	default:
		if p.Game != "" {
			o.put(`<span class="from">`)
			o.name(p.Game)
			o.put("</span> ")
		}
		o.tag(`<span class="name">`, p.Heading, "</span>\n")
	}
	o.put("</h1>\n</header>\n\n")
}

// card writes all that there is to do and to know about the party.
func (p *page) card(o *sheet) {
	label := "Join"
	if p.Trouble != nil {
		label = "What you can do"
	}
	o.tag(`<section class="card" aria-label="`, label, "\">\n")
	if p.Message != "" {
		o.put("<blockquote><p>")
		o.name(p.Message)
		o.put("</p></blockquote>\n")
	}
	if p.Trouble != nil {
		p.trouble(o)
	}
	if p.Path != "" {
		p.View.You.write(o)
		p.start(o)
	}
	if p.Trouble != nil && p.Trouble.Again {
		o.tag(`<p id="again"><a class="button" href="`, p.Path, "\">Look again</a></p>\n")
	}
	if p.Inside != "" {
		p.wayOut(o)
	}
	if p.Paste {
		p.paste(o)
	}
	if p.Alone != "" {
		o.tag(`<p><a class="button" href="`, p.Alone, `" rel="noopener noreferrer">Play `)
		o.name(or(p.Game, "the game"))
		o.put(" alone</a></p>\n")
	}
	if p.Inviter != nil {
		p.View.party(o)
	}
	o.put("<p id=\"said\" class=\"unseen\" role=\"status\"></p>\n</section>\n\n")
}

func (p *page) trouble(o *sheet) {
	o.tag(`<p class="why">`, p.Trouble.Why, "</p>\n")
	if p.Trouble.Activate == "" {
		return
	}
	o.put(`<p class="facts">`)
	if c := p.Contact; c != nil {
		o.put("Ask: ")
		if c.Link != "" {
			o.tag(`<a href="`, c.Link, `">`)
			o.tag("", c.Text, "</a>")
		} else {
			o.tag("<b>", c.Text, "</b>")
		}
		o.put("<br>")
	}
	o.tag("Send the game’s id: <code>", p.Trouble.Activate, "</code></p>\n")
}

// start writes the one button, and what the script puts in its place.
func (p *page) start(o *sheet) {
	if p.Trouble == nil || p.View.Start != "" {
		o.tag(`<form id="start" method="post" action="`, p.Path, `" target="_blank" rel="noopener"`)
		o.when(p.View.Start == "", " hidden")
		o.put(">\n")
		if p.Onward != "" {
			o.tag(`<p class="why">`, p.Onward, "</p>\n")
		}
		o.put("<button class=\"primary")
		o.when(p.View.Quiet(), " again")
		o.tag(`" aria-describedby="how">`, or(p.View.Start, "Start"), `</button>
<p id="how" class="hint">Opens in a new tab. No account, nothing to install.</p>
</form>
`)
	}
	o.put(`<div id="door" hidden><button type="button" class="primary" aria-describedby="hint"></button><p id="hint" class="hint"></p></div>
`)
	o.when(p.View.Door != nil && p.View.Door.Do == doAsk,
		`<noscript><p class="hint">Asking to join needs JavaScript. Switch it on for this page, or write to your friend.</p></noscript>
`)
}

// wayOut leads out of the browser of an app.
func (p *page) wayOut(o *sheet) {
	o.tag(`<div class="inside">
<p><b>Open in your browser</b><br>You are inside `, p.Inside, `. If the game does not start from here, choose “Open in browser” in the menu, or take this link there:</p>
`)
	o.tag(`<code id="link">`, p.Link, `</code>
<button id="copy" type="button" data-done="Copied" hidden>Copy the link</button>
</div>
`)
}

// paste writes the form for a link or code.
func (p *page) paste(o *sheet) {
	o.tag(`<form class="paste" action="/join" method="get">
<label for="code">Invite link or code</label>
<input id="code" name="code" type="text" value="`, p.Pasted, `" required maxlength="2000" autocomplete="off" autocapitalize="none" spellcheck="false" enterkeyhint="go"`)
	o.when(p.PasteError != "", ` aria-invalid="true" aria-describedby="wrong"`)
	o.put(">\n")
	if p.PasteError != "" {
		o.tag(`<p id="wrong" class="wrong">`, p.PasteError, "</p>\n")
	}
	o.put("<button class=\"primary\">Open the invite</button>\n</form>\n")
}

// face writes a face; what it shows is for decoration.
func (o *sheet) face(seed uint32) {
	svg, drawn := faces.get(seed)
	if !drawn {
		svg = markup(face.SVG(seed, ""))
		faces.put(seed, svg, len(svg))
	}
	o.put(`<span class="face">`)
	o.put(svg)
	o.put("</span>")
}

// faces are those that pages showed lately: the same people are on every page of
// a party.
var faces = newMemo[uint32, markup](1 << 20)

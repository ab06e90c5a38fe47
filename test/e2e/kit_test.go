package e2e

import "partykit/test/browser"

// kit runs JavaScript in a page that holds the SDK and nothing else, as the
// smallest game there is, and returns what it resolves to. What the page has in
// window.options is given to start.
func (p *tab) kit(js string) string {
	p.t.Helper()
	return browser.Eval[string](p.Tab, `(async () => {
		const { PartyKit } = await import("/sdk/v1/partykit.js");
		window.kit ??= await PartyKit.start({ game: "demo", loading: "manual", ...window.options });
		const value = await (async () => { `+js+` })();
		return String(value);
	})()`)
}

// blank is a page of the server with nothing on it.
const blank = "/healthz"

// bare opens a page of the server's on which kit can run.
func (b people) bare(s *server, name string) *tab { return b.friend(name, s.url+blank) }

// js does something in the page.
func (p *tab) js(do string) {
	p.t.Helper()
	browser.Eval[bool](p.Tab, "("+do+", true)")
}

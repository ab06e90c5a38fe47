package sdkjs

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// A link that opens a second tab of the game goes to the tab that plays.
func TestAnOpenTabTakesTheTicket(t *testing.T) {
	p := openPage(t)
	ctx, cancel := chromedp.NewContext(p.ctx)
	defer cancel()
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("opening a tab: %v", err)
	}
	second := &page{t, ctx}
	address := p.eval(`location.href`)
	const elsewhere = `document.querySelector("partykit-elsewhere")`
	second.do(chromedp.Navigate(address + "#partykit=abcdefghijklmnopqrstuvwxyz234567"))
	second.wait(elsewhere)
	second.want(elsewhere+`.shadowRoot.textContent`, "Opened in your other tab.Play here")
	second.want(`[window.kit, window.socket].join()`, ",") // no second guest
	second.want(`violations`, "")
	p.wait(`sent.some(({ t, ticket }) => t === "join" && ticket === "abcdefghijklmnopqrstuvwxyz234567")`)
	second.eval(elsewhere + `.shadowRoot.querySelector("button").click()`)
	second.wait(`window.kit`)
	second.want(elsewhere, "null")
	second.want(`sent[0].ticket`, "abcdefghijklmnopqrstuvwxyz234567") // the other had not joined by then
}

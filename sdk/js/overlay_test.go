package sdkjs

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// The overlay of one page, from topic to topic.
func TestOverlay(t *testing.T) {
	p := openPage(t)
	p.wait(overlay) // the page has a <partykit-button>
	for _, topic := range []struct {
		name string
		test func(*page)
	}{
		{"badges", overlayBadges},
		{"dialog", overlayDialog},
		{"notes", overlayNotes},
		{"tools", overlayTools},
		{"questions", overlayQuestions},
		{"arrivals", overlayArrivals},
		{"door", overlayDoor},
		{"closed", overlayClosed},
		{"policy", overlayPolicy},
	} {
		t.Run(topic.name, func(t *testing.T) { topic.test(&page{t, p.ctx}) })
	}
}

// overlayClosed is what is left of a kit that was closed: nothing.
func overlayClosed(p *page) {
	p.restart()
	// What listens to the page as a whole, in full screen or out of sight.
	const listening = `["fullscreenchange", "visibilitychange"].map((type) => (getEventListeners(document)[type] ?? []).length).join()`
	before := p.console(listening)
	for range 2 {
		p.eval(`kit.showInviteLink()`)
		p.wait(in("dialog") + `?.open`)
		p.eval(`kit.close()`)
		p.want(`document.querySelectorAll("partykit-overlay").length`, "0")
		p.eval(`void (window.refusal = "", kit.showInviteLink().catch(({ code }) => (window.refusal = code)))`)
		p.wait(`refusal === "closed"`) // also where the link was made before
		p.eval(`document.querySelector("partykit-button").shadowRoot.querySelector("button").click()`)
		p.eval(`void (window.kit = undefined, import(server + "/sdk/v1/partykit.js").then(({ PartyKit }) => PartyKit.start({ game: "demo" })).then((kit) => (window.kit = kit)))`)
		p.wait(`window.kit && document.querySelector("partykit-overlay")`)
		p.want(`document.querySelectorAll("partykit-overlay").length`, "1")
		p.want(overlay+`.shadowRoot.textContent.includes("closed")`, "false")
	}
	if after := p.console(listening); after != before {
		p.t.Errorf("listeners of the page: %s after two more starts, %s before", after, before)
	}
	p.do(chromedp.Click(chromedp.CSS("partykit-button"), chromedp.NodeVisible))
	p.wait(in("dialog") + `?.open`) // the dialog of the kit that lives
}

// overlayPolicy is that nothing of it was against the page's policy.
func overlayPolicy(p *page) {
	p.want(`violations`, "")
}

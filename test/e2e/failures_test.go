package e2e

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// kit runs JavaScript in a page that holds the SDK and nothing else, as the
// smallest game there is, and returns what it resolves to.
func (p *tab) kit(js string) string {
	p.t.Helper()
	ctx, cancel := context.WithCancel(p.ctx)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(async () => {
		const { PartyKit } = await import("/sdk/v1/partykit.js");
		window.kit ??= await PartyKit.start({ game: "demo", loading: "manual" });
		const value = await (async () => { `+js+` })();
		return String(value);
	})()`, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %s: %v", p.name, js, err)
	}
	return v
}

// bare opens a page of the server's on which kit can run.
func (b *browser) bare(s *server, name string) *tab { return b.friend(name, s.url+"/play/icon.svg") }

// TestFailingToLoad: finalize(false) takes the friend back to a party of one,
// and the inviter sees it go.
func TestFailingToLoad(t *testing.T) {
	s := dev(t)
	b := newBrowser(t)
	a := begin(b, "A", s.url+"/play/")
	page := b.friend("B's page", a.inviteLink())
	bob := page.start("B")
	bob.wait("the download", `document.body.dataset.phase === "downloading" || document.body.dataset.phase === "tutorial"`)
	a.wait("the badge", badge+` !== ""`)
	bob.run(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll("#not-now, #tutorial-leave")].find(b => b.offsetParent)?.click()`))
	bob.wait("a party of one", `document.body.innerText.includes("on your own")`)
	a.wait("the friend to be gone", badge+`.includes("is not coming") || `+badge+` === ""`)
	a.wait("one in the party", `document.querySelectorAll("#party li").length <= 1`)
	page.wait("the page to say so", `document.querySelector("#start button").offsetParent !== null && !document.querySelector("#you .title").textContent.includes("in!")`)
}

// TestAFullParty: who comes too late is told so, before and after Start.
func TestAFullParty(t *testing.T) {
	s := dev(t)
	s.cli("game", "set", "demo", "--setting", "party_size=2")
	b := newBrowser(t)
	a := begin(b, "A", s.url+"/play/")
	link := a.inviteLink()
	b.friend("B's page", link).start("B").learn()
	if code, text := status(t, link); code != http.StatusConflict || !strings.Contains(text, "full") {
		t.Fatalf("a full party: status %d", code)
	}
	late := b.friend("C's page", link)
	late.wait("to be told", `document.body.innerText.includes("full")`)
	late.screenshot("full")
}

// TestARevokedLink: its page says so, and names nobody.
func TestARevokedLink(t *testing.T) {
	s := dev(t)
	b := newBrowser(t)
	a := b.bare(s, "A")
	link := a.kit(`const i = await kit.createInvite(); window.id = i.id; return i.url`)
	name := a.kit(`return kit.player.name`)
	if code, text := status(t, link); code != http.StatusOK || !strings.Contains(text, name) {
		t.Fatalf("a live link: status %d", code)
	}
	a.kit(`await kit.revokeInvite(window.id)`)
	code, text := status(t, link)
	if code != http.StatusGone || strings.Contains(text, name) {
		t.Fatalf("a revoked link: status %d, names the inviter: %v", code, strings.Contains(text, name))
	}
}

// TestWithoutScript: the invite page and Start work in a browser that runs no
// script on it.
func TestWithoutScript(t *testing.T) {
	s := dev(t)
	b := newBrowser(t)
	a := b.bare(s, "A")
	link := a.kit(`return (await kit.createInvite()).url`)
	name := a.kit(`return kit.player.name`)
	off := func(yes bool) step {
		return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: yes})
			return err
		})
	}
	page := b.friend("B's page", link, off(true))
	text, err := chromedp.Run(page.ctx, chromedp.Text(chromedp.CSS("main")))
	if err != nil || !strings.Contains(text, name) {
		t.Fatalf("the page says %q (%v)", text, err)
	}
	page.screenshot("without-script")
	bob := page.start("B")
	bob.learn()
	if n := a.kit(`return kit.party.members.length`); n != "2" {
		t.Fatalf("%s members", n)
	}
}

// TestRobotsTakeNothing: fetching the page, its card and its code by any robot
// changes nothing, and neither does a browser that presses the button and goes.
func TestRobotsTakeNothing(t *testing.T) {
	s := dev(t)
	b := newBrowser(t)
	a := b.bare(s, "A")
	link := a.kit(`return (await kit.createInvite({ maxUses: 1 })).url`)
	before := a.kit(`return kit.party.revision`)
	for _, agent := range []string{"Discordbot/2.0", "Slackbot-LinkExpanding 1.0", "facebookexternalhit/1.1", "Twitterbot/1.0", "TelegramBot", "WhatsApp/2", "Googlebot/2.1"} {
		for _, path := range []string{"", "/card.png", "/qr.svg"} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				r, _ := http.NewRequest(method, link+path, nil)
				r.Header.Set("User-Agent", agent)
				answer, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				answer.Body.Close()
				if answer.StatusCode != http.StatusOK {
					t.Fatalf("%s %s by %s: %s", method, path, agent, answer.Status)
				}
			}
		}
	}
	robot := b.friend("a robot", link)
	robot.click("#start button")
	robot.close()
	if after := a.kit(`await new Promise(r => setTimeout(r, 1000)); return kit.party.revision`); after != before {
		t.Fatalf("the party changed from revision %s to %s", before, after)
	}
	if uses := a.kit(`return (await kit.invites())[0].uses`); uses != "0" {
		t.Fatalf("%s uses", uses)
	}
}

// TestReloadIsTheSameGuest: a reload keeps guest, party and place; a second tab
// is somebody else.
func TestReloadIsTheSameGuest(t *testing.T) {
	s := dev(t)
	b := newBrowser(t)
	a := b.bare(s, "A")
	me, home := a.kit(`return kit.player.id`), a.kit(`await kit.createInvite(); return kit.party.id`)
	a.run(chromedp.Reload())
	if got := a.kit(`return kit.player.id`); got != me {
		t.Fatalf("after the reload the guest is %s, was %s", got, me)
	}
	if got := a.kit(`return kit.party.id`); got != home {
		t.Fatalf("after the reload the party is %s, was %s", got, home)
	}
	second, err := newTab(a)
	if err != nil {
		t.Fatal(err)
	}
	second.run(chromedp.Navigate(s.url + "/play/icon.svg"))
	if got := second.kit(`return kit.player.id`); got == me {
		t.Fatal("two tabs are the same guest")
	}
}

// newTab opens a tab beside another, of the same person.
func newTab(p *tab) (*tab, error) {
	ctx, cancel := chromedp.NewContext(p.ctx)
	p.t.Cleanup(cancel)
	n := &tab{p.t, ctx, p.name + "'s second tab"}
	return n, chromedp.Do(ctx)
}

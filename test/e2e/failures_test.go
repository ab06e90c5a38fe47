package e2e

import (
	"net/http"
	"strings"
	"testing"

	"partykit/test/browser"
)

// TestFailingToLoad: finalize(false) takes the friend back to a party of one,
// and the inviter sees it go.
func TestFailingToLoad(t *testing.T) {
	s := dev(t)
	b := newPeople(t)
	a := begin(b, "A", s.url+"/play/")
	page := b.friend("B's page", a.inviteLink())
	bob := page.start("B")
	bob.Wait("the download", `document.body.dataset.phase === "downloading" || document.body.dataset.phase === "tutorial"`)
	a.Wait("the badge", badge+` !== ""`)
	bob.Press(`[...document.querySelectorAll("#not-now, #tutorial-leave")].find((b) => b.offsetParent)`)
	bob.Wait("a party of one", `document.body.innerText.includes("on your own")`)
	a.Wait("the friend to be gone", badge+`.includes("is not coming") || `+badge+` === ""`)
	a.Wait("one in the party", `document.querySelectorAll("#party li").length <= 1`)
	page.Wait("the page to say so", `document.querySelector("#start button").offsetParent !== null && !document.querySelector("#you .title").textContent.includes("in!")`)
}

// TestAFullParty: who comes too late is told so, before and after Start.
func TestAFullParty(t *testing.T) {
	s := dev(t)
	s.cli("game", "set", "demo", "--setting", "party_size=2")
	b := newPeople(t)
	a := begin(b, "A", s.url+"/play/")
	link := a.inviteLink()
	b.friend("B's page", link).start("B").learn()
	if code, text := status(t, link); code != http.StatusConflict || !strings.Contains(text, "full") {
		t.Fatalf("a full party: status %d", code)
	}
	late := b.friend("C's page", link)
	late.Wait("to be told", `document.body.innerText.includes("full")`)
	late.Picture("full")
}

// TestARevokedLink: its page says so, and names nobody.
func TestARevokedLink(t *testing.T) {
	s := dev(t)
	b := newPeople(t)
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
	b := newPeople(t)
	a := b.bare(s, "A")
	link := a.kit(`return (await kit.createInvite()).url`)
	name := a.kit(`return kit.player.name`)
	page := b.friend("B's page", link, browser.WithoutScript())
	if text := page.Text("main"); !strings.Contains(text, name) {
		t.Fatalf("the page says %q", text)
	}
	page.Picture("without-script")
	page.start("B").learn()
	a.sees(2)
}

// TestRobotsTakeNothing: fetching the page, its card and its code by any robot
// changes nothing, and neither does a browser that presses the button and goes.
func TestRobotsTakeNothing(t *testing.T) {
	s := dev(t)
	b := newPeople(t)
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
	robot.Click("#start button")
	robot.Close()
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
	b := newPeople(t)
	a := b.bare(s, "A")
	me, home := a.kit(`return kit.player.id`), a.kit(`await kit.createInvite(); return kit.party.id`)
	a.Reload()
	if got := a.kit(`return kit.player.id`); got != me {
		t.Fatalf("after the reload the guest is %s, was %s", got, me)
	}
	if got := a.kit(`return kit.party.id`); got != home {
		t.Fatalf("after the reload the party is %s, was %s", got, home)
	}
	second := &tab{a.Another("A's second tab", s.url+blank), t}
	if got := second.kit(`return kit.player.id`); got == me {
		t.Fatal("two tabs are the same guest")
	}
}

package e2e

import (
	"strings"
	"testing"

	"partykit/test/browser"
)

// inOverlay is what the overlay shows, as text.
const inOverlay = `document.querySelector("partykit-overlay")?.shadowRoot?.textContent`

// TestFollowingThroughTheOverlay: where the game does not ask itself, the
// overlay asks who is in the party to follow into a match.
func TestFollowingThroughTheOverlay(t *testing.T) {
	s := dev(t)
	a, b, _ := two(t, s)
	leader := a.kit(`return kit.player.name`)
	for _, round := range []struct{ match, press, answer string }{{"m1", "Stay", "no"}, {"m2", "Follow", "yes"}} {
		a.kit(`await kit.setMatch({ id: "` + round.match + `", joinable: true, free: 1 })`)
		b.Wait("the question", inOverlay+`?.includes("`+leader+` plays a match. Follow?")`)
		b.Picture("follow")
		b.Press(browser.OverlayText("button", round.press))
		a.Wait("the answer", `window.kit.party.members[1].follow === "`+round.answer+`"`)
		b.Wait("the question to go", `!`+inOverlay+`.includes("Follow?")`)
	}
	if asked := browser.Eval[bool](a.Tab, inOverlay+`?.includes("Follow?") ?? false`); asked {
		t.Error("who leads into the match is asked to follow")
	}
}

// TestFollowingToALevel: in the demo game the leader walks on and the friend is
// asked, stays when it likes to, and follows with a key.
func TestFollowingToALevel(t *testing.T) {
	s := dev(t)
	br := newPeople(t)
	a := begin(br, "A", s.url+"/play/")
	a.goTo("Ruins")
	bob := br.friend("B's page", a.inviteLink()).start("B")
	bob.learn()
	at := func(level string) string { return `document.querySelector("#place").textContent === "` + level + `"` }
	asked := `!document.querySelector("#ask").hidden`
	bob.Wait("A's level", at("Ruins"))
	a.goTo("Lighthouse")
	bob.Wait("to be asked", asked)
	bob.Click("#stay")
	bob.Wait("the question to go", `!(`+asked+`) && `+at("Ruins"))
	a.goTo("Meadow")
	bob.Wait("to be asked again", asked)
	bob.Hold("KeyF", func() { bob.Wait("the leader's level", at("Meadow")) })
	seesMoving(t, a, bob, bob.guestName())
}

// TestNamesAndQuietInTheOverlay: a player changes its name, and one that is
// muted or blocked is not heard until it is let speak again.
func TestNamesAndQuietInTheOverlay(t *testing.T) {
	s := dev(t)
	a, b, _ := two(t, s)
	a.kit(`await kit.showInviteLink()`)
	a.Press(browser.OverlayText("button", "Change your name"))
	a.TypeInto(browser.Overlay(`[aria-label="Your name"]`), "Ada <i>the</i> Keeper")
	a.Press(browser.OverlayText("button", "Save"))
	a.Picture("renamed")
	named := `.party.members[0].name === "Ada <i>the</i> Keeper"`
	b.Wait("the new name", `window.kit`+named)

	b.kit(`window.heard = []; kit.on("chat", (line) => heard.push(line.text)); await kit.showInviteLink()`)
	more := browser.Overlay(`[aria-label="More about Ada <i>the</i> Keeper"]`)
	say := func(text string) {
		a.kit(`await kit.chat("` + text + `")`)
		// What b says comes back after what a has said before.
		b.kit(`await new Promise((done) => { const off = kit.on("chat", (line) => { if (line.text === "over ` + text + `") { off(); done(); } }); kit.chat("over ` + text + `"); })`)
	}
	say("hello")
	for _, press := range []string{"Mute", "Block"} {
		b.Press(more)
		b.Picture("tools")
		b.Press(browser.OverlayText("button", press))
		b.Wait("the note", browser.OverlayText("li", "Ada")+`?.textContent.match(/muted|blocked/)`)
		say(press)
	}
	b.Press(more)
	b.Press(browser.OverlayText("button", "Unmute"))
	b.Wait("the note to go", `!`+browser.OverlayText("li", "Ada")+`?.textContent.match(/muted|blocked/)`)
	say("again")
	if got := b.kit(`return heard.filter((text) => !text.startsWith("over")).join()`); got != "hello,again" {
		t.Errorf("heard: %s", got)
	}
	if html := browser.Eval[int](b.Tab, `document.querySelector("partykit-overlay").shadowRoot.querySelectorAll("i").length`); html != 0 {
		t.Error("a name became HTML")
	}
}

// TestReportingAPlayer: what a player says of another reaches the operator, with
// the last lines of chat; who was reported is told nothing.
func TestReportingAPlayer(t *testing.T) {
	s := dev(t)
	a, b, _ := two(t, s)
	name := a.kit(`return kit.player.name`)
	a.kit(`window.kicked = 0; kit.on("kicked", () => kicked++); await kit.chat("you play like a potato")`)
	b.Wait("the line", `window.kit.chatHistory.length === 1`)
	b.kit(`await kit.showInviteLink()`)
	b.Press(browser.Overlay(`[aria-label="More about ` + name + `"]`))
	b.Press(browser.OverlayText("button", "Report"))
	b.TypeInto(browser.Overlay("#reason"), "Calls us vegetables")
	b.Picture("report")
	b.Press(browser.Overlay("form .actions .primary"))
	b.Wait("the thanks", inOverlay+`.includes("They have it now")`)
	report := s.cli("game", "reports", "demo", "--json")
	for _, want := range []string{a.kit(`return kit.player.id`), b.kit(`return kit.player.id`), "Calls us vegetables", "you play like a potato"} {
		if !strings.Contains(report, want) {
			t.Errorf("the operator is not told %q:\n%s", want, report)
		}
	}
	if got := a.kit(`return kicked + " " + kit.party.members.length`); got != "0 2" {
		t.Errorf("who was reported: %s", got)
	}
}

package e2e

import (
	"strconv"
	"testing"

	"partykit/test/browser"
)

const (
	playing = `document.body.dataset.phase === "playing"`
	badge   = `[...(document.querySelector("partykit-overlay")?.shadowRoot?.querySelectorAll(".badge") ?? [])].map(b => b.textContent).join("\n")`
)

// begin starts the demo game as somebody without an invite, and skips the
// lesson.
func begin(b people, name, url string) *tab {
	p := b.friend(name, url)
	p.Wait("the start", `document.body.dataset.phase === "ready"`)
	p.Click("#play")
	p.Wait("the lesson", `document.body.dataset.phase === "tutorial"`)
	p.Click("#tutorial-skip")
	p.Wait("the level", playing)
	return p
}

// guestName is the player's own name as its page knows it.
func (p *tab) guestName() string {
	return browser.Eval[string](p.Tab, `[...document.querySelectorAll("#party li")].find(li => li.querySelector(".note").textContent.startsWith("you")).querySelector("bdi").textContent`)
}

// goTo picks a level in the demo.
func (p *tab) goTo(level string) {
	p.t.Helper()
	p.Click("#levels")
	p.Wait("the list of levels", `document.querySelector("#levels-dialog").open`)
	p.PressText("#levels-list button", level)
	p.Wait("the level "+level, playing+` && document.querySelector("#place").textContent === "`+level+`"`)
}

// inviteLink makes a link through the overlay and closes the dialog again.
func (p *tab) inviteLink() string {
	p.t.Helper()
	p.Click("#invite")
	p.Wait("the link", browser.Overlay("#link")+`?.value.startsWith("http")`)
	link := browser.Eval[string](p.Tab, browser.Overlay("#link")+`.value`)
	p.Picture("dialog")
	p.Press(browser.Overlay(".close"))
	return link
}

// start presses Start on an invite page and returns the game's tab.
func (p *tab) start(name string) *tab {
	p.t.Helper()
	return &tab{p.Opened(name, func() { p.Click("#start button") }), p.t}
}

// learn walks through the lesson: to the right is all it takes.
func (p *tab) learn() {
	p.t.Helper()
	p.Wait("the lesson", `document.body.dataset.phase === "tutorial"`)
	p.Focus("#stage")
	p.Hold("ArrowRight", func() { p.Wait("the end of the lesson", playing) })
}

// TestFromALinkToTheSameLevel is the story that everything else is for.
func TestFromALinkToTheSameLevel(t *testing.T) {
	s := dev(t)
	tellStory(t, newPeople(t), s.url+"/play/")
}

func tellStory(t *testing.T, b people, play string) {
	a := begin(b, "A", play)
	a.goTo("Ruins")
	nameA := a.guestName()
	link := a.inviteLink()

	page := b.friend("B's page", link)
	page.Wait("the inviter", `document.body.innerText.includes("`+nameA+`")`)
	page.Wait("the landing info", `document.body.innerText.includes("Ruins")`)
	page.Picture("landing")
	a.watchBadges()
	bob := page.start("B")
	a.Wait("the badge of the friend opening the game or loading", badge)
	a.Picture("badge")
	a.Wait("the badge of the lesson", badge+`.includes("Learning")`)
	if seen := a.percents(); len(seen) < 3 {
		t.Errorf("the badge showed %v per cent: it did not rise", seen)
	}
	bob.learn()
	bob.Wait("A's level", `document.querySelector("#place").textContent === "Ruins"`)
	page.Wait("the page to show that the friend is in", `document.querySelector("#you .title").textContent.includes("in")`)
	nameB := bob.guestName()
	if nameA == nameB {
		t.Fatalf("both are called %s", nameA)
	}
	seesMoving(t, a, bob, nameB)
	seesMoving(t, bob, a, nameA)

	third := b.friend("C's page", link)
	third.Wait("both", `document.body.innerText.includes("`+nameA+`") && document.body.innerText.includes("`+nameB+`")`)

	bob.goTo("Lighthouse") // B's data waits until B leads
	third.Wait("still the leader's landing info", `document.body.innerText.includes("Ruins")`)
	a.Close()
	third.Wait("the heir's landing info", `document.querySelector(".about, main").innerText.includes("Lighthouse")`)
	carol := third.start("C")
	carol.learn()
	carol.Wait("B's level", `document.querySelector("#place").textContent === "Lighthouse"`)
	if got := carol.places(); len(got) == 0 {
		carol.Wait("B in the level", `JSON.parse(document.body.dataset.peers)["`+nameB+`"]`)
	}
}

// watchBadges has the page write down what its badges show, from now on: whoever
// asks now and then may miss some of it.
func (p *tab) watchBadges() {
	p.t.Helper()
	p.js(`window.badges = [], new MutationObserver(() => badges.push(` + badge + `))
		.observe(document.querySelector("partykit-overlay").shadowRoot, { subtree: true, childList: true, characterData: true })`)
}

// percents is how the badges' per cent rose.
func (p *tab) percents() []int {
	p.t.Helper()
	return browser.Eval[[]int](p.Tab, `badges.map((text) => parseInt(text.match(/(\d+).%/)?.[1])).filter((n, i, all) => n > Math.max(-1, ...all.slice(0, i).filter((m) => m >= 0)))`)
}

// seesMoving has one player walk and checks that the other sees it.
func seesMoving(t *testing.T, viewer, mover *tab, name string) {
	t.Helper()
	viewer.Wait(name, `JSON.parse(document.body.dataset.peers || "{}")["`+name+`"]`)
	from := viewer.places()[name]
	mover.Focus("#stage")
	mover.Hold("ArrowRight", func() {
		viewer.Wait(name+" to move", `JSON.parse(document.body.dataset.peers)["`+name+`"].x > `+strconv.FormatFloat(from.X+0.5, 'f', 2, 64))
	})
}

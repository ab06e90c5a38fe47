package e2e

import (
	"strconv"
	"strings"
	"testing"
)

const (
	playing = `document.body.dataset.phase === "playing"`
	badge   = `[...(document.querySelector("partykit-overlay")?.shadowRoot?.querySelectorAll(".badge") ?? [])].map(b => b.textContent).join("\n")`
)

// begin starts the demo game as somebody without an invite, and skips the
// lesson.
func begin(b *browser, name, url string) *tab {
	p := b.friend(name, url)
	p.wait("the start", `document.body.dataset.phase === "ready"`)
	p.click("#play")
	p.wait("the lesson", `document.body.dataset.phase === "tutorial"`)
	p.click("#tutorial-skip")
	p.wait("the level", playing)
	return p
}

// guestName is the player's own name as its page knows it.
func (p *tab) guestName() string {
	return eval[string](p, `[...document.querySelectorAll("#party li")].find(li => li.querySelector(".note").textContent.startsWith("you")).querySelector("bdi").textContent`)
}

// goTo picks a level in the demo.
func (p *tab) goTo(level string) {
	p.t.Helper()
	p.click("#levels")
	p.wait("the list of levels", `document.querySelector("#levels-dialog").open`)
	p.run(clickText("#levels-list button", level))
	p.wait("the level "+level, playing+` && document.querySelector("#place").textContent === "`+level+`"`)
}

// inviteLink makes a link through the overlay and closes the dialog again.
func (p *tab) inviteLink() string {
	p.t.Helper()
	p.click("#invite")
	p.wait("the link", overlay("#link")+`?.value.startsWith("http")`)
	link := eval[string](p, overlay("#link")+`.value`)
	p.screenshot("dialog")
	p.clickOverlay(".close")
	return link
}

// start presses Start on an invite page and returns the game's tab.
func (p *tab) start(name string) *tab {
	p.t.Helper()
	return p.opened(name, func() { p.click("#start button") })
}

// learn walks through the lesson: to the right is all it takes.
func (p *tab) learn() {
	p.t.Helper()
	p.wait("the lesson", `document.body.dataset.phase === "tutorial"`)
	p.run(focus("#stage"))
	p.hold("ArrowRight", func() { p.wait("the end of the lesson", playing) })
}

// TestFromALinkToTheSameLevel is the story that everything else is for.
func TestFromALinkToTheSameLevel(t *testing.T) {
	s := dev(t)
	tellStory(t, newBrowser(t), s.url+"/play/")
}

func tellStory(t *testing.T, b *browser, play string) {
	a := begin(b, "A", play)
	a.goTo("Ruins")
	nameA := a.guestName()
	link := a.inviteLink()

	page := b.friend("B's page", link)
	page.wait("the inviter", `document.body.innerText.includes("`+nameA+`")`)
	page.wait("the landing info", `document.body.innerText.includes("Ruins")`)
	page.screenshot("landing")
	bob := page.start("B")
	a.wait("the badge of the friend opening the game", badge+`.includes("is opening the game") || `+badge+`.includes("%")`)
	seen := a.percents()
	if len(seen) < 3 {
		t.Errorf("the badge showed %v per cent: it did not rise", seen)
	}
	a.screenshot("badge")
	a.wait("the badge of the lesson", badge+`.includes("Learning")`)
	bob.learn()
	bob.wait("A's level", `document.querySelector("#place").textContent === "Ruins"`)
	page.wait("the page to show that the friend is in", `document.querySelector("#you .title").textContent.includes("in")`)
	nameB := bob.guestName()
	if nameA == nameB {
		t.Fatalf("both are called %s", nameA)
	}
	seesMoving(t, a, bob, nameB)
	seesMoving(t, bob, a, nameA)

	third := b.friend("C's page", link)
	third.wait("both", `document.body.innerText.includes("`+nameA+`") && document.body.innerText.includes("`+nameB+`")`)

	bob.goTo("Lighthouse") // B's data waits until B leads
	third.wait("still the leader's landing info", `document.body.innerText.includes("Ruins")`)
	a.close()
	third.wait("the heir's landing info", `document.querySelector(".about, main").innerText.includes("Lighthouse")`)
	carol := third.start("C")
	carol.learn()
	carol.wait("B's level", `document.querySelector("#place").textContent === "Lighthouse"`)
	if got := carol.places(); len(got) == 0 {
		carol.wait("B in the level", `JSON.parse(document.body.dataset.peers)["`+nameB+`"]`)
	}
}

// percents collects what the badge shows until the download is over.
func (p *tab) percents() []int {
	p.t.Helper()
	var seen []int
	for range 400 {
		text := eval[string](p, badge)
		if before, _, ok := strings.Cut(text, "%"); ok && !strings.Contains(text, "Learning") {
			fields := strings.Fields(strings.TrimSpace(before))
			digits := strings.TrimLeft(fields[len(fields)-1], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ,.…")
			if n, err := strconv.Atoi(digits); err == nil && (len(seen) == 0 || n > seen[len(seen)-1]) {
				seen = append(seen, n)
			}
		}
		if strings.Contains(text, "Learning") {
			break
		}
		pause()
	}
	return seen
}

// seesMoving has one player walk and checks that the other sees it.
func seesMoving(t *testing.T, viewer, mover *tab, name string) {
	t.Helper()
	viewer.wait(name, `JSON.parse(document.body.dataset.peers || "{}")["`+name+`"]`)
	from := viewer.places()[name]
	mover.run(focus("#stage"))
	mover.hold("ArrowRight", func() {
		viewer.wait(name+" to move", `JSON.parse(document.body.dataset.peers)["`+name+`"].x > `+strconv.FormatFloat(from.X+0.5, 'f', 2, 64))
	})
}

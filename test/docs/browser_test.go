package docs_test

import (
	"fmt"

	"partykit/test/browser"
)

// playAlone is what section 3 tells to try: two tabs of one browser, from the
// invite to the other side of a restart. A friend who has the game open already
// comes to be in as well: its running tab takes the invite.
func (w *walk) playAlone() {
	w.t.Helper()
	people := browser.Start(w.t)
	first := people.Person("the developer", w.game+"/")
	first.Wait("the game", `document.querySelector("#players li")`)
	first.Click("#invite")
	first.Wait("the link", browser.Overlay("#link")+`?.value.startsWith("http")`)
	link := browser.Eval[string](first, browser.Overlay("#link")+".value")
	first.Press(browser.Overlay(".close"))

	page := first.Another("the page", link)
	page.Wait("the party", `document.querySelectorAll("#people li").length === 1`)
	friend := page.Opened("the friend", func() { page.Click("#start button") })
	first.Wait("the badge", browser.Overlay(".badge")+`?.textContent.includes("%")`)
	first.Wait("the friend", `document.querySelectorAll("#players li").length === 2 && !document.querySelector("#players").textContent.includes("…")`)

	playing := people.Person("who plays already", w.game+"/")
	playing.Wait("the game", `document.querySelector("#players li")`)
	again := playing.Another("its page", link)
	again.Wait("the party", `document.querySelectorAll("#people li").length === 2`)
	again.Click("#start button")
	playing.Wait("being in", `document.querySelectorAll("#players li").length === 3 && !document.querySelector("#players").textContent.includes("…")`)

	level := func(n int) string {
		return fmt.Sprintf(`document.querySelector("#level").textContent === "Level %d"`, n)
	}
	first.Click("#next")
	friend.Wait("the leader's level", level(2))
	friend.Click("#wave")
	first.Wait("the wave", `document.querySelector("#said").textContent.includes("waves")`)

	w.kill()
	first.Click("#next")
	friend.Wait("the next level, after the server was killed", level(3))
}

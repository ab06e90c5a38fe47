package sdkjs

import (
	"fmt"

	"github.com/chromedp/chromedp"
)

// overlayNotes is what a player is asked and told of joining.
func overlayNotes(p *page) {
	p.eval(`void (window.joining = kit.join("0k3m9x7q2hd5tw8ce4").then(() => "joined", (error) => error.code))`)
	p.wait(in(".note"))
	p.want(in(".note p")+`.textContent`, "Leave your party for CalmHeron's?")
	p.want(`document.activeElement === document.querySelector("partykit-overlay")`, "false") // it takes no focus
	p.eval(in(".note .primary") + `.click()`)
	p.wait(`sent.some(({ t, confirm }) => t === "join" && confirm)`)
	p.want(in(".note"), "null")

	p.eval(`socket.say({ t: "party", reason: "joined", seq: 0, you: party.members[0], party: { ...party, id: "ptwo", leader: "g2",
		members: [member(1, "FriendlyAlpaca", { state: "loading", by: "g2" }), member(2, "<u>B</u>")] } })`)
	p.wait(in(".note"))
	p.want(in(".note p")+`.textContent`, "You joined <u>B</u>'s party")
	p.eval(in(".note .actions button:last-child") + `.click()`)
	p.wait(`sent.some(({ t, success }) => t === "finalize" && success === false)`)

	p.eval(`socket.say({ t: "party", reason: "joined", seq: 0, you: party.members[0], party: { ...party, id: "pthree", leader: "g2",
		members: [member(1, "FriendlyAlpaca", { state: "loading", by: "g2" }), member(2, "CalmHeron")] } })`)
	p.wait(in(".note"))
	p.want(in(".note p")+`.textContent`, "You joined CalmHeron's party")
	p.eval(`socket.say({ t: "party", reason: "left", seq: 0, you: party.members[0], party: { ...party, id: "pfour", leader: "g1", members: [member(1, "FriendlyAlpaca")] } })`)
	p.want(in(".note"), "null") // the game's own way out: nothing is joined, nothing to leave

	p.eval(`document.body.append(Object.assign(document.createElement("partykit-button"), { textContent: "Come" }))`)
	p.eval(`socket.send = (text) => socket.say({ t: "error", id: JSON.parse(text).id, code: "too_many", message: "Remove one first." })`)
	p.do(chromedp.Click(chromedp.CSS("partykit-button:last-of-type"), chromedp.NodeVisible))
	p.wait(in(".note p") + `?.textContent === "Remove one first."`)
}

// overlayQuestions is what a party asks its members.
func overlayQuestions(p *page) {
	p.restart()
	note := in(".note p") + `?.textContent`
	p.eval(`socket.event({ type: "ready", ready: { by: "g1", since: 1, until: Date.now() + 30000, answers: [] } })`)
	p.wait(note + ` === "FriendlyAlpaca asks who is ready: 0 of 2"`) // questions.js is there
	p.want(`[...`+in(".note .actions")+`.children].map((b) => b.textContent)`, "Ready,Not yet,Cancel")
	p.eval(in(".note .primary") + `.click()`)
	p.wait(`sent.some(({ t, yes }) => t === "answer" && yes)`)
	p.eval(`socket.event({ type: "answered", n: 1, yes: true })`)
	p.want(note, "FriendlyAlpaca asks who is ready: 1 of 2")
	p.want(`[...`+in(".note .actions")+`.children].map((b) => b.textContent)`, "Cancel")
	p.eval(`socket.event({ type: "readyEnded", reason: "all", ready: true })`)
	p.want(note, "undefined")

	p.eval(`socket.event({ type: "leader", leader: "g2", reason: "promoted" }, { type: "match", match: { id: "m1", joinable: true, since: 5 } })`)
	p.want(note+`.endsWith(" plays a match. Follow?")`, "true")
	p.eval(in(".note .actions button:last-child") + `.click()`)
	p.wait(`sent.some(({ t, into, yes }) => t === "follow" && into === "m1" && !yes)`)
	p.eval(`socket.event({ type: "followed", n: 1, answer: "no" })`)
	p.want(note, "undefined")
	p.eval(`void (window.heard = [], kit.on("follow", ({ match }) => heard.push(match.id)))`)
	p.eval(`socket.event({ type: "match", match: { id: "m2", joinable: true, since: 6 } })`)
	p.want(note, "undefined") // the game asks
	p.want(`heard`, "m2")

	travel := func(id string) string {
		return fmt.Sprintf(`socket.event({ type: "travel", travel: { id: %q, to: "moonfall", title: "<i>Moonfall</i>", by: "g2", since: 5, until: Date.now() + 60000, answers: [] } })`, id)
	}
	p.eval(travel("t1"))
	p.want(note+`.endsWith(" takes the party to <i>Moonfall</i>. Come along?")`, "true")
	p.eval(in(".note .actions button:last-child") + `.click()`)
	p.wait(`sent.some(({ t, travel, yes }) => t === "board" && travel === "t1" && !yes)`)
	p.eval(`socket.event({ type: "boarded", n: 1, yes: false })`)
	p.eval(travel("t2"))
	p.eval(`socket.event({ type: "travel", travel: null })`) // called off
	p.want(note, "undefined")
	p.eval(travel("t3"))
	p.eval(in(".note .primary") + `.click()`)
	p.wait(`location.hash === "#there"`) // the way of the answer
	p.eval(`socket.event({ type: "boarded", n: 1, yes: true })`)
	p.eval(`void kit.mute("g2", "block")`)
	p.wait(`kit.party.members.some(({ quiet }) => quiet === "block")`)
	p.eval(travel("t4"))
	p.eval(`socket.event({ type: "ready", ready: { by: "g2", since: 1, until: Date.now() + 30000, answers: [] } })`)
	p.want(note, "undefined") // nothing is asked by whom one has blocked
	p.eval(`void kit.mute("g2", null)`)
	p.wait(overlay + `.shadowRoot.querySelectorAll(".note").length === 2`)
	p.eval(`socket.event({ type: "travel", travel: null }, { type: "readyEnded", reason: "cancelled", ready: false })`)
	p.eval(`void kit.on("travel", ({ title }) => heard.push(title))`)
	p.eval(travel("t5"))
	p.want(note, "undefined")                // the game asks
	p.want(`heard`, "m2,m2,<i>Moonfall</i>") // m2 again when its leader was no longer blocked

	p.eval(`socket.say({ t: "party", reason: "kicked", seq: 0, you: party.members[0], party: { ...party, id: "palone", members: [party.members[0]] } })`)
	p.wait(note + `?.startsWith("You were taken out of <img")`)
}

// overlayDoor is both sides of a door: who asks and who waits, and a code to be said.
func overlayDoor(p *page) {
	p.restart()
	notes := `[...document.querySelector("partykit-overlay").shadowRoot.querySelectorAll(".note")].map((e) => e.querySelector("p").textContent).join("|")`
	press := func(label string) string {
		return fmt.Sprintf(`[...document.querySelector("partykit-overlay").shadowRoot.querySelectorAll("button")].find((b) => b.textContent === %q).click()`, label)
	}
	asks := func(n int, name string) string {
		return fmt.Sprintf(`socket.event({ type: "asked", ask: { n: %d, name: %q, face: %d, since: 1, invite: "i1" } })`, n, name, n)
	}
	p.eval(asks(5, "<b>Bold</b>"))
	p.wait(notes + ` === "<b>Bold</b> asks to join"`)
	p.eval(press("Not now"))
	p.wait(`sent.some(({ t, n, yes }) => t === "admit" && n === 5 && yes === false)`)
	p.eval(asks(6, "WildIbex"))
	p.wait(notes + ` === "WildIbex asks to join"`)
	p.eval(`socket.event({ type: "askAnswered", n: 6, answer: "yes", by: "g2" })`) // by somebody else
	p.want(notes, "")

	p.eval(`void kit.waitInLine("0k3m9x7q2hd5tw8ce4")`)
	p.eval(`socket.say({ t: "door", problem: "full", line: 2, you: { stage: "line", place: 2 } })`)
	p.wait(notes + ` === "You are number 2 in line for that party"`)
	p.eval(`socket.say({ t: "door", you: { stage: "offered", until: 9 } })`)
	p.wait(notes + ` === "A seat is free for you"`)
	p.eval(`sent.length = 0`)
	p.eval(press("Join"))
	p.wait(`sent.some(({ t, code }) => t === "join" && code === "0k3m9x7q2hd5tw8ce4")`)

	p.restart()
	p.eval(`kit.showInviteLink()`)
	p.wait(in("dialog") + `?.open`)
	p.want(in(".code"), "null")
	p.eval(press("Say a code"))
	p.wait(in(".code") + `?.textContent === "7KM-2Q9"`)
	p.want(`JSON.stringify(sent.filter(({ spoken }) => spoken).map(({ t, expires }) => [t, expires]))`, `[["invite",600]]`)
	p.want(in(".code")+`.getBoundingClientRect().height > 40`, "true")
	p.eval(in("[role=switch]") + `.click()`) // a stream does not show it either
	p.want(`getComputedStyle(`+in(".say")+`).display`, "none")
	p.eval(in("[role=switch]") + `.click()`)
	p.eval(`socket.event({ type: "revoked", invite: "i2" })`)
	p.want(in(".code"), "null")
	p.want(in("button.say")+`.textContent`, "Say a code")
	p.want(in("dialog")+`.open`, "true")
}

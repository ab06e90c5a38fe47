package sdkjs

import (
	"fmt"
	"strings"
)

func badges() string {
	return `[...document.querySelector("partykit-overlay").shadowRoot.querySelectorAll(".badge, .more")].filter((e) => !e.hidden).map((e) => (e.querySelector(".lines") ?? e).textContent).join("|")`
}

// overlayBadges is what the corner tells of those who come.
func overlayBadges(p *page) {
	p.want(badges(), "")
	p.eval(`socket.event({ type: "held", seat: { n: 3, name: "CalmHeron", face: 3, since: 1 } })`)
	p.want(badges(), "CalmHeronis opening the game")
	p.eval(`socket.event({ type: "held", seat: { n: 9, name: "LetIn", face: 3, since: 1, letIn: true } })`)
	p.want(badges(), "CalmHeronis opening the game")                                           // it may yet not come
	p.eval(`socket.event({ type: "held", seat: { n: 9, name: "LetIn", face: 3, since: 1 } })`) // Start was pressed
	p.want(badges(), "CalmHeronis opening the game|LetInis opening the game")
	p.eval(`socket.event({ type: "lapsed", n: 9 })`)
	p.wait(badges() + ` === "CalmHeronis opening the game"`)
	p.eval(`socket.event({ type: "joined", member: member(3, "CalmHeron", { state: "loading" }) })`)
	p.want(badges(), "CalmHeronis loading")
	p.eval(`socket.say({ t: "status", n: 3, presence: "connected", loading: { phase: "downloading", progress: 0.42 } })`)
	p.want(badges(), "CalmHeronis downloading42 %")
	p.want(in(".bar")+`.hidden`, "false")
	p.eval(`socket.say({ t: "status", n: 3, presence: "connected", loading: { phase: "downloading", progress: 0.42, stalled: true } })`)
	p.want(badges(), "CalmHeronseems stuck42 %")
	p.eval(`socket.say({ t: "status", n: 3, presence: "reconnecting" })`)
	p.want(badges(), "CalmHeronlost the connection …")
	p.eval(`socket.say({ t: "status", n: 3, presence: "connected", loading: { phase: "tutorial" } })`)
	p.want(badges(), "CalmHeronis in the tutorial")
	for _, word := range []string{"constructor", "__proto__", "hasOwnProperty"} { // what every object answers to
		p.eval(fmt.Sprintf(`socket.say({ t: "status", n: 3, presence: "connected", loading: { phase: %q } })`, word))
		p.want(badges(), "CalmHeron"+word)
	}
	p.eval(`socket.say({ t: "status", n: 3, presence: "connected", loading: { phase: "tutorial" } })`)
	p.eval(`socket.event({ type: "joined", member: member(4, "<b>Bold</b>", { state: "loading", loading: { message: "<i>" + "x".repeat(60) } }) })`)
	p.want(badges(), "CalmHeronis in the tutorial|<b>Bold</b><i>"+strings.Repeat("x", 36)+"…")
	for n := 5; n < 9; n++ {
		p.eval(fmt.Sprintf(`socket.event({ type: "joined", member: member(%d, "M%d", { state: "loading" }) })`, n, n))
	}
	p.want(badges()+`.split("|").at(-1)`, "+2 more")
	p.want(`getComputedStyle(document.querySelector("partykit-overlay")).pointerEvents`, "none")
	p.want(`document.elementFromPoint(40, innerHeight - 40).localName`, "html")
	p.want(`Math.round(`+in(".badges")+`.getBoundingClientRect().left) + " " + Math.round(innerHeight - `+in(".badges")+`.getBoundingClientRect().bottom)`, "12 12")

	p.want(`(socket.event({ type: "finalized", n: 3 }, { type: "left", n: 4, reason: "failed" }, { type: "left", n: 5, reason: "timeout" }),
		[...`+badges()+`.split("|").slice(0, 3), `+in("[role=status]")+`.textContent.includes("CalmHeron is in!")])`,
		"CalmHeronis in!,<b>Bold</b>is not coming,M5could not join,true") // at once: it does not stay
	p.wait(badges() + `=== "M6is loading|M7is loading|M8is loading"`) // the done ones go by themselves
	p.eval(`socket.say({ t: "party", reason: "left", seq: 0, you: party.members[0], party: { ...party, id: "palone" } })`)
	p.want(badges(), "")
}

// overlayArrivals is what the title tells who looks elsewhere.
func overlayArrivals(p *page) {
	p.restart()
	p.eval(`socket.event({ type: "joined", member: member(7, "QuickFinch", { state: "loading" }) })`)
	p.wait(overlay)
	const hide = `(Object.defineProperty(document, "hidden", { configurable: true, get: () => %t }), document.dispatchEvent(new Event("visibilitychange")))`
	p.eval(fmt.Sprintf(hide, true))
	p.eval(`socket.event({ type: "finalized", n: 7 })`)
	p.want(`document.title`, "(1) A game with a strict policy")
	p.eval(fmt.Sprintf(hide, false))
	p.want(`document.title`, "A game with a strict policy")
	p.eval(`kit.showInviteLink()`)
	p.wait(in("dialog") + `?.open`)
	p.eval(`[...document.querySelector("partykit-overlay").shadowRoot.querySelectorAll(".switch")].find((e) => e.textContent.startsWith("Tell")).querySelector("input").click()`)
	p.eval(fmt.Sprintf(hide, true))
	p.eval(`socket.event({ type: "joined", member: member(4, "KindLynx", { state: "loading" }) })`)
	p.eval(`socket.event({ type: "finalized", n: 4 })`)
	p.want(`document.title`, "A game with a strict policy")
	p.eval(`[...document.querySelector("partykit-overlay").shadowRoot.querySelectorAll(".switch")].find((e) => e.textContent.startsWith("Tell")).querySelector("input").click()`)
	p.eval(`socket.event({ type: "joined", member: member(5, "WildIbex", { state: "loading" }) })`)
	p.eval(`void kit.mute("g5", "block")`)
	p.wait(`kit.party.members.some(({ quiet }) => quiet === "block")`)
	p.eval(`socket.event({ type: "finalized", n: 5 })`)
	p.want(`document.title`, "A game with a strict policy") // nor is one told of whom one has blocked
}

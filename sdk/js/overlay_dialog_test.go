package sdkjs

import (
	"fmt"

	"github.com/chromedp/chromedp"
)

// overlayDialog is the link, and who is in.
func overlayDialog(p *page) {
	p.do(chromedp.Click(chromedp.CSS("partykit-button"), chromedp.NodeVisible))
	p.wait(in("dialog") + `.open`)
	p.want(in("#link")+`.value === server + "/join/0k3m9x7q2hd5tw8ce4"`, "true")
	p.wait(in(".qr") + `.naturalWidth > 0`)
	p.want(overlay+`.shadowRoot.activeElement.textContent`, "Copy")
	p.want(in("dialog")+`.textContent.includes("Works for 2 more friends.")`, "true")
	p.want(`[...`+in("ul")+`.querySelectorAll(".name")].map((e) => e.textContent)`, `FriendlyAlpaca,<img src=x onerror="violations.push('markup')">`)
	p.do(chromedp.EmulateViewport(320, 568))
	p.want(`[...`+in("ul")+`.querySelectorAll("li > :not(.face)")].filter((e) => e.scrollWidth > e.clientWidth || e.getBoundingClientRect().right > 320).length`, "0") // nobody's name is cut
	p.do(chromedp.EmulateViewport(1280, 800))

	p.do(chromedp.KeyEvent("w"))
	p.want(`keys`, "") // typing here is not playing
	p.eval(in("[role=switch]") + `.click()`)
	p.want(in("#link")+`.value.includes("0k3m9")`, "false")
	p.want(in(".qr")+`.hasAttribute("src")`, "false")
	p.want(overlay+`.shadowRoot.innerHTML.includes("0k3m9")`, "false")
	p.eval(in("[role=switch]") + `.click()`)
	p.do(chromedp.KeyEvent("\x1b"))
	p.wait(`!` + in("dialog") + `.open`)
	p.want(`document.activeElement.localName`, "partykit-button")
	p.do(chromedp.KeyEvent("w"))
	p.want(`keys.includes("w")`, "true")

	p.eval(`kit.showInviteLink()`)
	p.wait(in("dialog") + `.open`)
	p.want(`sent.filter(({ t }) => t === "invite").length`, "1") // the same link again
	p.eval(in(".quietly .quiet") + `.click()`)
	p.want(in("form input")+`.value`, "FriendlyAlpaca")
	p.eval(in("form button") + `.click()`)
	p.wait(in("form input") + `.validationMessage === "Choose another."`)
	p.eval(in("form input") + `.dispatchEvent(new Event("input"))`)
	p.want(in("form input")+`.validationMessage`, "")

	const left = `sent.some(({ t }) => t === "leave")`
	press := in(".leave") + `.click()`
	p.want(`(`+press+`, [`+left+`, `+press+`][0])`, "false") // asked once more, and pressed again before that is forgotten
	p.wait(left)
	p.want(in("dialog")+`.open`, "false")

	p.eval(`kit.showInviteLink()`)
	p.wait(in("dialog") + `.open`)
	p.eval(`socket.event({ type: "revoked", invite: "i1" })`)
	p.want(in("dialog")+`.open`, "false") // a dead link is not shown on
}

// overlayTools is what one may do to the others in the dialog's rows.
func overlayTools(p *page) {
	const sent = `JSON.stringify(sent.filter(({ t }) => !["ping", "invite"].includes(t)).map(({ id, ...frame }) => frame))`
	rows := `[...` + in("ul") + `.children].map((row) => [...row.children].filter((e) => !e.matches(".face")).map((e) => e.textContent).join("")).join("|")`
	tool := func(row, label string) string {
		return fmt.Sprintf(`((b) => (b.focus(), b.click()))([...[...%s.children].find((row) => row.textContent.includes(%q)).querySelectorAll("button")].find((b) => b.textContent === %q))`, in("ul"), row, label)
	}
	p.restart()
	p.eval(`socket.event({ type: "held", seat: { n: 4, name: "KindLynx", face: 4, since: 1 } }, { type: "joined", member: member(3, "CalmHeron", {}) })`)
	p.eval(`kit.showInviteLink()`)
	p.wait(in("dialog") + `?.open`)
	p.want(rows+`.replace(/<.*?>/, "B")`, "FriendlyAlpacayou, leader|B⋯|CalmHeron⋯|KindLynxopening the game⋯")

	p.eval(tool("CalmHeron", "⋯"))
	p.want(overlay+`.shadowRoot.activeElement.ariaLabel`, "More about CalmHeron")
	p.eval(tool("CalmHeron", "Mute"))
	p.wait(rows + `.includes("CalmHeronmuted")`)
	p.want(overlay+`.shadowRoot.activeElement.ariaLabel`, "More about CalmHeron") // the focus stays
	p.eval(tool("CalmHeron", "⋯"))
	p.eval(tool("CalmHeron", "Unmute"))
	p.wait(`!` + rows + `.includes("muted")`)
	p.eval(`sent.length = 0`)
	p.eval(tool("CalmHeron", "⋯"))
	p.eval(tool("CalmHeron", "Make leader"))
	p.wait(sent + ` === '[{"t":"promote","n":3}]'`)

	p.eval(`sent.length = 0`)
	p.eval(tool("KindLynx", "⋯"))
	p.eval(tool("KindLynx", "Remove"))
	p.want(sent, "[]") // asked once more
	p.eval(in(".asking") + `.querySelectorAll("input").forEach((box) => box.click())`)
	p.eval(`socket.event({ type: "member", n: 3, data: { hero: "fox" } })`) // what is chosen outlives a change
	p.eval(tool("KindLynx", "Remove"))
	p.wait(sent + ` === '[{"t":"kick","n":4,"ban":false},{"t":"settings","approve":true},{"t":"revoke","invite":"i1"}]'`)
	p.eval(`socket.event({ type: "lapsed", n: 4, reason: "kicked" }, { type: "castOut", outcast: { n: 4, name: "KindLynx", banned: false } })`)
	p.want(rows+`.endsWith("|KindLynxremovedLet back in")`, "true")
	p.eval(`sent.length = 0`)
	p.eval(tool("KindLynx", "Let back in"))
	p.wait(sent + ` === '[{"t":"readmit","n":4}]'`)

	const lock = `[...document.querySelector("partykit-overlay").shadowRoot.querySelectorAll(".switch")].find((e) => e.textContent.startsWith("Lock"))`
	p.eval(`sent.length = 0`)
	p.eval(lock + `.querySelector("input").click()`)
	p.wait(sent + ` === '[{"t":"settings","openness":"locked"}]'`)
	p.wait(`!` + lock + `.querySelector("input").checked`) // it shows what is, not what was asked for
	p.eval(`socket.event({ type: "changed", openness: "locked", inviters: "everyone", size: 8 })`)
	p.want(lock+`.querySelector("input").checked`, "true")
	p.eval(`socket.event({ type: "leader", leader: "g2", reason: "promoted" })`)
	p.want(lock+`.hidden`, "true")
	p.want(rows+`.includes("Let back in")`, "false")
	p.eval(tool("CalmHeron", "⋯"))
	p.want(`[...`+in(".tools")+`.children].map((b) => b.textContent)`, "Mute,Block,Report")
	p.eval(`socket.say({ t: "status", n: 2, presence: "reconnecting" })`) // and so this player acts
	p.want(`[...`+in(".tools")+`.children].map((b) => b.textContent)`, "Mute,Block,Report,Remove")
	p.want(rows+`.startsWith("FriendlyAlpacayou, leads meanwhile|")`, "true")

	p.eval(tool("CalmHeron", "Report"))
	report := overlay + `.shadowRoot.querySelector("dialog:has(textarea)")`
	p.wait(report + `?.open`)
	p.want(report+`.querySelector("p").textContent`, "Tell the people who run this game about CalmHeron? The last lines of chat go along.")
	p.eval(report + `.querySelector(".actions button").click()`)
	p.wait(`!` + report) // nothing was told
	p.eval(`sent.length = 0`)
	p.eval(tool("CalmHeron", "⋯"))
	p.eval(tool("CalmHeron", "Report"))
	p.wait(report + `?.open`)
	p.eval(report + `.querySelector("textarea").value = " " + "ö".repeat(255)`)
	p.eval(`window.refused = { code: "rate_limited", message: "Not so fast." }`)
	p.eval(report + `.querySelector(".primary").click()`)
	p.wait(report + `.querySelector("[role=alert]").textContent === "Not so fast."`)
	p.eval(`window.refused = undefined`)
	p.eval(report + `.querySelector(".primary").click()`)
	const thanks = overlay + `.shadowRoot.querySelector("#reported")?.parentNode`
	p.wait(thanks + `?.querySelector("[role=status]")?.textContent.startsWith("Thank you.")`)
	p.want(`JSON.stringify(sent.filter(({ t }) => t === "report").map(({ n, reason }) => [n, reason.length]))`, "[[3,127],[3,127]]") // 254 bytes
	p.want(overlay+`.shadowRoot.activeElement.textContent`, "Close")
	p.eval(overlay + `.shadowRoot.activeElement.click()`)
	p.wait(`!` + thanks)
	p.want(overlay+`.shadowRoot.activeElement.ariaLabel`, "More about CalmHeron")
	p.eval(tool("CalmHeron", "⋯"))

	p.eval(tool("CalmHeron", "Block"))
	p.wait(rows + `.includes("CalmHeronblocked")`)
	p.eval(`socket.event({ type: "left", n: 3, reason: "left" })`)
	p.eval(`socket.event({ type: "joined", member: member(3, "CalmHeron", { state: "loading" }) })`)
	p.eval(`socket.event({ type: "joined", member: member(5, "WildIbex", { state: "loading" }) })`)
	p.wait(badges() + ` === "WildIbexis loading"`) // no badges from whom one has blocked
}

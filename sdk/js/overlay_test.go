package sdkjs

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// page is the game of testdata in a real browser, on another origin than the
// SDK, under a policy that allows no more than docs/sdk-javascript.md asks for.
type page struct {
	t   *testing.T
	ctx context.Context
}

func openPage(t *testing.T) *page {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, Prefix) {
			Handler().ServeHTTP(w, r)
			return
		}
		// Faces and QR codes are drawn elsewhere; here they only have to load.
		w.Header().Set("Content-Type", "image/svg+xml")
		fmt.Fprint(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4"/></svg>`)
	}))
	t.Cleanup(server.Close)
	game := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", strings.ReplaceAll(
			"default-src 'none'; style-src 'self'; script-src 'self' HOST; connect-src 'self' HOST; img-src 'self' HOST", "HOST", server.URL))
		if r.URL.Path == "/" {
			r.URL.Path = "/game.html"
		}
		http.FileServer(http.Dir("testdata")).ServeHTTP(w, r)
	}))
	t.Cleanup(game.Close)

	var browser string
	for _, name := range []string{"chromium-headless-shell", "chromium"} {
		if found, err := exec.LookPath(name); err == nil {
			browser = found
			break
		}
	}
	if browser == "" {
		t.Fatal("no browser: the overlay is tested in Debian's chromium-headless-shell (make test installs it)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(browser), chromedp.NoSandbox, chromedp.WindowSize(900, 700), chromedp.WSURLReadTimeout(time.Minute))
	alloc, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("starting the browser: %v", err)
	}
	p := &page{t, ctx}
	p.do(chromedp.Navigate(game.URL + "/game.html?server=" + url.QueryEscape(server.URL)))
	p.wait("window.kit")
	return p
}

// A link that opens a second tab of the game goes to the tab that plays.
func TestAnOpenTabTakesTheTicket(t *testing.T) {
	p := openPage(t)
	ctx, cancel := chromedp.NewContext(p.ctx)
	defer cancel()
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("opening a tab: %v", err)
	}
	second := &page{t, ctx}
	address := p.eval(`location.href`)
	const elsewhere = `document.querySelector("partykit-elsewhere")`
	second.do(chromedp.Navigate(address + "#partykit=abcdefghijklmnopqrstuvwxyz234567"))
	second.wait(elsewhere)
	second.want(elsewhere+`.shadowRoot.textContent`, "Opened in your other tab.Play here")
	second.want(`[window.kit, window.socket].join()`, ",") // no second guest
	second.want(`violations`, "")
	p.wait(`sent.some(({ t, ticket }) => t === "join" && ticket === "abcdefghijklmnopqrstuvwxyz234567")`)
	second.eval(elsewhere + `.shadowRoot.querySelector("button").click()`)
	second.wait(`window.kit`)
	second.want(elsewhere, "null")
	second.want(`sent[0].ticket`, "abcdefghijklmnopqrstuvwxyz234567") // the other had not joined by then
}

// restart loads the game anew.
func (p *page) restart() {
	p.t.Helper()
	p.eval(`void (window.kit = undefined)`)
	p.do(chromedp.Reload())
	p.wait(`window.kit && document.querySelector("partykit-overlay")`)
}

func (p *page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

func (p *page) eval(js string) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[string]("String("+js+")"))
	if err != nil {
		p.t.Fatalf("%s: %v", js, err)
	}
	return v
}

// console evaluates a text as in the developer tools' console, with what is only there.
func (p *page) console(js string) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	defer cancel()
	var text string
	err := chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		got, err := cdp.Call(ctx, t, runtime.Evaluate, runtime.EvaluateParams{Expression: js, IncludeCommandLineAPI: new(true), ReturnByValue: new(true)})
		if err == nil {
			err = json.Unmarshal(got.Result.Value, &text)
		}
		return err
	}))
	if err != nil {
		p.t.Fatalf("%s: %v", js, err)
	}
	return text
}

// wait waits, in the page, until an expression is true.
func (p *page) wait(js string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	defer cancel()
	err := chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, runtime.Evaluate, runtime.EvaluateParams{
			Expression:   "(async () => { while (!(" + js + ")) await new Promise((next) => setTimeout(next, 10)); })()",
			AwaitPromise: new(true),
		})
		return err
	}))
	if err != nil {
		p.t.Fatalf("waited in vain for %s: %v\noverlay: %s", js, err, p.eval(`document.querySelector("partykit-overlay")?.shadowRoot.innerHTML`))
	}
}

func (p *page) want(js, want string) {
	p.t.Helper()
	if got := p.eval(js); got != want {
		p.t.Errorf("%s\n got %s\nwant %s", js, got, want)
	}
}

// in is a JavaScript expression for something in the overlay.
func in(selector string) string {
	return fmt.Sprintf(`document.querySelector("partykit-overlay").shadowRoot.querySelector(%q)`, selector)
}

func badges() string {
	return `[...document.querySelector("partykit-overlay").shadowRoot.querySelectorAll(".badge, .more")].filter((e) => !e.hidden).map((e) => (e.querySelector(".lines") ?? e).textContent).join("|")`
}

func TestOverlay(t *testing.T) {
	p := openPage(t)
	const ready = `document.querySelector("partykit-overlay")`
	p.wait(ready) // the page has a <partykit-button>

	t.Run("badges", func(t *testing.T) {
		p := &page{t, p.ctx}
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
	})

	t.Run("dialog", func(t *testing.T) {
		p := &page{t, p.ctx}
		p.do(chromedp.Click(chromedp.CSS("partykit-button"), chromedp.NodeVisible))
		p.wait(in("dialog") + `.open`)
		p.want(in("#link")+`.value === server + "/join/0k3m9x7q2hd5tw8ce4"`, "true")
		p.wait(in(".qr") + `.naturalWidth > 0`)
		p.want(`document.querySelector("partykit-overlay").shadowRoot.activeElement.textContent`, "Copy")
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
		p.want(`document.querySelector("partykit-overlay").shadowRoot.innerHTML.includes("0k3m9")`, "false")
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
	})

	t.Run("notes", func(t *testing.T) {
		p := &page{t, p.ctx}
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
	})

	t.Run("tools", func(t *testing.T) {
		p := &page{t, p.ctx}
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
		p.want(`document.querySelector("partykit-overlay").shadowRoot.activeElement.ariaLabel`, "More about CalmHeron")
		p.eval(tool("CalmHeron", "Mute"))
		p.wait(rows + `.includes("CalmHeronmuted")`)
		p.want(`document.querySelector("partykit-overlay").shadowRoot.activeElement.ariaLabel`, "More about CalmHeron") // the focus stays
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
		report := `document.querySelector("partykit-overlay").shadowRoot.querySelector("dialog:has(textarea)")`
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
		const thanks = `document.querySelector("partykit-overlay").shadowRoot.querySelector("#reported")?.parentNode`
		p.wait(thanks + `?.querySelector("[role=status]")?.textContent.startsWith("Thank you.")`)
		p.want(`JSON.stringify(sent.filter(({ t }) => t === "report").map(({ n, reason }) => [n, reason.length]))`, "[[3,127],[3,127]]") // 254 bytes
		p.want(`document.querySelector("partykit-overlay").shadowRoot.activeElement.textContent`, "Close")
		p.eval(`document.querySelector("partykit-overlay").shadowRoot.activeElement.click()`)
		p.wait(`!` + thanks)
		p.want(`document.querySelector("partykit-overlay").shadowRoot.activeElement.ariaLabel`, "More about CalmHeron")
		p.eval(tool("CalmHeron", "⋯"))

		p.eval(tool("CalmHeron", "Block"))
		p.wait(rows + `.includes("CalmHeronblocked")`)
		p.eval(`socket.event({ type: "left", n: 3, reason: "left" })`)
		p.eval(`socket.event({ type: "joined", member: member(3, "CalmHeron", { state: "loading" }) })`)
		p.eval(`socket.event({ type: "joined", member: member(5, "WildIbex", { state: "loading" }) })`)
		p.wait(badges() + ` === "WildIbexis loading"`) // no badges from whom one has blocked
	})

	t.Run("questions", func(t *testing.T) {
		p := &page{t, p.ctx}
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
		p.wait(`document.querySelector("partykit-overlay").shadowRoot.querySelectorAll(".note").length === 2`)
		p.eval(`socket.event({ type: "travel", travel: null }, { type: "readyEnded", reason: "cancelled", ready: false })`)
		p.eval(`void kit.on("travel", ({ title }) => heard.push(title))`)
		p.eval(travel("t5"))
		p.want(note, "undefined")                // the game asks
		p.want(`heard`, "m2,m2,<i>Moonfall</i>") // m2 again when its leader was no longer blocked

		p.eval(`socket.say({ t: "party", reason: "kicked", seq: 0, you: party.members[0], party: { ...party, id: "palone", members: [party.members[0]] } })`)
		p.wait(note + `?.startsWith("You were taken out of <img")`)
	})

	t.Run("arrivals", func(t *testing.T) {
		p := &page{t, p.ctx}
		p.restart()
		p.eval(`socket.event({ type: "joined", member: member(7, "QuickFinch", { state: "loading" }) })`)
		p.wait(ready)
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
	})

	t.Run("door", func(t *testing.T) {
		p := &page{t, p.ctx}
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
	})

	t.Run("closed", func(t *testing.T) {
		p := &page{t, p.ctx}
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
			p.want(`document.querySelector("partykit-overlay").shadowRoot.textContent.includes("closed")`, "false")
		}
		if after := p.console(listening); after != before {
			t.Errorf("listeners of the page: %s after two more starts, %s before", after, before)
		}
		p.do(chromedp.Click(chromedp.CSS("partykit-button"), chromedp.NodeVisible))
		p.wait(in("dialog") + `?.open`) // the dialog of the kit that lives
	})

	t.Run("policy", func(t *testing.T) {
		p := &page{t, p.ctx}
		p.want(`violations`, "")
	})
}

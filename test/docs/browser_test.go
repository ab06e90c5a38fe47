package docs_test

import (
	"context"
	"fmt"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// playAlone is what section 3 tells to try: two tabs of one browser, from the
// invite to the other side of a restart.
func (w *walk) playAlone() {
	w.t.Helper()
	first := browse(w.t, w.game+"/")
	first.wait("the game", `document.querySelector("#players li")`)
	first.click(`document.querySelector("#invite")`)
	first.wait("the link", overlay("#link")+`?.value.startsWith("http")`)
	link := first.eval(overlay("#link") + ".value")
	first.click(overlay(".close"))

	page := first.another(link)
	page.wait("the party", `document.querySelectorAll("#people li").length === 1`)
	friend := page.opens(func() { page.click(`document.querySelector("#start button")`) })
	first.wait("the badge", overlay(".badge")+`?.textContent.includes("%")`)
	first.wait("the friend", `document.querySelectorAll("#players li").length === 2 && !document.querySelector("#players").textContent.includes("…")`)

	level := func(n int) string {
		return fmt.Sprintf(`document.querySelector("#level").textContent === "Level %d"`, n)
	}
	first.click(`document.querySelector("#next")`)
	friend.wait("the leader's level", level(2))
	friend.click(`document.querySelector("#wave")`)
	first.wait("the wave", `document.querySelector("#said").textContent.includes("waves")`)

	w.kill()
	first.click(`document.querySelector("#next")`)
	friend.wait("the next level, after the server was killed", level(3))
}

// tab is one tab of the browser.
type tab struct {
	t   *testing.T
	ctx context.Context
}

// browse starts a browser and opens an address.
func browse(t *testing.T, url string) *tab {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Fatal("no browser: install Debian's chromium-headless-shell (make test does)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(time.Minute))
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	p := &tab{t, ctx}
	p.open(url)
	return p
}

// open makes the tab, whose context must not end with a timeout, and goes to an
// address.
func (p *tab) open(url string) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx); err != nil {
		p.t.Fatalf("starting the browser: %v", err)
	}
	if url != "" {
		p.do(chromedp.Navigate(url))
	}
}

// another opens a second tab of the same browser.
func (p *tab) another(url string) *tab {
	p.t.Helper()
	ctx, cancel := chromedp.NewContext(p.ctx)
	p.t.Cleanup(cancel)
	n := &tab{p.t, ctx}
	n.open(url)
	return n
}

// opens returns the tab that an action opens.
func (p *tab) opens(action func()) *tab {
	p.t.Helper()
	ids := chromedp.WaitNewTarget(p.ctx, func(i *target.Info) bool { return i.Type == "page" })
	action()
	select {
	case id := <-ids:
		ctx, cancel := chromedp.NewContext(p.ctx, chromedp.WithTargetID(id))
		p.t.Cleanup(cancel)
		n := &tab{p.t, ctx}
		n.open("")
		return n
	case <-time.After(30 * time.Second):
		p.t.Fatal("no tab was opened")
		return nil
	}
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

// click presses what a JavaScript expression names.
func (p *tab) click(expression string) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.JSPath(expression), chromedp.NodeVisible))
}

// eval returns the text of a JavaScript expression.
func (p *tab) eval(expression string) string {
	p.t.Helper()
	text, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](expression))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return text
}

// wait waits until a JavaScript expression is true.
func (p *tab) wait(what, expression string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	defer cancel()
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		if err == nil && ok {
			return
		}
		if ctx.Err() != nil {
			p.t.Fatalf("waited in vain for %s (%v). The page says:\n%s", what, err, p.eval("document.body.innerText"))
		}
		pause()
	}
}

// overlay is a JavaScript expression for something in the overlay.
func overlay(selector string) string {
	return fmt.Sprintf(`document.querySelector("partykit-overlay")?.shadowRoot?.querySelector(%q)`, selector)
}

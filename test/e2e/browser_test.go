package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// browser is one Chromium; its friends are isolated from each other like
// people with machines of their own.
type browser struct {
	t   *testing.T
	ctx context.Context
}

func newBrowser(t *testing.T) *browser {
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
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.NoSandbox,
		chromedp.Flag("ignore-certificate-errors", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.WindowSize(1100, 760),
		chromedp.WSURLReadTimeout(time.Minute),
	)
	alloc, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel2 := chromedp.NewContext(alloc)
	t.Cleanup(func() { cancel2(); cancel() })
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("starting the browser: %v", err)
	}
	return &browser{t, ctx}
}

// tab is one page.
type tab struct {
	t    *testing.T
	ctx  context.Context
	name string
}

// friend opens an address as somebody new: no cookies, no storage shared.
func (b *browser) friend(name, url string, before ...step) *tab {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	b.t.Cleanup(cancel)
	p := &tab{b.t, ctx, name}
	p.first()
	p.run(before...)
	p.run(chromedp.Navigate(url))
	return p
}

// first makes the tab: its context must not end with a timeout.
func (p *tab) first() {
	p.t.Helper()
	if err := chromedp.Do(p.ctx); err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
}

type step = chromedp.Action[chromedp.Void]

func (p *tab) run(steps ...step) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
}

// eval returns the value of a JavaScript expression.
func eval[T any](p *tab, js string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js))
	if err != nil {
		p.t.Fatalf("%s: %s: %v", p.name, js, err)
	}
	return v
}

// wait waits until a JavaScript expression is true.
func (p *tab) wait(what, js string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	defer cancel()
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+js+")"))
		if err == nil && ok {
			return
		}
		if ctx.Err() != nil {
			p.screenshot("failed")
			text, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string](`document.body.innerText + "\n— overlay: " + (document.querySelector("partykit-overlay")?.shadowRoot?.textContent ?? "")`))
			p.t.Fatalf("%s: waited in vain for %s (%v). The page says:\n%s", p.name, what, err, text)
		}
		pause()
	}
}

// click presses a button as a mouse does.
func (p *tab) click(selector string) {
	p.t.Helper()
	p.run(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// overlay is a JavaScript expression for something in the overlay.
func overlay(selector string) string {
	return fmt.Sprintf(`document.querySelector("partykit-overlay")?.shadowRoot?.querySelector(%q)`, selector)
}

// clickOverlay presses a button of the overlay.
func (p *tab) clickOverlay(selector string) {
	p.t.Helper()
	p.wait(selector, overlay(selector))
	p.run(chromedp.Click(chromedp.JSPath(overlay(selector)), chromedp.NodeVisible))
}

// opened waits for the tab that an action opens, and returns it.
func (p *tab) opened(name string, action func()) *tab {
	p.t.Helper()
	ids := chromedp.WaitNewTarget(p.ctx, func(i *target.Info) bool { return i.Type == "page" })
	action()
	select {
	case id := <-ids:
		ctx, cancel := chromedp.NewContext(p.ctx, chromedp.WithTargetID(id))
		p.t.Cleanup(cancel)
		n := &tab{p.t, ctx, name}
		n.first()
		return n
	case <-time.After(30 * time.Second):
		p.t.Fatalf("%s: no tab was opened", p.name)
		return nil
	}
}

// hold keeps a key down while fn runs.
func (p *tab) hold(key string, fn func()) {
	p.t.Helper()
	press := func(kind input.DispatchKeyEventType) step {
		return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kind, Key: key, Code: key})
			return err
		})
	}
	p.run(press(input.DispatchKeyEventTypeKeyDown))
	defer p.run(press(input.DispatchKeyEventTypeKeyUp))
	fn()
}

// close closes the tab as its cross does.
func (p *tab) close() {
	p.t.Helper()
	if err := chromedp.Cancel(p.ctx); err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
}

// pictures is where screenshots go: PARTYKIT_PICTURES, else nowhere.
var pictures = os.Getenv("PARTYKIT_PICTURES")

func (p *tab) screenshot(name string) {
	if pictures == "" {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, 10*time.Second)
	defer cancel()
	b, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Logf("%s: no screenshot: %v", p.name, err)
		return
	}
	if err := os.WriteFile(filepath.Join(pictures, name+".png"), b, 0o644); err != nil {
		p.t.Log(err)
	}
}

// places is what the demo game says of the others it draws.
func (p *tab) places() map[string]struct{ X, Y float64 } {
	p.t.Helper()
	v := map[string]struct{ X, Y float64 }{}
	if err := json.Unmarshal([]byte(eval[string](p, `document.body.dataset.peers || "{}"`)), &v); err != nil {
		p.t.Fatal(err)
	}
	return v
}

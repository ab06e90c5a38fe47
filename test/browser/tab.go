package browser

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// A Tab is one page that somebody has open. What goes wrong in it ends the
// test with the tab's name.
type Tab struct {
	t    *testing.T
	ctx  context.Context
	name string
}

// Step is something that is done in a tab.
type Step = chromedp.Action[chromedp.Void]

// Run does one step after the other.
func (p *Tab) Run(steps ...Step) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
}

// Go goes to an address.
func (p *Tab) Go(url string) {
	p.t.Helper()
	p.Run(chromedp.Navigate(url))
}

// Eval returns the value of a JavaScript expression, of a promise what it
// resolves to.
func Eval[T any](p *Tab, js string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %s: %v", p.name, js, err)
	}
	return v
}

// Wait waits until a JavaScript expression is true.
func (p *Tab) Wait(what, js string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+js+")"))
		if err == nil && ok {
			return
		}
		if ctx.Err() != nil {
			p.Picture("failed")
			text, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string](`document.body.innerText + "\n— overlay: " + (document.querySelector("partykit-overlay")?.shadowRoot?.textContent ?? "")`))
			p.t.Fatalf("%s: waited in vain for %s (%v). The page says:\n%s", p.name, what, err, text)
		}
		<-time.After(50 * time.Millisecond) // a browser runs on its own clock
	}
}

// Another opens a second tab beside this one, of the same person.
func (p *Tab) Another(name, url string) *Tab {
	p.t.Helper()
	ctx, cancel := chromedp.NewContext(p.ctx)
	return newTab(p.t, ctx, cancel, name, url)
}

// Opened returns the tab that an action opens.
func (p *Tab) Opened(name string, action func()) *Tab {
	p.t.Helper()
	ids := chromedp.WaitNewTarget(p.ctx, func(i *target.Info) bool { return i.Type == "page" })
	action()
	select {
	case id := <-ids:
		ctx, cancel := chromedp.NewContext(p.ctx, chromedp.WithTargetID(id))
		return newTab(p.t, ctx, cancel, name, "")
	case <-time.After(patience):
		p.t.Fatalf("%s: no tab was opened", p.name)
		return nil
	}
}

// Close closes the tab as its cross does.
func (p *Tab) Close() {
	p.t.Helper()
	if err := chromedp.Cancel(p.ctx); err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
}

// Screen gives the tab a screen of its own.
func (p *Tab) Screen(width, height int64, scale float64) {
	p.t.Helper()
	p.Run(chromedp.EmulateViewport(width, height, chromedp.EmulateScale(scale)))
}

// Prefer sets what the tab's owner prefers: light or dark, and always nothing
// that moves, so that a picture shows where things come to rest.
func (p *Tab) Prefer(scheme string) {
	p.t.Helper()
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}}
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, media); err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
}

// Shot is what the tab shows, as a PNG.
func (p *Tab) Shot() ([]byte, error) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.CaptureScreenshot())
}

// pictures is where screenshots for the eye go: PARTYKIT_PICTURES, else
// nowhere.
var pictures = os.Getenv("PARTYKIT_PICTURES")

// Picture keeps what the tab shows, for somebody to look at.
func (p *Tab) Picture(name string) {
	if pictures == "" {
		return
	}
	b, err := p.Shot()
	if err == nil {
		err = os.WriteFile(filepath.Join(pictures, name+".png"), b, 0o644)
	}
	if err != nil {
		p.t.Logf("%s: no picture: %v", p.name, err)
	}
}

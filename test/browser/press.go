package browser

import (
	"context"
	"fmt"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// Click presses what a CSS selector finds, as a mouse does, once it is seen.
func (p *Tab) Click(selector string) {
	p.t.Helper()
	p.Run(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// Press presses what a JavaScript expression names, once it is there and seen.
func (p *Tab) Press(js string) {
	p.t.Helper()
	p.Wait(js, js)
	p.Run(chromedp.Click(chromedp.JSPath(js), chromedp.NodeVisible))
}

// PressText presses the element of a kind that shows a text.
func (p *Tab) PressText(selector, text string) {
	p.t.Helper()
	p.Press(fmt.Sprintf(`[...document.querySelectorAll(%q)].find((e) => e.textContent.includes(%q))`, selector, text))
}

// Overlay is a JavaScript expression for something in the overlay.
func Overlay(selector string) string {
	return fmt.Sprintf(`document.querySelector("partykit-overlay")?.shadowRoot?.querySelector(%q)`, selector)
}

// OverlayText is one for the element of a kind in the overlay that shows a
// text.
func OverlayText(selector, text string) string {
	return fmt.Sprintf(`[...(document.querySelector("partykit-overlay")?.shadowRoot?.querySelectorAll(%q) ?? [])].find((e) => e.textContent.includes(%q) && e.checkVisibility())`, selector, text)
}

// Type writes into a field as a keyboard does.
func (p *Tab) Type(selector, text string) {
	p.t.Helper()
	p.Run(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// TypeInto writes into the field that a JavaScript expression names.
func (p *Tab) TypeInto(js, text string) {
	p.t.Helper()
	p.Wait(js, js)
	p.Run(chromedp.SendKeys(chromedp.JSPath(js), text))
}

// Focus moves the keyboard's focus.
func (p *Tab) Focus(selector string) {
	p.t.Helper()
	p.Run(chromedp.Focus(chromedp.CSS(selector)))
}

// Hold keeps a key down while fn runs.
func (p *Tab) Hold(key string, fn func()) {
	p.t.Helper()
	press := func(kind input.DispatchKeyEventType) Step {
		return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kind, Key: key, Code: key})
			return err
		})
	}
	p.Run(press(input.DispatchKeyEventTypeKeyDown))
	defer p.Run(press(input.DispatchKeyEventTypeKeyUp))
	fn()
}

// WithoutScript is a browser that runs no script on the pages of a tab.
func WithoutScript() Step {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
}

// Reload loads the page again.
func (p *Tab) Reload() {
	p.t.Helper()
	p.Run(chromedp.Reload())
}

// Text is what an element shows, also where no script runs.
func (p *Tab) Text(selector string) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS(selector)))
	if err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
	return text
}

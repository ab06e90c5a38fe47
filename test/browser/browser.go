// Package browser drives a real Chromium in tests: people with browsers of
// their own, their tabs, what they press and what they see.
//
// It needs Debian's chromium-headless-shell or chromium, which `make test`
// installs. A missing browser fails the test; nothing is skipped.
package browser

import (
	"context"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// patience is how long anything in a browser may take.
const patience = time.Minute

// A Browser is one Chromium. Its people are isolated from each other, as if
// each had a machine.
type Browser struct {
	t   *testing.T
	ctx context.Context
}

// Start starts a browser that ends with the test.
func Start(t *testing.T) *Browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program(t)),
		chromedp.NoSandbox,
		chromedp.Flag("ignore-certificate-errors", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.WindowSize(1100, 760),
		chromedp.WSURLReadTimeout(patience),
	)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(func() { closeTab(); stop() })
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("starting the browser: %v", err)
	}
	return &Browser{t, ctx}
}

// program is where the machine has its Chromium.
func program(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no browser: install Debian's chromium-headless-shell (make test does)")
	return ""
}

// Person opens an address as somebody new: no cookies, no storage shared. What
// is to be done before the page loads comes after the address.
func (b *Browser) Person(name, url string, before ...Step) *Tab {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	return newTab(b.t, ctx, cancel, name, url, before...)
}

// newTab makes the tab of a context and opens an address in it.
func newTab(t *testing.T, ctx context.Context, cancel func(), name, url string, before ...Step) *Tab {
	t.Helper()
	t.Cleanup(cancel)
	p := &Tab{t, ctx, name}
	if err := chromedp.Do(p.ctx); err != nil { // a context that makes its tab must not end with a timeout
		t.Fatalf("%s: %v", name, err)
	}
	p.Run(before...)
	if url != "" {
		p.Run(chromedp.Navigate(url))
	}
	return p
}

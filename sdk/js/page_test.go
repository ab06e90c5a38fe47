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
		p.t.Fatalf("waited in vain for %s: %v\noverlay: %s", js, err, p.eval(overlay+`?.shadowRoot.innerHTML`))
	}
}

func (p *page) want(js, want string) {
	p.t.Helper()
	if got := p.eval(js); got != want {
		p.t.Errorf("%s\n got %s\nwant %s", js, got, want)
	}
}

// overlay is an expression for the overlay.
const overlay = `document.querySelector("partykit-overlay")`

// in is a JavaScript expression for something in the overlay.
func in(selector string) string {
	return fmt.Sprintf(overlay+`.shadowRoot.querySelector(%q)`, selector)
}

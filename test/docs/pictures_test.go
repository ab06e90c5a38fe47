package docs_test

import (
	"bytes"
	"flag"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"partykit/client"
	"partykit/party"
)

var update = flag.Bool("update", false, "take the pictures in docs/pictures anew")

// TestPictures takes the pictures that the pages show: the demo game with
// friends on their way, the invite dialog, and the invite page on a phone and a
// desktop, light and dark. Without -update it only shows that they can be
// taken.
func TestPictures(t *testing.T) {
	m := newMachine(t)
	m.start("dev")
	dir := filepath.Join(root, "docs", "pictures")
	if !*update {
		dir = t.TempDir()
	}
	take := func(p *tab, name string) {
		t.Helper()
		b, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		shot, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		var small bytes.Buffer
		if err := jpeg.Encode(&small, shot, &jpeg.Options{Quality: 85}); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, name+".jpg")
		write(t, file, small.String())
		checkPicture(t, file)
	}

	ada := browse(t, "about:blank")
	ada.size(1200, 750, 1)
	ada.prefers("light")
	ada.do(chromedp.Navigate(m.url + "/play/"))
	ada.play()
	ada.click(`document.querySelector("#levels")`)
	ada.click(`[...document.querySelectorAll("#levels-list button")].find((level) => level.textContent.includes("Ruins"))`)
	ada.wait("the ruins", `document.body.dataset.phase === "playing" && document.querySelector("#place").textContent === "Ruins"`)
	link := ada.invite()
	ada.click(overlay(".close"))

	page := ada.stranger(link)
	ben := page.opens(func() { page.click(`document.querySelector("#start button")`) })
	ben.size(1200, 750, 1)
	ben.play()
	ada.wait("the friend", `document.querySelectorAll("#party li").length === 2`)

	// A third one is on its way, for as long as the pictures take.
	carol, err := client.Dial(t.Context(), client.Options{URL: m.url, Game: "demo"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(carol.Close)
	if err := carol.Join(t.Context(), client.JoinOptions{Code: link}); err != nil {
		t.Fatal(err)
	}
	carol.Loading(client.Loading{Phase: "downloading", Message: "Fetching Ruins", Progress: new(0.42)})
	if _, err := carol.Until(t.Context(), func(s party.Snapshot) bool { return len(s.Members) == 3 }); err != nil {
		t.Fatal(err)
	}
	ada.wait("the badge", overlay(".badge")+`?.textContent.includes("42")`)
	take(ada, "badges")
	ada.invite()
	take(ada, "dialog")

	guest := ada.stranger("about:blank")
	for _, screen := range []struct {
		name          string
		width, height int64
		scale         float64
	}{{"phone", 390, 844, 2}, {"desktop", 1200, 750, 1}} {
		for _, scheme := range []string{"light", "dark"} {
			guest.size(screen.width, screen.height, screen.scale)
			guest.prefers(scheme)
			guest.do(chromedp.Navigate(link))
			guest.wait("the friend on the way", `document.querySelector("#people").textContent.includes("42")`)
			take(guest, strings.Join([]string{"landing", screen.name, scheme}, "-"))
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) < 6 {
		t.Errorf("%d pictures were taken, %v", len(entries), err)
	}
}

// invite opens the dialog and returns its link.
func (p *tab) invite() string {
	p.t.Helper()
	p.click(`document.querySelector("#invite")`)
	p.wait("the link", overlay("#link")+`?.value.startsWith("http")`)
	p.wait("the QR code", overlay("dialog img")+`?.complete`)
	return p.eval(overlay("#link") + ".value")
}

// play goes from the start, or an invite, into the level.
func (p *tab) play() {
	p.t.Helper()
	phase := `document.body.dataset.phase`
	p.wait("the demo", `["ready", "tutorial", "playing"].includes(`+phase+`)`)
	if p.eval(phase) == "ready" {
		p.click(`document.querySelector("#play")`)
	}
	p.wait("the lesson", `["tutorial", "playing"].includes(`+phase+`)`)
	if p.eval(phase) == "tutorial" {
		p.learn()
	}
	p.wait("the level", phase+` === "playing"`)
}

// learn walks to the right until the lesson is over.
func (p *tab) learn() {
	p.t.Helper()
	key := `document.querySelector("#stage").focus(); window.dispatchEvent(new KeyboardEvent("%s", { key: "ArrowRight", code: "ArrowRight", bubbles: true })); ""`
	p.eval(strings.Replace(key, "%s", "keydown", 1))
	p.wait("the end of the lesson", `document.body.dataset.phase === "playing"`)
	p.eval(strings.Replace(key, "%s", "keyup", 1))
}

// stranger opens an address as somebody with a browser of their own.
func (p *tab) stranger(url string) *tab {
	p.t.Helper()
	ctx, cancel := chromedp.NewContext(p.ctx, chromedp.WithNewBrowserContext())
	p.t.Cleanup(cancel)
	n := &tab{p.t, ctx}
	n.open(url)
	return n
}

// size gives the tab a screen.
func (p *tab) size(width, height int64, scale float64) {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(width, height, chromedp.EmulateScale(scale)))
}

// prefers sets what the tab's owner prefers: light or dark, and always nothing
// that moves, so that a picture shows where things come to rest.
func (p *tab) prefers(scheme string) {
	p.t.Helper()
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}}
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, media); err != nil {
		p.t.Fatal(err)
	}
}

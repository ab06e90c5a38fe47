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

	"partykit/client"
	"partykit/party"
	"partykit/test/browser"
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
	take := func(p *browser.Tab, name string) {
		t.Helper()
		b, err := p.Shot()
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

	br := browser.Start(t)
	ada := br.Person("Ada", "about:blank")
	ada.Screen(1200, 750, 1)
	ada.Prefer("light")
	ada.Go(m.url + "/play/")
	play(t, ada)
	ada.Click("#levels")
	ada.Press(`[...document.querySelectorAll("#levels-list button")].find((level) => level.textContent.includes("Ruins"))`)
	ada.Wait("the ruins", `document.body.dataset.phase === "playing" && document.querySelector("#place").textContent === "Ruins"`)
	link := invite(t, ada)
	ada.Press(browser.Overlay(".close"))

	page := br.Person("Ben's page", link)
	ben := page.Opened("Ben", func() { page.Click("#start button") })
	ben.Screen(1200, 750, 1)
	play(t, ben)
	ada.Wait("the friend", `document.querySelectorAll("#party li").length === 2`)

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
	ada.Wait("the badge", browser.Overlay(".badge")+`?.textContent.includes("42")`)
	take(ada, "badges")
	invite(t, ada)
	take(ada, "dialog")

	guest := br.Person("a guest", "about:blank")
	for _, screen := range []struct {
		name          string
		width, height int64
		scale         float64
	}{{"phone", 390, 844, 2}, {"desktop", 1200, 750, 1}} {
		for _, scheme := range []string{"light", "dark"} {
			guest.Screen(screen.width, screen.height, screen.scale)
			guest.Prefer(scheme)
			guest.Go(link)
			guest.Wait("the friend on the way", `document.querySelector("#people").textContent.includes("42")`)
			take(guest, strings.Join([]string{"landing", screen.name, scheme}, "-"))
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) < 6 {
		t.Errorf("%d pictures were taken, %v", len(entries), err)
	}
}

// invite opens the dialog and returns its link.
func invite(t *testing.T, p *browser.Tab) string {
	t.Helper()
	p.Click("#invite")
	p.Wait("the link", browser.Overlay("#link")+`?.value.startsWith("http")`)
	p.Wait("the QR code", browser.Overlay("dialog img")+`?.complete`)
	return browser.Eval[string](p, browser.Overlay("#link")+".value")
}

// play goes from the start, or an invite, into the level.
func play(t *testing.T, p *browser.Tab) {
	t.Helper()
	phase := `document.body.dataset.phase`
	p.Wait("the demo", `["ready", "tutorial", "playing"].includes(`+phase+`)`)
	if browser.Eval[string](p, phase) == "ready" {
		p.Click("#play")
	}
	p.Wait("the lesson", `["tutorial", "playing"].includes(`+phase+`)`)
	if browser.Eval[string](p, phase) == "tutorial" {
		learn(t, p)
	}
	p.Wait("the level", phase+` === "playing"`)
}

// learn walks to the right until the lesson is over.
func learn(t *testing.T, p *browser.Tab) {
	t.Helper()
	p.Focus("#stage")
	p.Hold("ArrowRight", func() { p.Wait("the end of the lesson", `document.body.dataset.phase === "playing"`) })
}

package docs_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/jpeg"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"partykit/client"
	"partykit/test/browser"
)

// TestStart follows docs/start.md from the first line to the last, as somebody
// would who has never seen PartyKit: its commands are run as they stand there,
// its game is opened in a browser, a friend comes by the link. Only what cannot
// be the same on every machine is replaced: ports, and where a certificate
// lies.
func TestStart(t *testing.T) {
	p := pages(t)["docs/start.md"]
	w := newWalk(t, p)

	w.section("1. Start a server for yourself")
	w.answers(w.url+"/play/", http.StatusOK)

	w.section("2. Bring the party into your game")
	w.section("3. Test alone")
	w.playAlone()

	w.section("4. A phone in the same network")
	var g struct {
		Launch  struct{ Web string }
		Origins []string
	}
	if err := json.Unmarshal(w.partykit("game", "show", "my-game", "--json"), &g); err != nil {
		t.Fatal(err)
	}
	if g.Launch.Web != "http://192.168.1.20:5173/" || !slices.Contains(g.Origins, "http://192.168.1.20:5173") || !slices.Contains(g.Origins, w.game) {
		t.Errorf("after the section on phones the game is %+v", g)
	}

	w.elsewhere()
	w.section("5. Go live")
	w.answers(w.url+"/healthz", http.StatusOK)
	if got := w.connect("https://play.example.com"); got != "kit_not_activated" {
		t.Errorf("at the end of the section on going live, which deactivates the game, its clients are told %q", got)
	}
	if !w.sawActive {
		t.Error("the game was never active")
	}
	w.stop()
	if len(w.unused) > 0 {
		t.Errorf("docs/start.md has blocks that were not followed: %v", w.unused)
	}
}

// The codes that the page explains are codes, and the links beside them lead to
// the same.
func TestStartExplainsCodes(t *testing.T) {
	errors := pages(t)["docs/errors.md"].anchors()
	for _, row := range pages(t)["docs/start.md"].table(t, "code") {
		if !strings.HasPrefix(row[0], "[") {
			continue
		}
		c := code(row[0])[0]
		if !errors[c] || !strings.Contains(row[0], "errors.md#"+c+")") {
			t.Errorf("%s is not a code that errors.md explains", row[0])
		}
	}
}

// walk is somebody on their way through the page.
type walk struct {
	t      *testing.T
	page   *page
	unused []string

	machine
	game      string // origin of the developer's game
	sawActive bool
}

func newWalk(t *testing.T, p *page) *walk {
	w := &walk{t: t, page: p}
	for _, b := range p.blocks {
		w.unused = append(w.unused, b.section)
	}
	w.machine = newMachine(t)
	return w
}

// section does what the blocks of a section say.
func (w *walk) section(name string) {
	w.t.Helper()
	found := false
	for _, b := range w.page.blocks {
		if b.section != name {
			continue
		}
		found = true
		w.unused = w.unused[1:]
		if b.language == "html" {
			dir := filepath.Join(w.dir, "my-game")
			if err := os.Mkdir(dir, 0o700); err != nil {
				w.t.Fatal(err)
			}
			write(w.t, filepath.Join(dir, "index.html"), w.here(b.text))
			continue
		}
		for _, line := range b.commands() {
			w.command(line)
		}
	}
	if !found {
		w.t.Fatalf("docs/start.md has no section %q with something to do", name)
	}
}

// here replaces what differs on this machine.
func (w *walk) here(text string) string {
	return strings.NewReplacer(
		"localhost:7700", "localhost:"+w.port,
		"--listen :443", "--listen 127.0.0.1:"+w.port,
		"/etc/ssl/party.example.com.pem", filepath.Join(w.dir, "cert.pem"),
		"/etc/ssl/party.example.com.key", filepath.Join(w.dir, "key.pem"),
	).Replace(text)
}

func (w *walk) command(line string) {
	w.t.Helper()
	words := split(w.here(line))
	switch words[0] {
	case "make": // the program is built already; TestCommands knows the target
	case "python3": // any server of files
		files := httptest.NewServer(http.FileServer(http.Dir(filepath.Join(w.dir, "my-game"))))
		w.t.Cleanup(files.Close)
		_, port, _ := net.SplitHostPort(files.Listener.Addr().String())
		w.game = "http://localhost:" + port
	case "partykit", "./partykit":
		switch words[1] {
		case "dev", "serve":
			w.start(words[1:]...)
		default:
			w.partykit(words[1:]...)
			if w.game == "" && slices.Contains(words, "activate") {
				w.sawActive = w.connect("https://play.example.com") == ""
			}
		}
	default:
		w.t.Fatalf("docs/start.md says %q, and nobody knows how to test that", line)
	}
}

// elsewhere goes on on another machine, where players come from the network.
func (w *walk) elsewhere() {
	w.t.Helper()
	w.stop()
	w.machine = newMachine(w.t)
	w.game = ""
	w.certify()
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 600, 300)), nil); err != nil {
		w.t.Fatal(err)
	}
	write(w.t, filepath.Join(w.dir, "cover.jpg"), picture.String())
}

// connect returns the code with which a client of an origin is refused, ""
// when it is welcome.
func (w *walk) connect(origin string) string {
	w.t.Helper()
	c, err := client.Dial(w.t.Context(), client.Options{URL: w.url, Game: "my-game", Origin: origin, HTTPClient: w.client, NoReconnect: true})
	if err == nil {
		c.Close()
		return ""
	}
	return string(client.CodeOf(err))
}

// split is a shell's way of reading words, quotes included.
func split(line string) []string {
	var words []string
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 1 {
			words = append(words, part)
		} else {
			words = append(words, strings.Fields(part)...)
		}
	}
	return words
}

// TestFirstParty opens the README's five lines as the README says: a page on
// this machine while dev runs, with a game that nobody has registered.
func TestFirstParty(t *testing.T) {
	m := newMachine(t)
	m.start("dev")
	html := ""
	for _, b := range pages(t)["README.md"].blocks {
		if b.language == "html" {
			html = strings.ReplaceAll(b.text, "localhost:7700", "localhost:"+m.port)
		}
	}
	game := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(html))
	}))
	t.Cleanup(game.Close)
	p := browser.Start(t).Person("the developer", game.URL)
	p.Wait("the button to work", `document.querySelector("button")?.onclick`)
	p.Click("button")
	p.Wait("the link", browser.Overlay("#link")+`?.value.startsWith("`+m.url+`/join/")`)
	page := p.Another("the page", browser.Eval[string](p, browser.Overlay("#link")+".value"))
	page.Wait("the player", `document.querySelectorAll("#people li").length === 1`)
}

package demo

import (
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func get(t *testing.T, h http.Handler, method, target string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestServesTheGame(t *testing.T) {
	h := Handler(Options{})
	for _, c := range []struct {
		target, kind string
		status       int
	}{
		{"/play", "", 301},
		{"/play/", "text/html; charset=utf-8", 200},
		{"/play/index.html", "text/html; charset=utf-8", 200},
		{"/play/main.js", "text/javascript; charset=utf-8", 200},
		{"/play/levels/meadow.js", "text/javascript; charset=utf-8", 200},
		{"/play/style.css", "text/css; charset=utf-8", 200},
		{"/play/icon.svg", "image/svg+xml", 200},
		{"/play/levels", "", 404},
		{"/play/nothing.js", "", 404},
		{"/play/..%2fdemo.go", "", 404},
		{"/play/pack/tutorial.bin", "", 404},
		{"/play/pack/meadow", "", 404},
	} {
		r := get(t, h, "GET", c.target)
		if r.StatusCode != c.status {
			t.Errorf("GET %s: status %d, want %d", c.target, r.StatusCode, c.status)
		}
		if kind := r.Header.Get("Content-Type"); c.kind != "" && kind != c.kind {
			t.Errorf("GET %s: type %q, want %q", c.target, kind, c.kind)
		}
		if r.Header.Get("Content-Security-Policy") == "" || r.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("GET %s: without its policy: %v", c.target, r.Header)
		}
	}
	if r := get(t, h, "POST", "/play/"); r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST /play/: status %d, want 405", r.StatusCode)
	}
}

func TestUnchangedFilesAreNotSentAgain(t *testing.T) {
	h := Handler(Options{PackSize: 100, Kbps: -1})
	for _, target := range []string{"/play/", "/play/main.js", "/play/pack/ruins.bin"} {
		first := get(t, h, "GET", target)
		again := get(t, h, "GET", target, "If-None-Match", first.Header.Get("ETag"))
		if again.StatusCode != http.StatusNotModified || body(t, again) != "" {
			t.Errorf("%s: status %d, want 304", target, again.StatusCode)
		}
	}
	here, there := get(t, h, "GET", "/play/"), get(t, Handler(Options{ServerURL: "https://party.example"}), "GET", "/play/")
	if here.Header.Get("ETag") == there.Header.Get("ETag") {
		t.Error("pages for different servers have the same ETag")
	}
}

func TestServerOnAnotherOrigin(t *testing.T) {
	for _, c := range []struct{ address, meta, policy string }{
		{"", `content=""`, "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
		{"https://party.example:7700/", `content="https://party.example:7700"`, "default-src 'none'; script-src 'self' https://party.example:7700; style-src 'self'; connect-src 'self' https://party.example:7700 wss://party.example:7700; img-src 'self' data: https://party.example:7700; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
		{"http://localhost:7700", `content="http://localhost:7700"`, "default-src 'none'; script-src 'self' http://localhost:7700; style-src 'self'; connect-src 'self' http://localhost:7700 ws://localhost:7700; img-src 'self' data: http://localhost:7700; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
	} {
		r := get(t, Handler(Options{ServerURL: c.address}), "GET", "/play/")
		if diff := cmp.Diff(c.policy, r.Header.Get("Content-Security-Policy")); diff != "" {
			t.Errorf("server %q: policy (-want +got):\n%s", c.address, diff)
		}
		if page := body(t, r); !strings.Contains(page, `<meta name="partykit-server" `+c.meta+`>`) {
			t.Errorf("server %q: the page does not name it by %s", c.address, c.meta)
		}
	}
}

func TestServerThatIsNoAddress(t *testing.T) {
	for _, address := range []string{"party.example", "javascript:alert(1)", "ftp://party.example", "https://", "://"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("ServerURL %q was taken", address)
				}
			}()
			Handler(Options{ServerURL: address})
		}()
	}
}

// The policy forbids inline script and style; the page must do without.
func TestPageObeysItsPolicy(t *testing.T) {
	page, err := fs.ReadFile(files, "play/index.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, forbidden := range []string{`<style`, `\sstyle=`, `\son[a-z]+=`, `javascript:`, `<script[^>]*>[^<]`} {
		if found := regexp.MustCompile(forbidden).FindAll(page, -1); found != nil {
			t.Errorf("index.html has %q", found)
		}
	}
	for _, link := range regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllSubmatch(page, -1) {
		if _, err := fs.Stat(files, "play/"+string(link[1])); err != nil {
			t.Errorf("index.html wants %s: %v", link[1], err)
		}
	}
}

// Every identifier that the scripts look up stands in the page.
func TestScriptsFindTheirElements(t *testing.T) {
	page, hud := read(t, "play/index.html"), read(t, "play/hud.js")
	for _, id := range regexp.MustCompile(`\$\("([a-z-]+)"\)`).FindAllStringSubmatch(hud, -1) {
		if !strings.Contains(page, `id="`+id[1]+`"`) {
			t.Errorf("hud.js wants #%s, which index.html has not", id[1])
		}
	}
}

// The colours of PartyKit stand in one place; the game keeps copies so that it can be taken away whole.
func TestColoursAreThoseOfTheHouse(t *testing.T) {
	house, err := os.ReadFile("../../web/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	token := regexp.MustCompile(`(--pk-[a-z-]+): ([^;]+);`)
	known := map[string]bool{}
	for _, m := range token.FindAllStringSubmatch(string(house), -1) {
		known[m[0]] = true
	}
	for _, m := range token.FindAllStringSubmatch(read(t, "play/style.css"), -1) {
		if !known[m[0]] {
			t.Errorf("style.css says %s, web/tokens.css does not", m[0])
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := fs.ReadFile(files, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPacks(t *testing.T) {
	h := Handler(Options{PackSize: 300_000, Kbps: -1})
	seen := map[string]bool{}
	for _, level := range levelNames {
		r := get(t, h, "GET", "/play/pack/"+level+".bin")
		pack := body(t, r)
		if r.Header.Get("Content-Length") != "300000" || len(pack) != 300_000 || !strings.HasPrefix(pack, packMagic) {
			t.Errorf("%s: %d bytes announced as %s", level, len(pack), r.Header.Get("Content-Length"))
		}
		if pack != body(t, get(t, h, "GET", "/play/pack/"+level+".bin")) {
			t.Errorf("%s: two downloads differ", level)
		}
		seen[pack] = true
		if head := get(t, h, "HEAD", "/play/pack/"+level+".bin"); head.Header.Get("Content-Length") != "300000" || body(t, head) != "" {
			t.Errorf("%s: HEAD answers a body or no length", level)
		}
	}
	if len(seen) != len(levelNames) {
		t.Error("two levels have the same pack")
	}
	for _, kbps := range []string{"0", "-1", "255", "fast", "99999999999999999999"} {
		if r := get(t, h, "GET", "/play/pack/meadow.bin?kbps="+kbps); r.StatusCode != http.StatusBadRequest {
			t.Errorf("kbps=%s: status %d, want 400", kbps, r.StatusCode)
		}
	}
}

func TestEveryLevelHasAPack(t *testing.T) {
	entries, err := fs.ReadDir(files, "play/levels")
	if err != nil {
		t.Fatal(err)
	}
	var levels []string
	for _, e := range entries {
		if name := strings.TrimSuffix(e.Name(), ".js"); name != "index" && name != "tutorial" {
			levels = append(levels, name)
		}
	}
	packed := slices.Clone(levelNames)
	slices.Sort(packed)
	if diff := cmp.Diff(levels, packed); diff != "" {
		t.Errorf("levels and packs (-levels +packs):\n%s", diff)
	}
}

// A pack takes as long as its size and pace say, whoever asks for the pace.
func TestPackIsPaced(t *testing.T) {
	for _, c := range []struct {
		options Options
		query   string
		want    time.Duration
	}{
		{Options{PackSize: 1_000_000, Kbps: 4_000}, "", 2 * time.Second},
		{Options{PackSize: 1_000_000, Kbps: 4_000}, "?kbps=1000", 8 * time.Second},
		{Options{}, "", 3400 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			w := httptest.NewRecorder()
			w.Body = nil
			Handler(c.options).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/play/pack/meadow.bin"+c.query, nil))
			if took := time.Since(start); took < c.want*9/10 || took > c.want*11/10 {
				t.Errorf("%+v %s: took %v, want about %v", c.options, c.query, took, c.want)
			}
		})
	}
}

// The first bytes arrive long before the last, and a reader that goes away ends the sending.
func TestPackArrivesBitByBit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &counter{header: http.Header{}}
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/play/pack/meadow.bin", nil)
		go Handler(Options{PackSize: 1 << 20, Kbps: 1000}).ServeHTTP(out, r)
		time.Sleep(time.Second + time.Millisecond)
		if sent, flushed := out.sent.Load(), out.flushed.Load(); sent < 100_000 || sent > 150_000 || flushed < 10 {
			t.Errorf("after a second of 1,000 kbit/s: %d bytes in %d flushes", sent, flushed)
		}
		out.gone.Store(true)
		time.Sleep(time.Second)
		if tries := out.refused.Load(); tries != 1 {
			t.Errorf("sending went on %d times after the reader had gone", tries)
		}
	})
}

// A counter is a browser that counts, until it is gone.
type counter struct {
	header                 http.Header
	sent, flushed, refused atomic.Int64
	gone                   atomic.Bool
}

func (c *counter) Header() http.Header { return c.header }
func (c *counter) WriteHeader(int)     {}
func (c *counter) Flush()              { c.flushed.Add(1) }
func (c *counter) Write(p []byte) (int, error) {
	if c.gone.Load() {
		c.refused.Add(1)
		return 0, io.ErrClosedPipe
	}
	c.sent.Add(int64(len(p)))
	return len(p), nil
}

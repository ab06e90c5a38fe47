package sdkjs

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partykit/sdk/js/internal/bundle"
)

// The committed files are those that the sources build to.
func TestDistIsFresh(t *testing.T) {
	want, err := bundle.Build(".")
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string][]byte)
	for name, f := range load() {
		got[name] = f.plain
	}
	if len(got) != len(want) {
		t.Errorf("dist holds %d files, want %d", len(got), len(want))
	}
	for name := range want {
		if !bytes.Equal(got[name], want[name]) {
			t.Errorf("dist/%s is stale: run go generate ./sdk/js", name)
		}
	}
}

// The core is waited for before a game can start; the rest is loaded later.
func TestBudgets(t *testing.T) {
	files := load()
	for name, most := range map[string]int{"partykit.js": 10 << 10, "partykit.global.js": 10 << 10, "calls.js": 4 << 10, "moves.js": 4 << 10, "overlay.js": 8 << 10, "door.js": 4 << 10, "questions.js": 2 << 10, "report.js": 2 << 10} {
		size := len(files[name].gzipped)
		t.Logf("%s: %d bytes, %d gzipped", name, len(files[name].plain), size)
		if size == 0 || size > most {
			t.Errorf("%s takes %d bytes gzipped, budget %d", name, size, most)
		}
	}
}

func get(t *testing.T, method, path string, header map[string]string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func TestHandlerServesEveryOrigin(t *testing.T) {
	for path, contentType := range map[string]string{
		"/sdk/v1/partykit.js":          "text/javascript; charset=utf-8",
		"/sdk/v1/partykit.global.js":   "text/javascript; charset=utf-8",
		"/sdk/v1/calls.js":             "text/javascript; charset=utf-8",
		"/sdk/v1/moves.js":             "text/javascript; charset=utf-8",
		"/sdk/v1/overlay.js":           "text/javascript; charset=utf-8",
		"/sdk/v1/door.js":              "text/javascript; charset=utf-8",
		"/sdk/v1/questions.js":         "text/javascript; charset=utf-8",
		"/sdk/v1/report.js":            "text/javascript; charset=utf-8",
		"/sdk/v1/partykit.d.ts":        "application/typescript; charset=utf-8",
		"/sdk/v1/partykit.global.d.ts": "application/typescript; charset=utf-8",
	} {
		res := get(t, "GET", path, nil)
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile("dist" + path[len("/sdk/v1"):])
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != http.StatusOK || !bytes.Equal(body, want) {
			t.Errorf("%s: status %d, %d bytes, want %d", path, res.StatusCode, len(body), len(want))
		}
		got := map[string]string{}
		for name := range res.Header {
			if name != "Etag" && name != "Content-Length" {
				got[name] = res.Header.Get(name)
			}
		}
		if diff := cmp.Diff(map[string]string{
			"Access-Control-Allow-Origin":  "*",
			"Cross-Origin-Resource-Policy": "cross-origin",
			"Cache-Control":                "no-cache",
			"Content-Type":                 contentType,
			"Vary":                         "Accept-Encoding",
			"X-Content-Type-Options":       "nosniff",
		}, got); diff != "" {
			t.Errorf("%s: headers (-want +got):\n%s", path, diff)
		}
	}
}

func TestHandlerCompresses(t *testing.T) {
	const path = "/sdk/v1/partykit.js"
	res := get(t, "GET", path, map[string]string{"Accept-Encoding": "br, gzip"})
	if got := res.Header.Get("Content-Encoding"); got != "gzip" {
		t.Fatalf("Content-Encoding %q", got)
	}
	r, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if want, _ := os.ReadFile("dist/partykit.js"); !bytes.Equal(plain, want) {
		t.Error("the compressed form holds something else")
	}
	if res.Header.Get("ETag") == get(t, "GET", path, nil).Header.Get("ETag") {
		t.Error("both forms have the same ETag")
	}
	for header, want := range map[string]string{"gzip;q=0": "", "gzip; q=0.0": "", "gzip;q=0.5": "gzip", "*": "gzip", "identity": "", "": "", "x-gzip": ""} {
		res := get(t, "GET", path, map[string]string{"Accept-Encoding": header})
		if got := res.Header.Get("Content-Encoding"); got != want {
			t.Errorf("Accept-Encoding %q: Content-Encoding %q, want %q", header, got, want)
		}
	}
}

func TestHandlerRevalidates(t *testing.T) {
	const path = "/sdk/v1/overlay.js"
	etag := get(t, "GET", path, nil).Header.Get("ETag")
	for header, want := range map[string]int{
		etag:                  http.StatusNotModified,
		"W/" + etag:           http.StatusNotModified,
		`"other", ` + etag:    http.StatusNotModified,
		"*":                   http.StatusNotModified,
		`"other"`:             http.StatusOK,
		etag[:len(etag)-1]:    http.StatusOK,
		etag[1 : len(etag)-1]: http.StatusOK,
	} {
		res := get(t, "GET", path, map[string]string{"If-None-Match": header})
		if res.StatusCode != want {
			t.Errorf("If-None-Match %s: status %d, want %d", header, res.StatusCode, want)
		}
	}
}

func TestHandlerRefuses(t *testing.T) {
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"POST", "/sdk/v1/partykit.js", http.StatusMethodNotAllowed},
		{"GET", "/sdk/v1/", http.StatusNotFound},
		{"GET", "/sdk/v1/../sdk.go", http.StatusNotFound},
		{"GET", "/sdk/v1/dist/partykit.js", http.StatusNotFound},
		{"GET", "/sdk/v2/partykit.js", http.StatusNotFound},
	} {
		if res := get(t, c.method, c.path, nil); res.StatusCode != c.status {
			t.Errorf("%s %s: status %d, want %d", c.method, c.path, res.StatusCode, c.status)
		}
	}
	res := get(t, "HEAD", "/sdk/v1/partykit.js", nil)
	body, err := io.ReadAll(res.Body)
	if err != nil || len(body) > 0 || res.Header.Get("Content-Length") == "0" {
		t.Errorf("HEAD: %d bytes, Content-Length %s, %v", len(body), res.Header.Get("Content-Length"), err)
	}
}

// The SDK's own tests and its types, by Node, from the packages of the lock file.
func TestJavaScript(t *testing.T) {
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%s is not installed: the tests of the JavaScript SDK need Node 20 or newer (Debian: apt-get install nodejs npm)", tool)
		}
	}
	locked, err := os.Stat("package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	if there, err := os.Stat("node_modules/.package-lock.json"); err != nil || there.ModTime().Before(locked.ModTime()) {
		run(t, "npm", "ci", "--no-audit", "--no-fund")
	}
	t.Run("types", func(t *testing.T) { run(t, "npm", "run", "--silent", "check") })
	t.Run("tests", func(t *testing.T) { run(t, "npm", "run", "--silent", "test") })
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

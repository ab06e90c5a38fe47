package landing

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"net/http"
	"path"
	"strings"
	"sync"
)

//go:generate go run ../../web/landing/generate.go

// dist holds what is made from web/: scripts and styles, bundled and minified.
//
//go:embed dist
var dist embed.FS

// An asset is a file that pages load, under a name that changes with it.
type asset struct {
	path   string // "/assets/join-….js"
	kind   string
	body   []byte
	zipped func() []byte // packed when it is first wanted
}

var (
	script = newAsset("join.js", "text/javascript; charset=utf-8")
	icon   = newAsset("icon.svg", "image/svg+xml")
	assets = map[string]asset{path.Base(script.path): script, path.Base(icon.path): icon}

	// style is the whole look of the pages. It stands in each page, because a
	// file of its own would cost a second round trip before the first paint;
	// the policy allows it by its hash.
	style     = mustRead("join.css")
	styleHash = hashSource(string(style))
)

func newAsset(name, kind string) asset {
	body := mustRead(name)
	base, ext, _ := strings.Cut(name, ".")
	return asset{path: "/assets/" + base + "-" + fingerprint(body) + "." + ext, kind: kind, body: body, zipped: sync.OnceValue(func() []byte { return compress(body) })}
}

func mustRead(name string) []byte {
	body, err := dist.ReadFile("dist/" + name)
	if err != nil {
		panic(err) // the file is part of this binary
	}
	return body
}

// hashSource is how a Content-Security-Policy names an inline style.
func hashSource(css string) string {
	sum := sha256.Sum256([]byte(css))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func serveAsset(w http.ResponseWriter, r *http.Request) {
	a, ok := assets[r.PathValue("file")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", forever)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Vary", "Accept-Encoding")
	if acceptsGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		writeBody(w, r, http.StatusOK, a.zipped())
		return
	}
	writeBody(w, r, http.StatusOK, a.body)
}

// forever is for addresses that change with what they hold.
const forever = "public, max-age=31536000, immutable"

// fingerprint tells contents apart: 72 bits of their SHA-256.
func fingerprint(data []byte) string {
	sum := sha256.Sum256(data)
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

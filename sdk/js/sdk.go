// Package sdkjs holds the JavaScript SDK as it is served: the built files of
// sdk/js/src, embedded, and a handler that gives them to any page.
//
// The files in dist are committed, so that the server builds without Node. They
// come from go generate; a test fails when they are stale.
package sdkjs

//go:generate go run ./build

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

//go:embed dist
var dist embed.FS

// Prefix is where Handler expects to be mounted.
const Prefix = "/sdk/v1/"

// file is one built file, in both the forms in which it is sent.
type file struct {
	contentType string
	plain       []byte
	gzipped     []byte
	etag        string // of the plain form, without quotes
}

// Handler serves the SDK below Prefix, to every origin. The addresses are
// stable while the files behind them change with the server, so that caches ask
// each time and are answered 304 by the ETag. They are compressed when the first
// of them is asked for.
func Handler() http.Handler {
	files := sync.OnceValue(load)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		f, ok := files()[strings.TrimPrefix(r.URL.Path, Prefix)]
		switch {
		case !ok:
			http.NotFound(w, r)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		default:
			f.serve(w, r)
		}
	})
}

func (f file) serve(w http.ResponseWriter, r *http.Request) {
	body, etag := f.plain, `"`+f.etag+`"`
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	h.Set("Vary", "Accept-Encoding")
	if acceptsGzip(r.Header.Get("Accept-Encoding")) {
		body, etag = f.gzipped, `"`+f.etag+`-gz"`
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", etag)
	if matches(r.Header.Get("If-None-Match"), etag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", f.contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(body) // the client may have gone
	}
}

func load() map[string]file {
	entries, err := fs.ReadDir(dist, "dist")
	if err != nil {
		panic(err) // embedded: it is there
	}
	files := make(map[string]file, len(entries))
	for _, entry := range entries {
		plain, err := dist.ReadFile(path.Join("dist", entry.Name()))
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(plain)
		files[entry.Name()] = file{
			contentType: contentType(entry.Name()),
			plain:       plain,
			gzipped:     compress(plain),
			etag:        base64.RawURLEncoding.EncodeToString(sum[:12]),
		}
	}
	return files
}

func contentType(name string) string {
	if strings.HasSuffix(name, ".js") {
		return "text/javascript; charset=utf-8"
	}
	return "application/typescript; charset=utf-8"
}

func compress(plain []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	_, _ = w.Write(plain) // into memory: neither can fail
	_ = w.Close()
	return b.Bytes()
}

// acceptsGzip reads an Accept-Encoding header: a coding with q=0 is refused.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, params, _ := strings.Cut(part, ";")
		if coding = strings.TrimSpace(coding); strings.EqualFold(coding, "gzip") || coding == "*" {
			q := strings.ReplaceAll(strings.TrimSpace(params), " ", "")
			return !strings.HasPrefix(q, "q=0") || strings.Trim(q, "q=0.") != ""
		}
	}
	return false
}

// matches compares weakly, as RFC 9110 wants it for If-None-Match.
func matches(header, etag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		if part = strings.TrimSpace(part); part == "*" || strings.TrimPrefix(part, "W/") == etag {
			return true
		}
	}
	return false
}

// Package demo is Lamplighters, the example game of PartyKit: a small game for two or more friends, written in plain JavaScript on the SDK alone.
//
// The game itself is the folder play, meant to be read and copied; play/main.js is where it meets PartyKit. This package embeds that folder and
// serves it under /play, with the level packs that a newcomer is seen downloading. It knows nothing of parties.
package demo

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
)

//go:embed play
var files embed.FS

// Options say how the game is served. The zero value serves it beside the PartyKit server, with its defaults.
type Options struct {
	// ServerURL is the PartyKit server's address, such as https://party.example, when the game lives on another origin. Empty: the same one.
	ServerURL string
	// PackSize is the size of each level's pack in bytes. 0: 8 MiB.
	PackSize int64
	// Kbps is how fast packs are sent, in kilobits a second, so that a download can be watched over loopback, too. 0: 20,000, which takes
	// between three and four seconds; below 0: as fast as it goes. A request may ask for another pace with ?kbps=.
	Kbps int
}

// Handler serves the game: /play/ and what it needs below. /play leads to /play/. It panics when ServerURL is not the address of a server.
func Handler(o Options) http.Handler {
	origin := serverOrigin(o.ServerURL)
	mux := http.NewServeMux()
	mux.Handle("GET /play", http.RedirectHandler("/play/", http.StatusMovedPermanently))
	mux.Handle("GET /play/{file...}", assets(origin))
	mux.Handle("GET /play/pack/{file}", newPacks(o))
	policy := contentPolicy(origin)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		mux.ServeHTTP(w, r)
	})
}

// serverOrigin is the scheme and host of the address, or "" for "".
func serverOrigin(address string) string {
	if address == "" {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		panic(fmt.Sprintf("demo: ServerURL %q is not an http or https address", address))
	}
	return u.Scheme + "://" + u.Host
}

// contentPolicy is what a game needs of a strict policy: the SDK's script and faces from the server, and a WebSocket to it.
func contentPolicy(origin string) string {
	script, connect, img := "'self'", "'self'", "'self' data:"
	if origin != "" {
		script += " " + origin
		connect += " " + origin + " ws" + strings.TrimPrefix(origin, "http")
		img += " " + origin
	}
	return "default-src 'none'; script-src " + script + "; style-src 'self'; connect-src " + connect + "; img-src " + img +
		"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// assets serves the folder play. The files are few and small: each has an ETag of its content, and browsers ask whether it is still good.
func assets(origin string) http.Handler {
	type asset struct {
		body       []byte
		kind, etag string
	}
	known := map[string]asset{}
	root, err := fs.Sub(files, "play")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	err = fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		if name == "index.html" {
			body = withServer(body, origin)
		}
		sum := sha256.Sum256(body)
		known[name] = asset{body: body, kind: contentType(name), etag: `"` + hex.EncodeToString(sum[:12]) + `"`}
		return nil
	})
	if err != nil {
		panic(err)
	}
	known[""] = known["index.html"]
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := known[r.PathValue("file")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", a.kind)
		h.Set("Cache-Control", "no-cache")
		h.Set("ETag", a.etag)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.body))
	})
}

// withServer writes the server's address into the page.
func withServer(page []byte, origin string) []byte {
	const empty = `<meta name="partykit-server" content="">`
	if !bytes.Contains(page, []byte(empty)) {
		panic("demo: index.html has no place for the server's address")
	}
	return bytes.Replace(page, []byte(empty), []byte(`<meta name="partykit-server" content="`+html.EscapeString(origin)+`">`), 1)
}

// contentType does not ask the machine's own table where it matters: browsers refuse a module of the wrong type.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return mime.TypeByExtension(path.Ext(name))
}

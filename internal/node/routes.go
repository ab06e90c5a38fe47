package node

import (
	"io"
	"maps"
	"net/http"

	"partykit/examples/demo"
	sdkjs "partykit/sdk/js"
	"partykit/web"
)

// routes is everything this node answers.
func (n *Node) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /connect", n.gateway)
	invites := n.newLanding()
	invites.Register(mux)
	mux.Handle(sdkjs.Prefix, sdkjs.Handler())
	mux.HandleFunc("GET /v1/games/{id}/jwks.json", n.jwks)
	registerDocs(mux)
	mux.HandleFunc("GET /{$}", n.home)
	mux.HandleFunc("GET /favicon.ico", icon)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "ok\n") })
	mux.HandleFunc("GET /readyz", n.ready)
	n.registerAPI(mux)
	if n.opts.Dev {
		play := demo.Handler(demo.Options{})
		mux.Handle("/play", play)
		mux.Handle("/play/", play)
	}
	often := http.NewServeMux() // what crowds ask for is looked up once
	invites.Register(often)
	often.Handle("/", withUnknown(mux))
	return n.caught(invites.FromMemory(n.guarded(unreferred(newUsher(often, n.lineOf, n.crowded)))))
}

// unreferred keeps the addresses of what it serves from other sites. A page out of
// memory sees to that itself, in its head.
func unreferred(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Referrer-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// always is what every answer says.
func (n *Node) always() http.Header {
	// Spelled as net/http does, because it is copied as it is.
	h := http.Header{"X-Content-Type-Options": {"nosniff"}}
	if n.opts.PublicURL.Scheme == "https" {
		h["Strict-Transport-Security"] = []string{"max-age=31536000"}
	}
	return h
}

// guarded sets what every answer says. A page out of memory says it by itself.
func (n *Node) guarded(next http.Handler) http.Handler {
	always := n.always()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), always)
		next.ServeHTTP(w, r)
	})
}

// ready says whether new clients are welcome: not while the node drains.
func (n *Node) ready(w http.ResponseWriter, _ *http.Request) {
	if n.draining.Load() {
		answer(w, http.StatusServiceUnavailable, "draining\n")
		return
	}
	answer(w, http.StatusOK, "ready\n")
}

func icon(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "public, max-age=86400")
	w.Write(web.Icon)
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	io.WriteString(w, text)
}

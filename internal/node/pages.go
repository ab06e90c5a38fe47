package node

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"

	"partykit/internal/game"
	"partykit/web"
)

var (
	//go:embed pages/home.html
	homeText string
	//go:embed pages/docs.html
	docsText string
	//go:embed pages/unknown.html
	unknownText string
	//go:embed pages/style.css
	styleText []byte

	homePage    = template.Must(template.New("home").Parse(homeText))
	docsPage    = template.Must(template.New("docs").Parse(docsText))
	unknownPage = template.Must(template.New("unknown").Parse(unknownText))
	style       = append(append([]byte{}, web.Tokens...), styleText...)
)

// stylePath is where the style sheet of these pages is.
const stylePath = "/docs/style.css"

// home says what is here and where to play.
func (n *Node) home(w http.ResponseWriter, _ *http.Request) {
	var games []game.Game
	if n.opts.Dev {
		games = n.games.List()
	}
	page(w, http.StatusOK, homePage, struct {
		Dev   bool
		URL   string
		Games []game.Game
	}{n.opts.Dev, n.URL(), games})
}

// page writes a page that has no script and takes nothing from elsewhere.
func page(w http.ResponseWriter, status int, t *template.Template, data any) {
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'")
	h.Set("Cache-Control", "no-cache")
	w.WriteHeader(status)
	w.Write(b.Bytes())
}

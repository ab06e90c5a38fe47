package node

import (
	"net/http"
	"strconv"
	"strings"

	"partykit/internal/api"
	"partykit/internal/auth"
	"partykit/party"
)

// takesTurns reports whether a request may have to wait. How the server is is told
// at once: it is well, also with many in line.
func takesTurns(r *http.Request) bool { return r.URL.Path != "/healthz" && r.URL.Path != "/readyz" }

// lineOf names the line in which a request waits for its turn. It has one of its
// own only by what nobody can make up: a game, a link that leads somewhere, or a
// server key. So whoever sends very many has no more turns for it.
func (n *Node) lineOf(r *http.Request) string {
	kind, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch kind {
	case "connect":
		if g, ok := n.games.Get(r.URL.Query().Get("game")); ok {
			return "game " + g.ID
		}
	case "join":
		which, _, _ := strings.Cut(rest, "/")
		if code, ok := auth.ParseCode(which); ok && n.host.KnowsLink(code) {
			return "link " + code
		}
		return "other links"
	case "v1":
		if g, _, ok := n.games.KeyHolder(api.Key(r)); ok {
			return "backend " + g.ID
		}
		return "other backends"
	}
	return ""
}

// crowded refuses a request for which there is no room in its line: a browser is
// told in words, a program in its own.
func (n *Node) crowded(w http.ResponseWriter, r *http.Request, e *party.Error) {
	if strings.Contains(r.Header.Get("Accept"), "text/html") {
		w.Header().Set("Retry-After", strconv.Itoa(int(e.RetryAfter.Seconds())))
		answer(w, party.Lookup(e.Code).Status, e.Message()+"\n")
		return
	}
	n.gateway.Refuse(w, e)
}

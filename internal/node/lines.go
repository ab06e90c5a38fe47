package node

import (
	"net/http"
	"strconv"
	"strings"

	"partykit/internal/api"
	"partykit/internal/auth"
	"partykit/internal/limit"
	"partykit/party"
)

// takesTurns reports whether a request may have to wait. How the server is is told
// at once: it is well, also with many in line.
func takesTurns(r *http.Request) bool { return r.URL.Path != "/healthz" && r.URL.Path != "/readyz" }

// lineOf is where a request waits for its turn: for a game and in a line of its own
// only by what nobody can make up, that is a game, a link that leads somewhere, or a
// server key. Whoever sends very many has no more turns for it.
func (n *Node) lineOf(r *http.Request) stand {
	kind, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch kind {
	case "connect":
		if g, ok := n.games.Get(r.URL.Query().Get("game")); ok {
			return n.stand(r, g.ID, "players")
		}
	case "join":
		which, _, _ := strings.Cut(rest, "/")
		if code, ok := auth.ParseCode(which); ok {
			if game, known := n.host.KnownLink(code); known {
				return n.stand(r, string(game), "link "+code)
			}
		}
		return n.stand(r, "", "links")
	case "v1":
		if g, _, ok := n.games.KeyHolder(api.Key(r)); ok {
			return stand{Visitor: limit.Visitor{Game: g.ID}, line: "backend"}
		}
		return n.stand(r, "", "backends")
	}
	return n.stand(r, "", "")
}

// stand is a line of a game, for who comes from somewhere. As many from there may
// wait as may have connections with the game, also of those who come back.
func (n *Node) stand(r *http.Request, game, line string) stand {
	from := n.clientAddr(r)
	if n.unlimited(from) {
		return stand{Visitor: limit.Visitor{Game: game}, line: line}
	}
	return stand{limit.Visitor{Game: game, Home: limit.HomeOf(from)}, line, 2 * n.games.Settings(game).AddressConnections}
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

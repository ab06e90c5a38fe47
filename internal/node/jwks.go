package node

import (
	"encoding/json"
	"net/http"

	"partykit/party"
)

// jwks serves the public keys of a game's player tokens, to anybody: a game's
// servers verify with them offline.
func (n *Node) jwks(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	id := r.PathValue("id")
	if _, ok := n.games.Get(id); !ok {
		h.Set("Content-Type", "application/problem+json")
		h.Set("Cache-Control", "no-store")
		problem := party.Lookup(party.NotFound)
		w.WriteHeader(problem.Status)
		json.NewEncoder(w).Encode(n.host.Failure(&party.Error{Code: party.NotFound, Detail: "There is no game of that id here."}))
		return
	}
	h.Set("Content-Type", "application/jwk-set+json")
	h.Set("Cache-Control", "public, max-age=3600")
	w.Write(n.keys.PublicKeys(id))
}

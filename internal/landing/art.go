package landing

import (
	"net/http"
)

// art serves a picture of a game. An address with the right ?v= may be kept for
// ever, because another picture would have another one.
func (s *Server) art(w http.ResponseWriter, r *http.Request) {
	p, ok := s.games.Art(r.PathValue("game"), r.PathValue("name"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=300")
	if r.URL.Query().Get("v") == p.Hash {
		h.Set("Cache-Control", forever)
	}
	h.Set("Access-Control-Allow-Origin", "*")
	writePicture(w, r, p.Type, p.Hash, p.Data)
}

// artPath is the address of a game's picture as it is now, or "" if there is no
// such picture.
func (s *Server) artPath(game, name string) string {
	p, ok := s.games.Art(game, name)
	if !ok {
		return ""
	}
	return "/art/" + game + "/" + name + "?v=" + p.Hash
}

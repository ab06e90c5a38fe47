package landing

import (
	"net/http"
	"sync"

	"partykit/internal/game"
)

// A gameLook is what all pages of a game share. It is made once, and anew when any
// game has changed.
type gameLook struct {
	name    string
	art     string      // address of the cover, "" if there is none
	alone   string      // where to play without a party, "" if nowhere
	colours markup      // a style
	headers http.Header // what the page cannot say itself; shared: not to be changed

	games uint64 // the games' state of which it was made
}

// looks are the looks of games by id, and under "" that of a page which knows
// no game.
type looks struct{ byGame sync.Map }

// lookOf returns how pages of a game look, or those of none.
func (s *Server) lookOf(id string) *gameLook {
	if l, ok := s.looks.byGame.Load(id); ok && l.(*gameLook).games == s.pages.games.Load() {
		return l.(*gameLook)
	}
	games := s.pages.games.Load()
	var g game.Game
	if id != "" {
		g, _ = s.games.Get(id)
	}
	l := &gameLook{name: clean(g.Name), colours: colours(g), headers: http.Header{}, games: games}
	if g.ID != "" {
		l.art = s.artPath(g.ID, game.CoverName)
	}
	if g.Active && origin(g.Launch.Web) != "" {
		l.alone = g.Launch.Web
	}
	l.headers.Set("Cache-Control", noStore)
	l.headers.Set("Content-Security-Policy", s.policy(l.colours, g.Launch.Web))
	l.headers.Set("Content-Type", "text/html; charset=utf-8")
	l.headers.Set("Cross-Origin-Opener-Policy", "same-origin")
	l.headers.Set("X-Content-Type-Options", "nosniff")
	if g.ID == id { // of games that are gone nothing is kept
		s.looks.byGame.Store(id, l)
	}
	return l
}

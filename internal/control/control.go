// Package control is how the command line steers a running server: HTTP over a
// Unix socket in the data folder, which only the server's own user can open.
// The same handler answers without a socket when no server is running.
//
// What may come over the socket is trusted like a shell in the data folder; it
// is not reachable from any network.
package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"partykit/internal/abuse"
	"partykit/internal/game"
	"partykit/internal/names"
	"partykit/internal/webhook"
)

// maxBody bounds a request: a picture as game.Registry takes it, and some.
const maxBody = 1 << 20

// Change says what to set of a game; nil leaves as it is.
type Change struct {
	Name          *string           `json:"name,omitempty"`
	Web           *string           `json:"web,omitempty"` // launch URL
	Studio        *string           `json:"studio,omitempty"`
	Background    *string           `json:"background,omitempty"`
	Accent        *string           `json:"accent,omitempty"`
	AddOrigins    []string          `json:"addOrigins,omitempty"`
	RemoveOrigins []string          `json:"removeOrigins,omitempty"`
	Settings      map[string]string `json:"settings,omitempty"`   // by name, as written; "" is the default again
	NameFilter    *[]string         `json:"nameFilter,omitempty"` // all the words, see names.Filter
}

// Stores are what is steered: the games, and what is kept of each.
type Stores struct {
	Games   *game.Registry
	Letters webhook.Letters
	Reports abuse.Reports
}

// Handler answers for what is in the stores.
func Handler(s Stores) http.Handler {
	games := s.Games
	mux := http.NewServeMux()
	mux.HandleFunc("GET /games", func(w http.ResponseWriter, r *http.Request) {
		answer(w, hideSecrets(games.List()...), nil)
	})
	mux.HandleFunc("GET /games/{id}", func(w http.ResponseWriter, r *http.Request) {
		g, ok := games.Get(r.PathValue("id"))
		if !ok {
			answer(w, nil, game.ErrNotFound)
			return
		}
		answerGame(w, g, nil)
	})
	mux.HandleFunc("POST /games", func(w http.ResponseWriter, r *http.Request) {
		var g game.Game
		if err := read(w, r, &g); err != nil {
			answer(w, nil, err)
			return
		}
		g, err := games.Add(r.Context(), g)
		answerGame(w, g, err)
	})
	mux.HandleFunc("PATCH /games/{id}", func(w http.ResponseWriter, r *http.Request) {
		var c Change
		if err := read(w, r, &c); err != nil {
			answer(w, nil, err)
			return
		}
		g, err := games.Update(r.Context(), r.PathValue("id"), c.apply)
		answerGame(w, g, err)
	})
	mux.HandleFunc("POST /games/{id}/activate", func(w http.ResponseWriter, r *http.Request) {
		g, err := games.Activate(r.Context(), r.PathValue("id"))
		answerGame(w, g, err)
	})
	mux.HandleFunc("POST /games/{id}/deactivate", func(w http.ResponseWriter, r *http.Request) {
		g, err := games.Deactivate(r.Context(), r.PathValue("id"))
		answerGame(w, g, err)
	})
	mux.HandleFunc("PUT /games/{id}/art/{name}", func(w http.ResponseWriter, r *http.Request) {
		upload, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			answer(w, nil, errTooLarge)
			return
		}
		p, err := games.SetArt(r.Context(), r.PathValue("id"), r.PathValue("name"), upload)
		answer(w, p, err)
	})
	mux.HandleFunc("DELETE /games/{id}/art/{name}", func(w http.ResponseWriter, r *http.Request) {
		answer(w, struct{}{}, games.RemoveArt(r.Context(), r.PathValue("id"), r.PathValue("name")))
	})
	handleKeys(mux, games)
	handleIdentity(mux, games)
	handleWebhook(mux, games, s.Letters)
	handleReports(mux, games, s.Reports)
	return mux
}

var errTooLarge = errors.New("the picture is larger than 1 MiB")

func (c Change) apply(g *game.Game) error {
	for field, value := range map[*string]*string{&g.Name: c.Name, &g.Launch.Web: c.Web, &g.Studio: c.Studio, &g.Background: c.Background, &g.Accent: c.Accent} {
		if value != nil {
			*field = *value
		}
	}
	if err := changeOrigins(g, c.AddOrigins, c.RemoveOrigins); err != nil {
		return err
	}
	for name, value := range c.Settings {
		if err := g.Settings.Set(name, value); err != nil {
			return err
		}
	}
	if c.NameFilter != nil {
		f, err := names.NewFilter(*c.NameFilter)
		if err != nil {
			return fmt.Errorf("the name filter: %w", err)
		}
		g.NameFilter = f
	}
	return nil
}

// failure is how an error crosses the socket.
type failure struct {
	Error string `json:"error"`
	Kind  string `json:"kind,omitempty"`
}

// kinds are the errors that the other side can tell apart.
var kinds = map[string]error{
	"not_found": game.ErrNotFound,
	"exists":    game.ErrExists,
	"invalid":   game.ErrInvalid,
	"no_key":    game.ErrNoKey,
}

func answer(w http.ResponseWriter, v any, err error) {
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		f := failure{Error: err.Error()}
		for kind, known := range kinds {
			if errors.Is(err, known) {
				f.Kind = kind
			}
		}
		w.WriteHeader(http.StatusUnprocessableEntity)
		json.NewEncoder(w).Encode(f)
		return
	}
	json.NewEncoder(w).Encode(v)
}

func read(w http.ResponseWriter, r *http.Request, v any) error {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return errors.New("the request cannot be read: the command and the server are of different versions")
	}
	return nil
}

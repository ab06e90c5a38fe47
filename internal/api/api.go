package api

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"partykit/internal/game"
	"partykit/internal/host"
	"partykit/party"
)

// Parties are what the API is about. *host.Host is one.
type Parties interface {
	Parties(ctx context.Context, g party.GameID, after party.ID, limit int) (page []party.Snapshot, next party.ID, err error)
	Look(ctx context.Context, g party.GameID, id party.ID) (party.Snapshot, error)
	Do(ctx context.Context, g party.GameID, id party.ID, cmd party.Command) (party.Snapshot, error)
	Where(ctx context.Context, g party.GameID, player party.PlayerID) (party.Snapshot, party.MemberView, error)
	MakeInvite(ctx context.Context, g party.GameID, id party.ID, seed string, wish host.Wish) (host.Made, error)
	Found(ctx context.Context, g party.GameID, seed string, f host.Founding) (party.Snapshot, host.Made, error)
	Invites(ctx context.Context, g party.GameID, id party.ID) ([]party.InviteStats, error)
	NamePlayer(g party.GameID, n host.Naming) (host.Named, error)
	KnowPlayer(g party.GameID, token string) (who host.Named, ok bool)
	Tell(ctx context.Context, g party.GameID, id party.ID, seed string, m host.Message) (uint64, error)
}

// Keys know whose a server key is.
type Keys interface {
	KeyHolder(text string) (game.Game, game.ServerKey, bool)
}

// Answers keep for a while what requests were answered, so that a repeated one
// is answered the same. Keys are 64 hex digits, of which the game is no part.
type Answers interface {
	// Get returns an answer, nil if there is none.
	Get(ctx context.Context, game, key string) ([]byte, error)
	// Put keeps one; one that is there already stays.
	Put(ctx context.Context, game, key string, value []byte, ttl time.Duration) error
}

// Options of an API.
type Options struct {
	Parties   Parties
	Keys      Keys
	Answers   Answers
	Reports   Reports
	PublicURL *url.URL
	Contact   string // whom to ask to activate a game
	// Strangers says whether one more request without a valid key may come from
	// an address now, and else when to try again. nil: always.
	Strangers  func(netip.Addr) (ok bool, retryAfter time.Duration)
	ClientAddr func(*http.Request) netip.Addr // behind proxies; needed with Strangers
	Logger     *slog.Logger                   // slog.Default if nil
}

// server is what the handlers work with.
type server struct {
	o       Options
	log     *slog.Logger
	budgets budgets

	underway underway
	huma     huma.API
}

// DocumentPath is where the OpenAPI document is served.
const DocumentPath = "/openapi.json"

// maxBody bounds a request's body in bytes.
const maxBody = 64 << 10

// Register adds the API's routes, below /v1/ and at [DocumentPath].
func Register(mux *http.ServeMux, o Options) {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	s := &server{o: o, log: o.Logger}
	routes := http.NewServeMux()
	s.register(routes)
	document := sync.OnceValue(func() []byte { return encode(s.huma.OpenAPI()) })
	routes.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		s.refuse(w, party.Errorf(party.NotFound, "There is no such method and path. %s lists all.", DocumentPath))
	})
	mux.Handle("/v1/", s.guarded(routes))
	mux.HandleFunc("GET "+DocumentPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Content-Type", "application/openapi+json")
		w.Header().Set("Cache-Control", "public, max-age=300")
		w.Write(document())
	})
}

// Document returns the OpenAPI document.
func Document() []byte {
	s := &server{o: Options{PublicURL: &url.URL{Path: "/"}}}
	s.register(http.NewServeMux())
	return encode(s.huma.OpenAPI())
}

func encode(document *huma.OpenAPI) []byte {
	b, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		panic(err) // it is ours
	}
	return append(b, '\n')
}

// The library keeps these for the whole program; nothing else uses it.
func init() {
	huma.DefaultArrayNullable = false
	huma.ValidateStrictCasing = true
	huma.NewError = mistake
}

func (s *server) register(mux *http.ServeMux) {
	format := huma.Format{
		Marshal:   func(w io.Writer, v any) error { return json.NewEncoder(w).Encode(v) },
		Unmarshal: decode,
	}
	s.huma = humago.New(mux, huma.Config{
		OpenAPI:                      s.document(),
		Formats:                      map[string]huma.Format{"application/json": format, "json": format}, // json: after a +
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{s.whole},
	})
	s.registerGame()
	s.registerParties()
	s.registerList()
	s.registerData()
	s.registerMatch()
	s.registerMembers()
	s.registerReady()
	s.registerAsks()
	s.registerInvites()
	s.registerMessages()
	s.registerPlayers()
	s.registerReports()
	s.registerTokens()
	describe(s.huma.OpenAPI())
}

// guarded lets requests with a server key through, each once.
func (s *server) guarded(routes http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		g, err := s.holder(r)
		if err != nil {
			s.refuse(w, err)
			return
		}
		if err := s.budgets.take(g, w.Header()); err != nil {
			s.refuse(w, err)
			return
		}
		if !g.Active {
			s.refuse(w, host.NotActivated(g.ID, s.o.Contact))
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		s.once(w, r, g, routes)
	})
}

// Package landing serves what somebody sees who was sent an invite link: the
// page at /join/CODE with its live party and its Start button, the preview that
// chat programs show of it, the QR code, and /join for a code that was pasted.
//
// Four promises hold for all of it. Looking changes nothing: GET and HEAD never
// press Start, so robots, scanners and prefetchers consume nothing. The page
// works without script, in one round trip, and asks no third party for
// anything. Every text on it was written by strangers and is treated so. And no
// code, ticket, name or message is written to a log.
//
// The package decides nothing about parties. It asks [Parties], says in words
// what it is told, and passes on what the browser does.
package landing

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"partykit/internal/face"
	"partykit/internal/game"
	"partykit/party"
)

// Parties is what the pages need of the live parties. A code is given as
// [auth.ParseCode] or [auth.ParseSpoken] returns it, a browser as its cookie's value.
type Parties interface {
	// Invitation tells what the link shows now, and how far this browser's
	// friend has come; browser may be "". A bad code is no error: the
	// invitation's Problem names it. It changes nothing.
	Invitation(ctx context.Context, code, browser string, from netip.Addr) (party.Invitation, error)
	// Game tells which game the link leads to; "" when it leads nowhere. It changes
	// nothing.
	Game(ctx context.Context, code, browser string, from netip.Addr) (string, error)
	// Notice tells what a link's code shows to browsers that its party does not
	// know. It changes nothing.
	Notice(ctx context.Context, code string, from netip.Addr) (Notice, error)
	// Start makes (or replaces) the ticket of this browser's seat. It fails
	// with a [*party.Error] when the link cannot be used.
	Start(ctx context.Context, code, browser string, from netip.Addr) (Started, error)
	// OpenPage tells that an invite page of this browser is open, until Close.
	OpenPage(ctx context.Context, code, browser string, from netip.Addr) (Page, error)
}

// Started is what pressing Start gave.
type Started struct{ Ticket string }

// A Notice is what a link shows to everybody whom its party does not know yet.
type Notice struct {
	party.Invitation
	// Current reports whether no change of the party came since; a change counts
	// from before it is acknowledged. What is fleeting, as how far somebody has
	// loaded, is no change. nil: nobody would tell.
	Current func() bool
	// Same reports whether nothing came since that would be shown, the fleeting
	// included; only time may have passed.
	Same func() bool
	// Until is from when on it may be outdated though nothing has changed: a link
	// expires. 0: never.
	Until party.Time
}

// Page is one open invite page.
type Page interface {
	// Updates carries the newest invitation, the first at once, then on every
	// change, at most four a second. Pages that show the same are given the same
	// one, which must not be changed. It is closed when there will be no more.
	Updates() <-chan *party.Invitation
	// Visible tells whether the page can be seen now. It begins unseen.
	Visible(bool)
	// Queue waits in line for a place of a full party.
	Queue()
	// Ask asks the party to be let in where the link alone does not do.
	Ask()
	// LeaveLine gives the place in line up.
	LeaveLine()
	// Close ends the page. Nothing else must be called after it.
	Close()
}

// Games is what the pages need of the registered games; [*game.Registry] is one.
type Games interface {
	Get(id string) (game.Game, bool)
	Art(id, name string) (game.Picture, bool)
	// OnChange has fn called after every change of a game or a picture, before
	// the change is acknowledged. fn does not block.
	OnChange(fn func())
}

// Options are what a [Server] is told about its surroundings.
type Options struct {
	// PublicURL is where browsers reach this server: scheme and host. All
	// absolute addresses are made from it, none from a request.
	PublicURL *url.URL
	// Contact says whom to ask to activate a game: an address, a mail address
	// or a few words. It may be empty.
	Contact string
	// ClientAddr tells the address a request comes from, proxies resolved.
	ClientAddr func(*http.Request) netip.Addr
	// AllowStart counts one more Start of a game from an address, or says how long to
	// wait until there may be one.
	AllowStart func(game string, from netip.Addr) (ok bool, retryAfter time.Duration)
	// AllowPage counts one more live page of a game from an address until release is
	// called, or refuses it.
	AllowPage func(game string, from netip.Addr) (release func(), ok bool)
	// Always is what every answer says. It is set by who calls, but for
	// [Server.FromMemory].
	Always http.Header
	// Whole has the answer to a request leave with further headers, in lines, and with a
	// body. The headers, which are never none, say how long it is; own are those that it
	// does not share with others. The request is not a HEAD, and nothing is written of its
	// answer but the status. It reports whether the request's connection can do so: if not,
	// nothing is done.
	Whole  func(r *http.Request, own string, headers, body []byte) bool
	Logger *slog.Logger
}

// Server serves the landing page and what belongs to it.
type Server struct {
	parties Parties
	games   Games
	opts    Options
	cards   *cards
	pages   *crowdPages
	always  string // opts.Always in lines
	looks   looks
	halls   halls
}

// New returns a server of landing pages. All options but Contact are required.
func New(parties Parties, games Games, opts Options) *Server {
	s := &Server{parties: parties, games: games, opts: opts, cards: newCards(), pages: newCrowdPages(), halls: halls{byKey: map[hallKey]*hall{}}}
	s.always = string(inLines(opts.Always))
	games.OnChange(s.pages.outdate)
	return s
}

// Register adds the routes of s to mux.
func (s *Server) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /join", s.find)
	mux.HandleFunc("GET /_discord/join", s.discord)
	mux.HandleFunc("GET /join/{code}", s.show)
	mux.HandleFunc("POST /join/{code}", s.start)
	mux.HandleFunc("GET /join/{code}/{$}", s.tidy)
	mux.HandleFunc("GET /join/{code}/live", s.live)
	mux.HandleFunc("GET /join/{code}/card.png", s.card)
	mux.HandleFunc("GET /join/{code}/qr.svg", s.qr)
	mux.HandleFunc("GET /art/{game}/{name}", s.art)
	mux.HandleFunc("GET /assets/{file}", serveAsset)
	mux.HandleFunc("GET /face/{file}", face.Serve)
}

package gateway

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"partykit/internal/game"
	"partykit/party"
)

// admit decides at the upgrade whether a client of this origin may connect to a
// game. It returns the game's id for the connection to keep: the registered
// game's own, which all its connections share, or a copy, but no part of the
// request. A game that is not active is let in here: its hello is told so,
// because a browser hides from its page why an upgrade failed.
func (g *Gateway) admit(id, origin string, from netip.Addr) (string, *party.Error) {
	known, ok := g.opts.Games.Get(id)
	switch {
	case !ok && g.opts.Dev && game.ValidID(id) && (game.IsLoopback(origin) || origin == "" && from.IsLoopback()):
		return strings.Clone(id), nil // registers itself with its hello
	case !ok && g.opts.Dev && game.ValidID(id):
		return "", party.Errorf(party.NotFound, "No game %q is registered here. In dev a game registers itself only from a page on this machine; otherwise: partykit game add %s --url ADDRESS.", id, id)
	case !ok:
		return "", party.Errorf(party.NotFound, "No such game is registered here. Check the game's id, or register it with: partykit game add.")
	case origin != "" && !g.opts.Games.AllowsOrigin(known, origin):
		return "", notAllowed(id, origin)
	}
	return known.ID, nil
}

// notAllowed says how to allow an origin, for the developer who reads it in the
// browser's console.
func notAllowed(id, origin string) *party.Error {
	written, err := game.ParseOrigin(origin)
	if err != nil { // "null", or nothing that could be added
		return &party.Error{Code: party.OriginNotAllowed}
	}
	return party.Errorf(party.OriginNotAllowed, "%s is not one of the game's origins. Add it with: partykit game set %s --origin %s", written, id, written)
}

// active returns the id of the game of a client that has said hello, if it is
// active. In dev, a game that nobody registered is registered now, with the page it
// is played on.
func (g *Gateway) active(ctx context.Context, id, origin, page string) (string, *party.Error) {
	known, ok := g.opts.Games.Get(id)
	if g.opts.Dev {
		if origin == "" && !ok {
			origin = g.nativeOrigin(page)
		}
		if origin != "" {
			var err error
			if known, err = g.opts.Games.FirstUse(ctx, id, origin, page); err != nil {
				return "", firstUseError(err)
			}
			ok = true
		}
	}
	if !ok {
		return "", &party.Error{Code: party.NotFound}
	}
	if !known.Active {
		return "", g.opts.NotActivated(id)
	}
	return known.ID, nil
}

// nativeOrigin is where a game without a browser is launched in dev: at the page
// it names, else at this server.
func (g *Gateway) nativeOrigin(page string) string {
	if u, err := url.Parse(page); err == nil && game.IsLoopback(u.Scheme+"://"+u.Host) {
		return u.Scheme + "://" + u.Host
	}
	return g.opts.PublicURL.Scheme + "://" + g.opts.PublicURL.Host
}

func firstUseError(err error) *party.Error {
	switch {
	case errors.Is(err, game.ErrNotLoopback), errors.Is(err, game.ErrInvalid):
		return party.Errorf(party.NotFound, "No such game is registered here: %v.", err)
	case errors.Is(err, game.ErrTooMany):
		return party.Errorf(party.TooMany, "%v.", err)
	}
	return &party.Error{Code: party.Unavailable}
}

// originOf returns the web origin of a request, "" for a native client. A plain
// GET from a page of this server has no Origin header; what the browser says
// about its site stands in for it.
func (g *Gateway) originOf(r *http.Request) string {
	if o := r.Header.Get("Origin"); o != "" {
		return o
	}
	if r.Header.Get("Sec-Fetch-Site") == "same-origin" {
		return g.opts.PublicURL.Scheme + "://" + g.opts.PublicURL.Host
	}
	return ""
}

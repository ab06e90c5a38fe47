package landing

import (
	"errors"
	"net/http"

	"partykit/party"
)

// start answers the Start button: it makes a ticket and sends the browser into
// the game with it, in the fragment, where no server and no referrer sees it.
func (s *Server) start(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<10) // the form has no fields; whatever comes is not read
	code, ok := codeIn(r.PathValue("code"))
	if !ok {
		s.fail(w, r, "", party.Invitation{}, &party.Error{Code: party.NotFound})
		return
	}
	if !s.sameOrigin(r) {
		s.fail(w, r, code, party.Invitation{}, party.Errorf(party.OriginNotAllowed, "This game was not started from its invite page. Open the link you were sent and press Start there."))
		return
	}
	from := s.opts.ClientAddr(r)
	browser := s.browser(r)
	of, err := s.parties.Game(r.Context(), code, browser, from)
	if err != nil {
		s.fail(w, r, code, party.Invitation{}, s.failure(err))
		return
	}
	if ok, wait := s.opts.AllowStart(of, from); !ok {
		s.fail(w, r, code, party.Invitation{}, &party.Error{Code: party.RateLimited, RetryAfter: wait})
		return
	}
	if browser == "" {
		browser = s.newBrowser(w)
	}
	started, err := s.parties.Start(r.Context(), code, browser, from)
	if err != nil {
		s.refuseStart(w, r, code, browser, s.failure(err))
		return
	}
	g, ok := s.games.Get(of)
	if !ok || origin(g.Launch.Web) == "" {
		s.refuseStart(w, r, code, browser, party.Errorf(party.Internal, "This game has no address that could be opened. Tell the people who make it."))
		return
	}
	privately(w.Header())
	w.Header().Set("Location", g.LaunchURL(started.Ticket))
	w.WriteHeader(http.StatusSeeOther)
}

// refuseStart says why the game was not opened, and what the link shows now.
func (s *Server) refuseStart(w http.ResponseWriter, r *http.Request, code, browser string, e *party.Error) {
	inv, err := s.parties.Invitation(r.Context(), code, browser, s.opts.ClientAddr(r))
	if err != nil {
		inv = party.Invitation{} // the page of the problem does without
	}
	s.fail(w, r, code, inv, e)
}

// failure turns any error of the parties into one with a code. What has none is
// logged here, once, and shown as the code's sentence only.
func (s *Server) failure(err error) *party.Error {
	if e, ok := errors.AsType[*party.Error](err); ok {
		return e
	}
	s.opts.Logger.Error("landing page failed", "err", err)
	return &party.Error{Code: party.Unavailable}
}

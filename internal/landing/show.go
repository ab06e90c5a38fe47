package landing

import (
	"net/http"
	"strconv"

	"partykit/internal/game"
	"partykit/party"
)

// show is the invite page.
func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	code, ok := codeIn(r.PathValue("code"))
	if !ok {
		s.fail(w, r, "", party.Invitation{}, &party.Error{Code: party.NotFound})
		return
	}
	browser := s.ensureBrowser(w, r)
	inv, err := s.parties.Invitation(r.Context(), code, browser, s.opts.ClientAddr(r))
	switch {
	case err != nil:
		s.fail(w, r, code, party.Invitation{}, s.failure(err))
	case inv.Problem != "" && !onTheWay(inv.You):
		s.fail(w, r, code, inv, &party.Error{Code: inv.Problem})
	default:
		s.write(w, r, http.StatusOK, s.invitePage(code, inv))
	}
}

// onTheWay reports whether a friend has a place, whatever became of the link.
func onTheWay(a *party.Arrival) bool {
	switch reached(a) {
	case party.Offered, party.HeldStage, party.LoadingNow, party.Arrived:
		return true
	}
	return false
}

// fail answers with the page of a problem, with its status.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, code string, inv party.Invitation, e *party.Error) {
	inv.CanAsk = inv.CanAsk && inv.Problem == e.Code
	inv.Problem = e.Code
	if e.Code != party.Full {
		inv = party.Invitation{Problem: e.Code, Game: inv.Game, CanAsk: inv.CanAsk, You: inv.You} // a dead link shows no names
	}
	if e.RetryAfter > 0 || e.Code == party.RateLimited {
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter(e.RetryAfter)))
	}
	s.write(w, r, party.Lookup(e.Code).Status, s.troublePage(code, inv, troubleOf(e, string(inv.Game))))
}

// gameOf returns the game of an invitation, or one without a name.
func (s *Server) gameOf(inv party.Invitation) (game.Game, bool) {
	if inv.Game == "" {
		return game.Game{}, false
	}
	return s.games.Get(string(inv.Game))
}

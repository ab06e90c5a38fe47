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
	browser := s.browser(r)
	if browser == "" {
		s.newBrowser(w)
		s.showStranger(w, r, code)
		return
	}
	inv, err := s.parties.Invitation(r.Context(), code, browser, s.opts.ClientAddr(r))
	if err != nil {
		s.fail(w, r, code, party.Invitation{}, s.failure(err))
		return
	}
	if inv.You == nil && s.showSame(w, r, code, inv) {
		return
	}
	status, p := s.pageOf(code, inv)
	s.write(w, r, status, p)
}

// pageOf is the page of an invitation, and with which status it is answered.
func (s *Server) pageOf(code string, inv party.Invitation) (status int, p page) {
	if inv.Problem != "" && !onTheWay(inv.You) {
		return s.problemPage(code, inv, &party.Error{Code: inv.Problem})
	}
	return http.StatusOK, s.invitePage(code, inv)
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
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter(e.RetryAfter)))
	}
	status, p := s.problemPage(code, inv, e)
	s.write(w, r, status, p)
}

// problemPage is the page of a problem. Of a dead link it shows no names.
func (s *Server) problemPage(code string, inv party.Invitation, e *party.Error) (status int, p page) {
	if inv.Problem != e.Code {
		inv.CanAsk, inv.Onward = false, ""
	}
	inv.Problem = e.Code
	if e.Code != party.Full {
		inv = party.Invitation{Problem: e.Code, Game: inv.Game, CanAsk: inv.CanAsk, Onward: inv.Onward, You: inv.You}
	}
	return party.Lookup(e.Code).Status, s.troublePage(code, inv, troubleOf(e, string(inv.Game)))
}

// gameOf returns the game of an invitation, or one without a name.
func (s *Server) gameOf(inv party.Invitation) (game.Game, bool) {
	if inv.Game == "" {
		return game.Game{}, false
	}
	return s.games.Get(string(inv.Game))
}

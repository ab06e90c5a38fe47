package landing

import (
	"net/http"

	"partykit/internal/auth"
	"partykit/party"
)

// find is /join: a place to paste a link or type a code.
func (s *Server) find(w http.ResponseWriter, r *http.Request) {
	pasted := r.URL.Query().Get("code")
	code, ok := codeIn(pasted)
	if ok {
		privately(w.Header())
		w.Header().Set("Location", "/join/"+code)
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	p := s.plainPage()
	p.Heading = "Join a friend"
	p.DocTitle = "Join a friend"
	p.Paste = true
	status := http.StatusOK
	if pasted != "" {
		status = party.Lookup(party.NotFound).Status
		p.Pasted = clean(pasted)
		p.PasteError = "That is not a whole invite link or code. Copy it once more, all of it."
	}
	s.write(w, r, status, p)
}

// codeIn finds a link's code, or a spoken one, in what was pasted or typed.
func codeIn(text string) (code string, ok bool) {
	if code, ok = auth.ParseCode(text); ok {
		return code, true
	}
	return auth.ParseSpoken(text)
}

// discord is where Discord's join secret leads: the code serves as one.
func (s *Server) discord(w http.ResponseWriter, r *http.Request) {
	code, ok := auth.ParseCode(r.URL.Query().Get("secret"))
	if !ok {
		s.fail(w, r, "", party.Invitation{}, &party.Error{Code: party.NotFound})
		return
	}
	privately(w.Header())
	w.Header().Set("Location", "/join/"+code)
	w.WriteHeader(http.StatusSeeOther)
}

// tidy sends an address with a slash too many to the page itself.
func (s *Server) tidy(w http.ResponseWriter, r *http.Request) {
	code, ok := codeIn(r.PathValue("code"))
	if !ok {
		s.show(w, r) // says that it leads nowhere
		return
	}
	privately(w.Header())
	w.Header().Set("Location", "/join/"+code)
	w.WriteHeader(http.StatusSeeOther)
}

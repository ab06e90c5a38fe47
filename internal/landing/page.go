package landing

import (
	"net/http"
	"net/mail"
	"net/url"
	"strconv"
	"time"

	"partykit/party"
)

// A page is all that is written into one.
type page struct {
	View     view
	Path     string // "/join/CODE"; empty where there is no link
	DocTitle string // of the document and the preview
	Summary  string // of the preview
	Link     string // absolute address of the page
	CardURL  string // absolute address of the preview's picture
	Heading  string // the main heading where no game is named in it
	Game     string // the game's name, "" if unknown
	Art      string // address of the game's picture, "" if there is none
	Inviter  *party.Person
	Message  string
	Expires  *moment
	Trouble  *trouble
	Onward   string // where a dead link still leads, "" if nowhere
	Alone    string // where to play without a party
	Contact  *contact
	Inside   string // the app whose own browser shows the page, "" if none is known
	Paste    bool   // ask for a link or code
	Pasted   string
	// PasteError is what was wrong with it.
	PasteError string

	look *gameLook
}

// info is the landing info of the party's leader.
type info struct {
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
	Image       string `json:"image,omitempty"` // address
	Facts       []fact `json:"facts,omitempty"`
}

// A fact is a line of landing info that is shown as label and value.
type fact struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// A moment is a time for people and for machines.
type moment struct{ Machine, Human string }

// A contact is whom to ask, as text and, where it is one, as a link.
type contact struct{ Text, Link string }

// plainPage is a page that knows no game.
func (s *Server) plainPage() page { return page{look: s.lookOf("")} }

// invitePage shows a link that can be used, or was used by who looks at it.
func (s *Server) invitePage(code string, inv party.Invitation) page {
	p := s.linkPage(code, inv)
	p.Heading = "You are invited"
	p.DocTitle = "You are invited to " + orGame(p.Game)
	if inv.Inviter.Name != "" {
		p.Inviter = &party.Person{Name: clean(inv.Inviter.Name), Face: inv.Inviter.Face}
		p.DocTitle = p.Inviter.Name + " invites you to " + orGame(p.Game)
	}
	p.Summary = p.View.Count + " in the party. " + p.View.Places + ". Click to play together, right in your browser."
	p.Message = clean(inv.Message)
	if inv.Expires != 0 {
		t := time.UnixMilli(int64(inv.Expires)).UTC()
		p.Expires = &moment{t.Format(time.RFC3339), t.Format("2 January, 15:04 UTC")}
	}
	return p
}

// troublePage says why a link cannot be used and what to do instead.
func (s *Server) troublePage(code string, inv party.Invitation, t trouble) page {
	p := s.linkPage(code, inv)
	p.Heading, p.DocTitle = t.Title, t.Title
	p.Summary = "Ask your friend for a new link."
	if p.Game != "" {
		p.DocTitle = t.Title + " · " + p.Game
	}
	p.Trouble, p.Paste = &t, t.Paste
	if inv.Onward == party.OnwardJoin {
		p.Onward = "Whoever made it is in an open party right now."
	}
	if inv.Problem == party.Full && inv.Inviter.Name != "" {
		p.Inviter = &party.Person{Name: clean(inv.Inviter.Name), Face: inv.Inviter.Face}
		p.Summary = p.View.Count + " in the party. No place free right now."
	}
	p.Alone = p.look.alone
	if t.Activate != "" && s.opts.Contact != "" {
		p.Contact = contactOf(s.opts.Contact)
	}
	return p
}

// linkPage is what all pages of a link share.
func (s *Server) linkPage(code string, inv party.Invitation) page {
	p := page{look: s.lookOf(string(inv.Game)), View: s.describe(inv, time.Now())}
	p.Game, p.Art = p.look.name, p.look.art
	if code != "" {
		p.Path, p.Link = "/join/"+code, s.link(code)
		p.CardURL = p.Link + "/card.png?r=" + strconv.FormatUint(inv.Revision, 10)
	}
	return p
}

// infoOf sorts landing info into what has a place of its own and the rest.
func (s *Server) infoOf(gameID string, fields []party.Field) info {
	var i info
	var size, most string
	for _, f := range fields {
		value := clean(f.Value)
		if value == "" {
			continue
		}
		switch f.ID {
		case "title":
			i.Title = value
		case "description":
			i.Description = value
		case "image":
			i.Image = s.artPath(gameID, value)
		case "partySize":
			size = value
		case "partyMaxSize":
			most = value
		default:
			label := clean(f.Label)
			if label == "" {
				label = clean(f.ID)
			}
			i.Facts = append(i.Facts, fact{label, value})
		}
	}
	if size != "" {
		if most != "" {
			size += " of " + most
		}
		i.Facts = append(i.Facts, fact{"In the game’s lobby", size}) // as the game counts
	}
	return i
}

// Any reports whether there is something to show.
func (i info) Any() bool {
	return i.Title != "" || i.Description != "" || i.Image != "" || len(i.Facts) > 0
}

func contactOf(text string) *contact {
	c := &contact{Text: clean(text)}
	if u, err := url.Parse(text); err == nil && (u.Scheme == "https" || u.Scheme == "http" || u.Scheme == "mailto") {
		c.Link = text
	} else if a, err := mail.ParseAddress(text); err == nil && a.Address == text {
		c.Link = "mailto:" + text
	}
	return c
}

func orGame(name string) string {
	if name == "" {
		return "a game"
	}
	return name
}

// write answers with a page that is rendered for this request alone.
func (s *Server) write(w http.ResponseWriter, r *http.Request, status int, p page) {
	written := p.render(insideApp(r.UserAgent()))
	s.pageHeaders(w.Header(), p)
	if acceptsGzip(r.Header.Get("Accept-Encoding")) {
		w.Header()["Content-Encoding"] = inGzip
		writeBody(w, r, status, written.zipped())
		return
	}
	writeBody(w, r, status, written.plain())
}

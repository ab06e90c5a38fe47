package landing

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"partykit/party"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"
)

const (
	pingEvery   = 20 * time.Second // below the 30 s after which common proxies cut a silent connection
	writeWithin = 10 * time.Second
	pageRetry   = 30 * time.Second // when a page over the limit may try again
	reportBytes = 64               // {"visible":false} takes 17
	reportRate  = 2                // a second: nobody switches tabs or presses buttons faster for long
	reportBurst = 20
)

// live keeps an open page up to date, and tells the host that it is open,
// whether it is seen, and what is done at the door.
func (s *Server) live(w http.ResponseWriter, r *http.Request) {
	code, ok := codeIn(r.PathValue("code"))
	if !ok {
		s.refuse(w, &party.Error{Code: party.NotFound})
		return
	}
	if !s.fromHere(r) {
		s.refuse(w, party.Errorf(party.OriginNotAllowed, "Only the invite page itself may connect."))
		return
	}
	from := s.opts.ClientAddr(r)
	browser := s.browser(r)
	game, err := s.parties.Game(r.Context(), code, browser, from)
	if err != nil {
		s.refuse(w, s.failure(err))
		return
	}
	release, ok := s.opts.AllowPage(game, from)
	if !ok {
		s.refuse(w, &party.Error{Code: party.RateLimited, RetryAfter: pageRetry, Detail: "Too many invite pages are open at your address. Close one, then reload."})
		return
	}
	defer release()
	page, err := s.parties.OpenPage(r.Context(), code, browser, from)
	if err != nil {
		s.refuse(w, s.failure(err))
		return
	}
	defer page.Close()
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true}) // Origin was checked above, more strictly
	if err != nil {
		return // Accept has answered
	}
	defer conn.CloseNow()
	conn.SetReadLimit(reportBytes)

	hall, leave := s.halls.enter(hallKey{code, browser != ""})
	defer leave()
	v := visit{s, conn, page, hall, browser}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	reading := make(chan struct{})
	go func() {
		defer close(reading)
		defer cancel()
		v.listen(ctx)
	}()
	v.tell(ctx)
	conn.CloseNow()
	<-reading // page must not be told anything after Close
}

// A visit is a page that somebody has open.
type visit struct {
	s       *Server
	conn    *websocket.Conn
	page    Page
	hall    *hall
	browser string
}

// A report is what the page's script sends: whether the page is seen, or what
// was done at the door.
type report struct {
	Visible *bool  `json:"visible"`
	Do      string `json:"do"`
}

// listen passes on what the page reports, until it is gone or talks too much.
func (v visit) listen(ctx context.Context) {
	allowed := rate.NewLimiter(reportRate, reportBurst)
	for {
		_, data, err := v.conn.Read(ctx)
		if err != nil {
			return
		}
		var r report
		if !allowed.Allow() || json.Unmarshal(data, &r) != nil || !v.pass(r) {
			v.conn.Close(websocket.StatusPolicyViolation, "")
			return
		}
	}
}

// pass tells the party what the page reports, or refuses what is no report.
func (v visit) pass(r report) bool {
	switch {
	case r.Visible != nil:
		v.page.Visible(*r.Visible)
	case r.Do == doQueue:
		v.page.Queue()
	case r.Do == doAsk:
		v.page.Ask()
	case r.Do == doLeave:
		v.page.LeaveLine()
	default:
		return false
	}
	return true
}

// tell sends every update, what reads differently because time has passed, and
// a ping when there is nothing for a while.
func (v visit) tell(ctx context.Context) {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	var last *party.Invitation
	var sent []byte
	for {
		select {
		case inv, ok := <-v.page.Updates():
			if !ok {
				v.conn.Close(websocket.StatusGoingAway, "")
				return
			}
			last = inv
			if v.update(ctx, &sent, last) != nil {
				return
			}
		case <-ping.C:
			if last != nil && v.update(ctx, &sent, last) != nil {
				return
			}
			within, cancel := context.WithTimeout(ctx, writeWithin)
			err := v.conn.Ping(within)
			cancel()
			if err != nil {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// update sends what the page is to show now, if it reads differently from what
// was sent last.
func (v visit) update(ctx context.Context, sent *[]byte, inv *party.Invitation) error {
	words := v.hall.say(inv, v.words)
	if bytes.Equal(words, *sent) {
		return nil
	}
	*sent = words
	return v.send(ctx, words)
}

// words is what the page is to show now, as the script reads it. Without a
// cookie nobody can stand at the door.
func (v visit) words(inv party.Invitation) []byte {
	shown := v.s.describe(inv, time.Now())
	if v.browser == "" {
		shown.Door = nil
	}
	body, err := json.Marshal(shown)
	if err != nil {
		panic(err) // a view holds nothing that JSON does not
	}
	return body
}

func (v visit) send(ctx context.Context, body []byte) error {
	within, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	return v.conn.Write(within, websocket.MessageText, body)
}

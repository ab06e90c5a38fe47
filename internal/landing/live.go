package landing

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"partykit/internal/auth"
	"partykit/party"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"
)

const (
	pingEvery   = 20 * time.Second // below the 30 s after which common proxies cut a silent connection
	writeWithin = 10 * time.Second
	pageRetry   = 30 * time.Second // when a page over the limit may try again
	reportBytes = 64               // {"visible":false} takes 17
	reportRate  = 2                // a second: nobody switches tabs faster for long
	reportBurst = 20
)

// live keeps an open page up to date, and tells the host that it is open and
// whether it is seen.
func (s *Server) live(w http.ResponseWriter, r *http.Request) {
	code, ok := auth.ParseCode(r.PathValue("code"))
	if !ok {
		s.refuse(w, &party.Error{Code: party.NotFound})
		return
	}
	if !s.fromHere(r) {
		s.refuse(w, party.Errorf(party.OriginNotAllowed, "Only the invite page itself may connect."))
		return
	}
	from := s.opts.ClientAddr(r)
	release, ok := s.opts.AllowPage(from)
	if !ok {
		s.refuse(w, &party.Error{Code: party.RateLimited, RetryAfter: pageRetry, Detail: "Too many invite pages are open at your address. Close one, then reload."})
		return
	}
	defer release()
	page, err := s.parties.OpenPage(r.Context(), code, s.browser(r), from)
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

	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	reading := make(chan struct{})
	go func() {
		defer close(reading)
		defer cancel()
		listen(ctx, conn, page)
	}()
	s.tell(ctx, conn, page)
	conn.CloseNow()
	<-reading // page must not be told anything after Close
}

// listen passes on what the page reports, until it is gone or talks too much.
func listen(ctx context.Context, conn *websocket.Conn, page Page) {
	allowed := rate.NewLimiter(reportRate, reportBurst)
	for {
		_, data, err := conn.Read(ctx)
		if err != nil {
			return
		}
		var report struct {
			Visible *bool `json:"visible"`
		}
		if !allowed.Allow() || json.Unmarshal(data, &report) != nil || report.Visible == nil {
			conn.Close(websocket.StatusPolicyViolation, "")
			return
		}
		page.Visible(*report.Visible)
	}
}

// tell sends every update, and a ping when there is none for a while.
func (s *Server) tell(ctx context.Context, conn *websocket.Conn, page Page) {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		select {
		case inv, ok := <-page.Updates():
			if !ok {
				conn.Close(websocket.StatusGoingAway, "")
				return
			}
			if err := send(ctx, conn, s.describe(inv)); err != nil {
				return
			}
		case <-ping.C:
			within, cancel := context.WithTimeout(ctx, writeWithin)
			err := conn.Ping(within)
			cancel()
			if err != nil {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

func send(ctx context.Context, conn *websocket.Conn, v view) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	within, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	return conn.Write(within, websocket.MessageText, body)
}

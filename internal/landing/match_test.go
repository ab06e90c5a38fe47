package landing

import (
	"context"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"partykit/party"

	"github.com/coder/websocket"
)

func TestMatchLine(t *testing.T) {
	now := time.UnixMilli(1_795_000_000_000)
	ago := func(d time.Duration, joinable bool, free int) *party.PublicMatch {
		return &party.PublicMatch{Since: party.Time(now.Add(-d).UnixMilli()), Joinable: joinable, Free: free}
	}
	for want, m := range map[string]*party.PublicMatch{
		"": nil,
		"In a match that just began, 2 seats free":      ago(59*time.Second, true, 2),
		"In a match that just began, no seat free":      ago(-time.Minute, true, 0),
		"In a match since 3 min, 1 seat free":           ago(3*time.Minute+50*time.Second, true, 1),
		"In a match since 59 min, not open to join now": ago(59*time.Minute, false, 4),
		"In a match since 1 h, not open to join now":    ago(time.Hour, false, 0),
		"In a match since 2 h 5 min, 12 seats free":     ago(125*time.Minute, true, 12),
		"In a match since 30 h, no seat free":           ago(30*time.Hour+7*time.Minute, true, 0),
	} {
		if got := matchLine(m, now); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestADeadLinkTellsNoMatch(t *testing.T) {
	inv := dead(party.Revoked)
	inv.Match = &party.PublicMatch{Joinable: true, Free: 1}
	if v := describe(inv, time.Now()); v.Match != "" {
		t.Errorf("it tells %q", v.Match)
	}
}

// TestAMatchGrowsOlderOnAnOpenPage has nothing happen for minutes but time.
func TestAMatchGrowsOlderOnAnOpenPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inv := lively()
		inv.Match = &party.PublicMatch{Since: party.Time(time.Now().UnixMilli()), Joinable: true, Free: 1}
		x := newSetup(t, inv)
		theirs, ours := net.Pipe()
		front := http.Server{Handler: x.mux}
		go front.Serve(&oneConn{conn: ours, done: make(chan struct{})})
		defer front.Close()
		client := &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return theirs, nil }}}
		conn, _, err := websocket.Dial(t.Context(), "ws://"+testHost+"/join/"+testCode+"/live", &websocket.DialOptions{
			HTTPClient: client, HTTPHeader: http.Header{"Origin": {"https://" + testHost}},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.CloseNow()
		begin := time.Now()
		for _, want := range []string{"In a match that just began, 1 seat free", "In a match since 1 min, 1 seat free", "In a match since 2 min, 1 seat free"} {
			if got := next(t, conn).Match; got != want {
				t.Fatalf("after %v the page is told %q, want %q", time.Since(begin), got, want)
			}
		}
		if took := time.Since(begin); took < 2*time.Minute || took > 2*time.Minute+pingEvery {
			t.Errorf("it took %v", took)
		}
	})
}

// oneConn is a listener with one connection to accept.
type oneConn struct {
	conn net.Conn
	done chan struct{}
}

func (l *oneConn) Accept() (net.Conn, error) {
	if c := l.conn; c != nil {
		l.conn = nil
		return c, nil
	}
	<-l.done
	return nil, net.ErrClosed
}

func (l *oneConn) Close() error   { close(l.done); return nil }
func (l *oneConn) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

package landing

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"partykit/party"

	"github.com/coder/websocket"
)

// dialLive opens a live page as a browser would, from the given origin.
func dialLive(t *testing.T, x *setup, origin string, cookies ...string) (*websocket.Conn, *http.Response, error) {
	t.Helper()
	front := httptest.NewServer(x.mux)
	t.Cleanup(front.Close)
	return websocket.Dial(t.Context(), front.URL+"/join/"+testCode+"/live", &websocket.DialOptions{
		Host: testHost, HTTPHeader: http.Header{"Origin": {origin}, "Cookie": cookies},
	})
}

// next reads a view as the page's script would.
func next(t *testing.T, conn *websocket.Conn) view {
	t.Helper()
	_, data, err := conn.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var v view
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// until waits for something that another goroutine does.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	giveUp := time.After(time.Minute)
	for !done() {
		select {
		case <-tick.C:
		case <-giveUp:
			t.Fatal(what, " never happened")
		}
	}
}

func TestLivePageFollowsAndReports(t *testing.T) {
	x := newSetup(t, lively())
	conn, _, err := dialLive(t, x, "https://"+testHost)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	if v := next(t, conn); len(v.People) != 4 || v.Count != "4 of 8" || v.Start != "Start" {
		t.Errorf("at first it shows %+v", v)
	}
	x.parties.show(func(inv *party.Invitation) {
		inv.Taken = 5
		inv.You = &party.Arrival{Person: party.Person{Name: "CalmHeron"}, Stage: party.LoadingNow, Loading: &party.Loading{Phase: "tutorial", Progress: new(0.7)}}
	})
	if v := next(t, conn); v.Count != "5 of 8" || v.You == nil || v.You.Detail != "Your game is in the tutorial." || *v.You.Percent != 70 {
		t.Errorf("then it shows %+v", v)
	}
	for _, visible := range []string{`{"visible":true}`, `{"visible":false}`} {
		if err := conn.Write(t.Context(), websocket.MessageText, []byte(visible)); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "reporting", func() bool { _, v, _ := x.parties.seen(); return len(v) == 2 && v[0] && !v[1] })
	conn.Close(websocket.StatusNormalClosure, "")
	until(t, "closing the page", func() bool { _, _, open := x.parties.seen(); return open == 0 })
}

func TestLivePageBringsTheLandingInfo(t *testing.T) {
	x := newSetup(t, lively())
	conn, _, err := dialLive(t, x, "https://"+testHost)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	next(t, conn)
	x.parties.show(func(inv *party.Invitation) {
		inv.Landing = []party.Field{{ID: "title", Value: "Lighthouse"}, {ID: "mode", Label: "Mode", Value: "Duel"}}
	})
	if got := next(t, conn).Info; got.Title != "Lighthouse" || len(got.Facts) != 1 || got.Facts[0] != (fact{"Mode", "Duel"}) {
		t.Fatalf("the page is told %+v", got)
	}
	x.parties.show(func(inv *party.Invitation) { inv.Problem = party.Revoked })
	if got := next(t, conn).Info; got.Any() {
		t.Fatalf("a dead link tells %+v", got)
	}
}

func TestLivePageIsForTheInvitePageOnly(t *testing.T) {
	for _, origin := range []string{"", "null", "https://evil.example", "https://" + testHost + ".evil.example", "file://" + testHost} {
		x := newSetup(t, lively())
		conn, response, err := dialLive(t, x, origin)
		if err == nil {
			conn.CloseNow()
			t.Errorf("origin %q may connect", origin)
		} else if response == nil || response.StatusCode != http.StatusForbidden {
			t.Errorf("origin %q: %v", origin, response)
		}
		if len(x.parties.pages) != 0 {
			t.Errorf("origin %q opened a page", origin)
		}
	}
}

func TestLivePageThatTalksNonsenseOrTooMuchIsClosed(t *testing.T) {
	for name, messages := range map[string][]string{
		"not JSON": {"hello"}, "no report": {`{}`}, "wrong type": {`{"visible":"yes"}`}, "no such act": {`{"do":"start"}`},
		"too long": {`{"visible":true,"x":"` + strings.Repeat("x", 100) + `"}`},
		"too many": strings.Split(strings.Repeat(`{"visible":true} `, 200), " ")[:200],
	} {
		x := newSetup(t, lively())
		conn, _, err := dialLive(t, x, "https://"+testHost)
		if err != nil {
			t.Fatal(err)
		}
		next(t, conn)
		for _, m := range messages {
			if conn.Write(t.Context(), websocket.MessageText, []byte(m)) != nil {
				break // closed already
			}
		}
		if _, _, err := conn.Read(t.Context()); err == nil {
			t.Errorf("%s: still open", name)
		}
		until(t, "closing the page", func() bool { _, _, open := x.parties.seen(); return open == 0 })
		if _, visible, _ := x.parties.seen(); len(visible) > reportBurst+reportRate*5 {
			t.Errorf("%s: %d reports went through", name, len(visible))
		}
	}
}

func TestLivePagesAreCountedPerAddress(t *testing.T) {
	var open atomic.Int32
	x := newSetup(t, lively(), func(o *Options) {
		o.AllowPage = func(string, netip.Addr) (func(), bool) {
			if open.Load() == 1 {
				return nil, false
			}
			open.Add(1)
			return func() { open.Add(-1) }, true
		}
	})
	first, _, err := dialLive(t, x, "https://"+testHost)
	if err != nil {
		t.Fatal(err)
	}
	next(t, first)
	if _, response, err := dialLive(t, x, "https://"+testHost); err == nil || response.StatusCode != http.StatusTooManyRequests {
		t.Errorf("a page over the limit: %v", err)
	}
	first.CloseNow()
	until(t, "giving the place back", func() bool { return open.Load() == 0 })
}

func TestLivePageEndsWithItsUpdates(t *testing.T) {
	x := newSetup(t, lively())
	conn, _, err := dialLive(t, x, "https://"+testHost)
	if err != nil {
		t.Fatal(err)
	}
	next(t, conn)
	close(x.parties.pages[0].updates)
	if _, _, err := conn.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Errorf("closed with %v", err)
	}
}

func TestLiveDataIsSafeText(t *testing.T) {
	x := newSetup(t, hostileInvitation(`</script><script>alert(1)</script>`))
	conn, _, err := dialLive(t, x, "https://"+testHost)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	_, data, err := conn.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if bytes.ContainsAny(data, "<>") {
		t.Errorf("markup in the data: %s", data)
	}
}

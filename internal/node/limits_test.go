package node_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"partykit/client"
	"partykit/internal/game"
	"partykit/internal/node"
)

// invited starts a node as operators run it, with a game of its own, and makes
// a link into a party of it.
func invited(t *testing.T) (n *node.Node, stop func(), link string) {
	t.Helper()
	n, end := run(t, node.Options{})
	stop = sync.OnceFunc(end)
	t.Cleanup(stop)
	mine := game.Game{ID: "mine", Name: "Mine", Launch: game.Launch{Web: "https://mine.example/"}, Active: true}
	if _, err := n.Games().Add(t.Context(), mine); err != nil {
		t.Fatal(err)
	}
	ada, err := client.Dial(t.Context(), client.Options{URL: n.URL(), Game: "mine"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ada.Close)
	invite, err := ada.Invite(t.Context(), client.InviteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return n, stop, invite.URL
}

func TestStartsPerAddress(t *testing.T) {
	_, _, link := invited(t)
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for i := range 31 {
		request, _ := http.NewRequestWithContext(t.Context(), "POST", link, nil)
		request.Header.Set("Sec-Fetch-Site", "same-origin")
		r, err := browser.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		want := http.StatusSeeOther
		if i == 30 {
			want = http.StatusTooManyRequests
		}
		if r.StatusCode != want || (r.Header.Get("Retry-After") == "") != (i < 30) {
			t.Fatalf("Start %d answers %s, Retry-After %q", i+1, r.Status, r.Header.Get("Retry-After"))
		}
	}
}

func TestConnectionsPerAddress(t *testing.T) {
	n, _, _ := invited(t) // whose player is the first of 100
	address := n.URL() + "/connect?game=mine"
	var last *websocket.Conn
	for range 99 {
		c, _, err := websocket.Dial(t.Context(), address, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer c.CloseNow()
		last = c
	}
	if _, r, err := websocket.Dial(t.Context(), address, nil); err == nil || r == nil || r.StatusCode != http.StatusTooManyRequests {
		t.Fatalf("connection 101 of one address: %v", err)
	}
	if r, body := get(t, address); r.StatusCode != http.StatusTooManyRequests || !strings.Contains(body, "rate_limited") {
		t.Errorf("asked why: %s %s", r.Status, body)
	}
	last.CloseNow()
	for { // the server needs a moment to see it
		if r, _ := get(t, address); r.StatusCode == http.StatusUpgradeRequired {
			return
		}
	}
}

// TestInvitePagesEndWithTheNode: net/http leaves WebSockets alone when it shuts
// down.
func TestInvitePagesEndWithTheNode(t *testing.T) {
	n, stop, link := invited(t)
	page, _, err := websocket.Dial(t.Context(), link+"/live", &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {n.URL()}}})
	if err != nil {
		t.Fatal(err)
	}
	defer page.CloseNow()
	if _, _, err := page.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	stop()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for err == nil {
		_, _, err = page.Read(ctx)
	}
	if ctx.Err() != nil {
		t.Error("an invite page stays open when its server has gone")
	}
}

package node_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"partykit/client"
	"partykit/internal/game"
	"partykit/internal/node"
	"partykit/protocol"
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
	wantThirtyAMinute(t, func() bool {
		request, _ := http.NewRequestWithContext(t.Context(), "POST", link, nil)
		request.Header.Set("Sec-Fetch-Site", "same-origin")
		r, err := browser.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		limited := r.StatusCode == http.StatusTooManyRequests
		if !limited && r.StatusCode != http.StatusSeeOther || (r.Header.Get("Retry-After") == "") == limited {
			t.Fatalf("Start answers %s, Retry-After %q", r.Status, r.Header.Get("Retry-After"))
		}
		return !limited
	})
}

// wantThirtyAMinute does something until it is refused: not before it was done
// thirty times, nor when it was done once more for each two seconds that it took.
func wantThirtyAMinute(t *testing.T, do func() (done bool)) {
	t.Helper()
	begun, done := time.Now(), 0
	for do() {
		if done++; done > 30+int(time.Since(begun)/(2*time.Second)) {
			t.Fatalf("it was done %d times in %v", done, time.Since(begun))
		}
	}
	if done < 30 {
		t.Errorf("it was done %d times", done)
	}
}

// set gives a game a setting while the node runs.
func set(t *testing.T, n *node.Node, name, value string) {
	t.Helper()
	if _, err := n.Games().Update(t.Context(), "mine", func(g *game.Game) error { return g.Settings.Set(name, value) }); err != nil {
		t.Fatal(err)
	}
}

// greeting is what the tests read of the frame that answers a hello.
type greeting struct {
	T       string
	Code    string
	Session string
	Resume  string
	Epoch   string
	Seq     uint64
	Party   struct{ ID string }

	RetryAfter float64
}

// visit connects as the guest k and says hello, with more in it.
func visit(t *testing.T, n *node.Node, k int, more string) (*websocket.Conn, greeting) {
	t.Helper()
	c, _, err := websocket.Dial(t.Context(), n.URL()+"/connect?game=mine", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.CloseNow() })
	if err := c.Write(t.Context(), websocket.MessageText, fmt.Appendf(nil, `{"t":"hello","v":1,"key":"%032x"%s}`, k, more)); err != nil {
		t.Fatal(err)
	}
	_, b, err := c.Read(t.Context())
	var g greeting
	if err != nil || json.Unmarshal(b, &g) != nil {
		t.Fatalf("answered %s, %v", b, err)
	}
	return c, g
}

func TestConnectionsOfAnAddressAndOfAGame(t *testing.T) {
	for _, setting := range []string{"connections_per_address", "connections"} {
		t.Run(setting, func(t *testing.T) {
			n, _, _ := invited(t) // whose player is the first of 3
			set(t, n, setting, "3")
			bob, first := visit(t, n, 2, "")
			cleo, _ := visit(t, n, 3, "")
			why := func() (int, string) {
				r, body := get(t, n.URL()+"/connect?game=mine")
				return r.StatusCode, body
			}
			if status, body := why(); status != http.StatusTooManyRequests || !strings.Contains(body, "rate_limited") {
				t.Errorf("asked why: %d %s", status, body)
			}
			dora, refused := visit(t, n, 4, "")
			if refused.Code != "rate_limited" || refused.RetryAfter <= 0 {
				t.Fatalf("a fourth connection: %+v", refused)
			}
			if _, _, err := dora.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusCode(protocol.RateLimited) {
				t.Errorf("a fourth connection ends with %v", err)
			}

			// Who comes back is not counted: its old connection is still there.
			resume := fmt.Sprintf(`,"party":%q,"resume":{"session":%q,"token":%q,"epoch":%q,"seq":%d}`, first.Party.ID, first.Session, first.Resume, first.Epoch, first.Seq)
			if _, back := visit(t, n, 2, resume); back.T != "welcome" || back.Session != first.Session {
				t.Fatalf("a reconnect over the limit: %+v", back)
			}
			if _, _, err := bob.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusCode(protocol.Replaced) {
				t.Errorf("the old connection ends with %v", err)
			}
			if _, again := visit(t, n, 4, ""); again.Code != "rate_limited" {
				t.Errorf("after the reconnect there is room for a stranger: %+v", again)
			}

			cleo.CloseNow()
			for { // the server needs a moment to see it
				if status, _ := why(); status == http.StatusUpgradeRequired {
					break
				}
			}
			if _, in := visit(t, n, 4, ""); in.T != "welcome" {
				t.Errorf("with room again: %+v", in)
			}
			set(t, n, setting, "9") // reaches who comes next
			if _, in := visit(t, n, 5, ""); in.T != "welcome" {
				t.Errorf("with a higher limit: %+v", in)
			}
		})
	}
}

// What one game's players do takes nothing from another's at the same address.
func TestGamesHaveTheirOwnLimits(t *testing.T) {
	n, _, _ := invited(t)
	set(t, n, "connections_per_address", "1")
	set(t, n, "guests_per_minute", "1")
	if _, in := visit(t, n, 2, ""); in.Code != "rate_limited" {
		t.Fatalf("over the limit: %+v", in)
	}
	other := game.Game{ID: "other", Name: "Other", Launch: game.Launch{Web: "https://other.example/"}, Active: true}
	if _, err := n.Games().Add(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	c, err := client.Dial(t.Context(), client.Options{URL: n.URL(), Game: "other"})
	if err != nil {
		t.Fatalf("another game: %v", err)
	}
	c.Close()
}

func TestOpenPagesPerAddress(t *testing.T) {
	n, _, link := invited(t)
	set(t, n, "connections_per_address", "2")
	open := func() (*websocket.Conn, *http.Response, error) {
		return websocket.Dial(t.Context(), link+"/live", &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {n.URL()}}})
	}
	for range 2 {
		page, _, err := open()
		if err != nil {
			t.Fatal(err)
		}
		defer page.CloseNow()
	}
	if _, r, err := open(); err == nil || r.StatusCode != http.StatusTooManyRequests || r.Header.Get("Retry-After") == "" {
		t.Errorf("a third page: %v", err)
	}
}

func TestAGameSetsNewGuestsPerAddress(t *testing.T) {
	n, _, _ := invited(t)
	set(t, n, "guests_per_minute", "4") // one of which has come
	for k := range 4 {
		_, in := visit(t, n, k+2, "")
		if want := k < 3; (in.T == "welcome") != want || !want && (in.Code != "rate_limited" || in.RetryAfter <= 0) {
			t.Fatalf("new guest %d: %+v", k+2, in)
		}
	}
	if _, in := visit(t, n, 2, ""); in.T != "welcome" {
		t.Errorf("a guest that is here counts as new: %+v", in)
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
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for err == nil {
		_, _, err = page.Read(ctx)
	}
	if ctx.Err() != nil {
		t.Error("an invite page stays open when its server has gone")
	}
}

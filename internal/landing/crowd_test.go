package landing

import (
	"bufio"
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"partykit/internal/auth"
	"partykit/party"
)

// countedParties counts notices, each of which takes a while.
type countedParties struct {
	*fakeParties
	notices int
	fail    func(from netip.Addr) error
}

func (c *countedParties) Notice(ctx context.Context, code string, from netip.Addr) (Notice, error) {
	n, err := c.fakeParties.Notice(ctx, code, from)
	c.mu.Lock()
	c.notices++
	c.mu.Unlock()
	select {
	case <-time.After(10 * time.Millisecond): // what the page says is from before
	case <-ctx.Done():
		return n, &party.Error{Code: party.Unavailable}
	}
	if c.fail != nil {
		err = c.fail(from)
	}
	return n, err
}

func counted(x *setup) *countedParties {
	c := &countedParties{fakeParties: x.parties}
	x.server.parties = c
	return c
}

func says(t *testing.T, w *httptest.ResponseRecorder, want string) {
	t.Helper()
	if text := visibleText(t, w.Body.String()); !strings.Contains(text, want) {
		t.Errorf("the page does not say %q:\n%s", want, text)
	}
}

// What is kept is sent to whom no party can know; whatever else is asked for waits
// for its turn.
func TestOnlyAKeptPageComesFromMemory(t *testing.T) {
	path := "/join/" + testCode
	known := "__Host-pk=" + auth.Browser()
	for what, c := range map[string]struct {
		method, path, cookie string
		before               func(*setup)
		kept                 bool
	}{
		"a page that is kept":       {method: "GET", path: path, kept: true},
		"with a cookie of no worth": {method: "GET", path: path, cookie: "__Host-pk=forged", kept: true},
		"of another link":           {method: "GET", path: "/join/0123456789abcdefgh"},
		"by a browser with a seat":  {method: "GET", path: path, cookie: known},
		"asked about":               {method: "HEAD", path: path},
		"Start":                     {method: "POST", path: path},
		"its live connection":       {method: "GET", path: path + "/live"},
		"its old address":           {method: "GET", path: path + "/"},
		"outdated":                  {method: "GET", path: path, before: func(x *setup) { x.games.changed() }},
	} {
		t.Run(what, func(t *testing.T) {
			x := newSetup(t, lively())
			x.do("GET", path)
			if c.before != nil {
				c.before(x)
			}
			turns := 0
			next := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { turns++ })
			w, r := httptest.NewRecorder(), httptest.NewRequest(c.method, "https://"+testHost+c.path, nil)
			r.Header.Set("Cookie", c.cookie)
			x.server.FromMemory(next).ServeHTTP(w, r)
			if (turns == 0) != c.kept {
				t.Fatalf("it waits for a turn %d times", turns)
			}
			if c.kept {
				says(t, w, "FriendlyAlpaca")
				if w.Header().Get("Set-Cookie") == "" {
					t.Error("the browser gets no cookie")
				}
			}
		})
	}
}

// A page that somebody can unpack leaves whole. Only of one out of memory everything
// is said that way; what comes by its route is given the rest by who calls.
func TestAPageLeavesWholeWhereItCan(t *testing.T) {
	var own []string
	var said http.Header
	x := newSetup(t, lively(), func(o *Options) {
		o.Always = http.Header{"X-Content-Type-Options": {"nosniff"}}
		o.Whole = func(_ *http.Request, mine string, headers, body []byte) bool {
			h, err := textproto.NewReader(bufio.NewReader(strings.NewReader(mine + string(headers) + "\r\n"))).ReadMIMEHeader()
			if err != nil || h.Get("Content-Length") != strconv.Itoa(len(body)) || h.Get("Content-Encoding") != "gzip" || h.Get("Content-Security-Policy") == "" {
				t.Errorf("%d bytes leave with %v, %v", len(body), h, err)
			}
			own, said = append(own, mine), http.Header(h)
			return true
		}
	})
	path, zipped := "/join/"+testCode, header("Accept-Encoding", "gzip")
	for what, c := range map[string]*httptest.ResponseRecorder{
		"the first": x.do("GET", path, zipped), "to somebody known": x.do("GET", path, zipped, header("Cookie", "__Host-pk="+auth.Browser())),
	} {
		if c.Body.Len() > 0 || c.Header().Get("Content-Length") != "" {
			t.Errorf("%s is written as well: %v", what, c.Header())
		}
	}
	if len(own) != 2 || own[0] != "" || own[1] != "" || said.Get("X-Content-Type-Options") != "" {
		t.Errorf("what is not out of memory says %q and %v", own, said)
	}
	w := x.do("GET", path, zipped)
	if len(own) != 3 || len(w.Header()) > 0 || !strings.HasPrefix(said.Get("Set-Cookie"), "__Host-pk=") || len(said["X-Content-Type-Options"]) != 1 {
		t.Errorf("out of memory %d pages leave whole, with %v and %v", len(own), said, w.Header())
	}
	for what, w := range map[string]*httptest.ResponseRecorder{"not packed": x.do("GET", path), "asked about": x.do("HEAD", path, zipped)} {
		if len(own) != 3 || w.Header().Get("Content-Length") == "" {
			t.Errorf("%s it leaves whole", what)
		}
	}
}

func TestACrowdsPageIsMadeOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newSetup(t, lively())
		c := counted(x)
		var crowd sync.WaitGroup
		bodies := make([][]byte, 500)
		for i := range bodies {
			crowd.Go(func() {
				w := x.do("GET", "/join/"+testCode, header("Accept-Encoding", "gzip"))
				bodies[i] = w.Body.Bytes()
				if len(w.Result().Cookies()) != 1 {
					t.Error("somebody got no cookie")
				}
			})
		}
		crowd.Wait()
		if c.notices != 1 {
			t.Errorf("the party was asked %d times", c.notices)
		}
		for _, b := range bodies {
			if len(b) == 0 || !bytes.Equal(b, bodies[0]) {
				t.Fatal("they do not see the same page")
			}
		}
		time.Sleep(10 * time.Minute)
		x.do("GET", "/join/"+testCode)
		if c.notices != 1 {
			t.Errorf("of an unchanged party the page was made again")
		}
	})
}

// Whoever asks after a change sees it, also when the page was being made while
// the change came.
func TestNoPageFromBeforeAChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newSetup(t, lively())
		c := counted(x)
		says(t, x.do("GET", "/join/"+testCode), "4 of 8")
		x.parties.show(func(inv *party.Invitation) { inv.Taken = 5 })
		says(t, x.do("GET", "/join/"+testCode), "5 of 8")

		x.parties.show(func(inv *party.Invitation) { inv.Taken = 6 })
		var both sync.WaitGroup
		both.Go(func() { x.do("GET", "/join/"+testCode) })
		synctest.Wait() // it has asked the party
		x.parties.show(func(inv *party.Invitation) { inv.Taken = 7 })
		both.Go(func() { says(t, x.do("GET", "/join/"+testCode), "7 of 8") })
		both.Wait()
		if c.notices != 4 {
			t.Errorf("the party was asked %d times, want 4", c.notices)
		}

		x.games.game.Name = "Meadow Run II"
		x.server.games = x.games
		says(t, x.do("GET", "/join/"+testCode), "Meadow Run")
		x.games.changed()
		says(t, x.do("GET", "/join/"+testCode), "Meadow Run II")
	})
}

// What is fleeting is shown to those who come a little later, and a page that
// tells of time is made again when time has passed.
func TestACrowdsPageKeepsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newSetup(t, lively())
		x.parties.fleeting = true
		says(t, x.do("GET", "/join/"+testCode), "42 %")
		x.parties.show(func(inv *party.Invitation) {
			inv.Members = slices.Clone(inv.Members)
			inv.Members[1].Loading = &party.Loading{Progress: new(0.5)}
		})
		says(t, x.do("GET", "/join/"+testCode), "42 %")
		time.Sleep(crowdPause)
		says(t, x.do("GET", "/join/"+testCode), "50 %")

		begun := party.At(time.Now())
		x.parties.show(func(inv *party.Invitation) { inv.Match = &party.PublicMatch{Since: begun} })
		time.Sleep(crowdPause)
		says(t, x.do("GET", "/join/"+testCode), "In a match that just began")
		time.Sleep(3 * time.Minute)
		says(t, x.do("GET", "/join/"+testCode), "In a match since 3 min")

		c := counted(x)
		x.parties.show(func(inv *party.Invitation) { inv.Match, inv.Expires = nil, party.At(time.Now().Add(time.Minute)) })
		time.Sleep(crowdPause)
		x.do("GET", "/join/"+testCode)
		time.Sleep(59 * time.Second)
		x.do("GET", "/join/"+testCode)
		if c.notices != 1 {
			t.Errorf("the party was asked %d times before its link expired", c.notices)
		}
		time.Sleep(time.Second)
		x.do("GET", "/join/"+testCode)
		if c.notices != 2 {
			t.Error("a link expired, and the page from before still counts")
		}
	})
}

func TestAFriendOnTheWaySeesItsOwnPage(t *testing.T) {
	x := newSetup(t, lively())
	says(t, x.do("GET", "/join/"+testCode), "4 of 8")
	kept, _ := x.server.pages.get(crowdKey{code: testCode})
	kept.written = rendered("</head><body><p>the kept page</p></body></html>")
	says(t, x.do("GET", "/join/"+testCode, header("Cookie", "__Host-pk="+auth.Browser())), "the kept page") // nothing is known of it
	x.parties.inv = arriving(party.HeldStage)
	says(t, x.do("GET", "/join/"+testCode, header("Cookie", "__Host-pk="+auth.Browser())), "Your place is kept")
}

// However many wait for a page while it is made and its party changes, it is made
// once more for all of them.
func TestAChangeWhileACrowdWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newSetup(t, lively())
		c := counted(x)
		var crowd sync.WaitGroup
		for range 200 {
			crowd.Go(func() { x.do("GET", "/join/"+testCode) })
		}
		synctest.Wait() // one has asked the party, the others wait for it
		x.parties.show(func(inv *party.Invitation) { inv.Taken = 5 })
		for range 200 {
			crowd.Go(func() { says(t, x.do("GET", "/join/"+testCode), "5 of 8") })
		}
		crowd.Wait()
		if c.notices != 2 {
			t.Errorf("the party was asked %d times, want 2", c.notices)
		}
	})
}

// Who came first may go: the page is made for the others all the same.
func TestTheFirstOfACrowdHangsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newSetup(t, lively())
		c := counted(x)
		ctx, hangUp := context.WithCancel(t.Context())
		var crowd sync.WaitGroup
		crowd.Go(func() {
			x.do("GET", "/join/"+testCode, func(r *http.Request) { *r = *r.WithContext(ctx) })
		})
		synctest.Wait()
		for range 200 {
			crowd.Go(func() { says(t, x.do("GET", "/join/"+testCode), "4 of 8") })
		}
		synctest.Wait()
		hangUp()
		crowd.Wait()
		if c.notices != 1 {
			t.Errorf("the party was asked %d times", c.notices)
		}
	})
}

// slowParties never answer.
type slowParties struct{ *fakeParties }

func (slowParties) Notice(ctx context.Context, _ string, _ netip.Addr) (Notice, error) {
	<-ctx.Done()
	return Notice{}, &party.Error{Code: party.Unavailable}
}

func TestAPageIsNotWaitedForWithoutEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newSetup(t, lively())
		x.server.parties = slowParties{x.parties}
		begun := time.Now()
		if w := x.do("GET", "/join/"+testCode); w.Code != http.StatusServiceUnavailable {
			t.Errorf("answered %d", w.Code)
		}
		if took := time.Since(begun); took != crowdWait {
			t.Errorf("answered after %v", took)
		}
	})
}

// A failure is told to all who waited for the page, but not that one of them
// guessed too much.
func TestACrowdsPageFails(t *testing.T) {
	guesser := netip.MustParseAddr("192.0.2.66")
	for _, c := range []struct {
		code         party.Code
		fails, asked int
	}{{party.Unavailable, 51, 2}, {party.RateLimited, 1, 2}} {
		synctest.Test(t, func(t *testing.T) {
			x := newSetup(t, lively(), func(o *Options) {
				o.ClientAddr = func(r *http.Request) netip.Addr { return netip.MustParseAddr(r.Header.Get("From")) }
			})
			parties := counted(x)
			parties.fail = func(from netip.Addr) error {
				if c.code != party.RateLimited || from == guesser {
					return &party.Error{Code: c.code}
				}
				return nil
			}
			var failed atomic.Int64
			var crowd sync.WaitGroup
			come := func(from string) {
				crowd.Go(func() {
					if w := x.do("GET", "/join/"+testCode, header("From", from)); w.Code != http.StatusOK {
						failed.Add(1)
					}
				})
			}
			come(guesser.String())
			synctest.Wait()
			for range 50 {
				come("192.0.2.7")
			}
			crowd.Wait()
			if int(failed.Load()) != c.fails || parties.notices != c.asked {
				t.Errorf("%s: %d failed, want %d; the party was asked %d times, want %d", c.code, failed.Load(), c.fails, parties.notices, c.asked)
			}
		})
	}
}

// A page of which nobody would say when it is outdated is not kept, and yet made
// once for all who come while another is made.
func TestWhatNobodyWatchesIsNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newSetup(t, dead(party.Ended))
		c := counted(x)
		x.server.parties = unwatched{c}
		var crowd sync.WaitGroup
		for range 50 {
			crowd.Go(func() { says(t, x.do("GET", "/join/"+testCode), "That party is over") })
		}
		crowd.Wait()
		if c.notices != 2 {
			t.Errorf("for 50 who came at once it was made %d times, want 2: for the first, and for the others", c.notices)
		}
		x.do("GET", "/join/"+testCode)
		if c.notices != 3 || x.server.pages.memo.bytes != 0 {
			t.Error("the page was kept")
		}
	})
}

type unwatched struct{ *countedParties }

func (u unwatched) Notice(ctx context.Context, code string, from netip.Addr) (Notice, error) {
	n, err := u.countedParties.Notice(ctx, code, from)
	n.Current, n.Same = nil, nil
	return n, err
}

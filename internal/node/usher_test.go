package node

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"partykit/party"
)

// A crowd comes by one link, and then a friend by another and a player. Whenever
// nobody else has anything to do some are let in, and the links take turns.
func TestAnUsherLetsSomeInAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var in []string
		u := newUsher(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			in = append(in, r.URL.String())
		}), byPath, nil)
		idle := make(chan struct{})
		u.pace.idle = func() { <-idle }
		come := func(address string, times int) {
			for range times {
				r := httptest.NewRequest(http.MethodGet, address, nil)
				if strings.HasSuffix(address, "/live") {
					r.Header.Set("Upgrade", "websocket")
				}
				go u.ServeHTTP(httptest.NewRecorder(), r)
			}
			synctest.Wait()
		}
		next := func() (since []string) {
			mu.Lock()
			defer mu.Unlock()
			since, in = in, nil
			slices.Sort(since)
			return since
		}
		crowd := func(times int) []string { return slices.Repeat([]string{"/join/STREAMER"}, times) }
		check := func(when string, want []string) {
			t.Helper()
			if diff := cmp.Diff(want, next()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", when, diff)
			}
		}
		pass := func() {
			idle <- struct{}{}
			synctest.Wait()
		}

		come("/join/STREAMER", 4*requestsAtATime)
		check("before others had a turn", crowd(requestsAtATime))
		come("/join/FRIEND/live", 1)
		come("/connect?game=demo", 1)
		check("before others had another turn", nil)
		pass()
		check("then", append([]string{"/connect?game=demo", "/join/FRIEND/live"}, crowd(requestsAtATime-1-severalRequests)...))
		pass()
		pass()
		check("after two turns more", crowd(2*requestsAtATime))
		pass()
		check("at last", crowd(1+severalRequests))
		pass()
		pass() // nobody came since: it ends
		come("/join/FRIEND", 1)
		check("when nobody waits", []string{"/join/FRIEND"})
		pass()
		pass()
	})
}

// byPath has what is asked for at one path wait in one line.
func byPath(r *http.Request) stand { return stand{line: r.URL.Path} }

// Who is let in and waits for the network keeps nobody out.
func TestAnUsherWaitsForNobody(t *testing.T) {
	const slow = 5 * requestsAtATime
	never := make(chan struct{})
	in := make(chan struct{}, slow)
	server := httptest.NewServer(newUsher(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "slow") {
			in <- struct{}{}
			<-never
		}
	}), byPath, nil))
	defer server.Close()
	defer close(never)
	for range slow {
		go http.Get(server.URL + "/join/slow")
	}
	for range slow {
		<-in
	}
	for range 100 {
		r, err := http.Get(server.URL + "/join/STREAMER")
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
	}
}

// Who hangs up while it waits is not let in and takes no room, and who finds its line too long
// is told to come back.
func TestALineIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var in []string
		refused := 0
		u := newUsher(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { in = append(in, r.URL.Path) }), byPath,
			func(_ http.ResponseWriter, _ *http.Request, e *party.Error) {
				if refused++; e.Code != party.Unavailable || e.RetryAfter == 0 {
					t.Errorf("who finds its line too long is told %v", e)
				}
			})
		idle := make(chan struct{})
		u.pace.idle = func() { <-idle }
		ctx, hangUp := context.WithCancel(t.Context())
		come := func(ctx context.Context, path string) {
			go u.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil))
			synctest.Wait()
		}
		for range requestsAtATime {
			come(t.Context(), "/first")
		}
		for range mostInLine {
			go u.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/crowd", nil))
		}
		synctest.Wait()
		come(t.Context(), "/crowd")
		if refused != 1 {
			t.Errorf("%d were refused, want the one that found %d before it", refused, mostInLine)
		}
		come(t.Context(), "/friend")
		in = nil
		hangUp()
		synctest.Wait()
		idle <- struct{}{}
		synctest.Wait()
		if diff := cmp.Diff([]string{"/friend"}, in); diff != "" {
			t.Errorf("let in when the crowd had hung up (-want +got):\n%s", diff)
		}
		come(t.Context(), "/crowd")
		if diff := cmp.Diff([]string{"/friend", "/crowd"}, in); diff != "" {
			t.Errorf("their line is there still (-want +got):\n%s", diff)
		}
		for range 2 {
			idle <- struct{}{}
		}
	})
}

// However busy those are who are in, some thousands a second come in: as many as
// would have come if there had been a moment's rest every millisecond, but not all
// at once after a long time.
func TestWhoComesDoesNotWaitForTheBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			busy  time.Duration
			times int
		}{{0, 1}, {time.Millisecond, 1}, {7 * time.Millisecond, 7}, {time.Second, mostAtOnce}} {
			p := pace{func() { time.Sleep(c.busy) }}
			if n, want := p.wait(3), 3*c.times; n != want {
				t.Errorf("after %v %d may come in, want %d", c.busy, n, want)
			}
		}

		var in atomic.Int64
		u := newUsher(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { in.Add(1) }), byPath, nil)
		u.pace.idle = func() { time.Sleep(5 * time.Millisecond) }
		const crowd = 1000
		for range crowd {
			go u.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/join/STREAMER", nil))
		}
		begun := time.Now()
		for in.Load() < crowd {
			time.Sleep(time.Millisecond)
			synctest.Wait()
		}
		if took := time.Since(begun); took > 2*crowd/requestsAtATime*atLeastEvery {
			t.Errorf("%d were let in after %v", crowd, took)
		}
		time.Sleep(time.Second) // nobody comes any more
		u.mu.Lock()
		defer u.mu.Unlock()
		if u.room > requestsAtATime {
			t.Errorf("%d may come in at once when nobody waits", u.room)
		}
	})
}

// One more connection than come at a time waits, and no other.
func TestADoorkeeperLetsSomeInAtATime(t *testing.T) {
	waits := 0
	d := newDoorkeeper(endless{}, nil)
	d.pace.idle = func() { waits++ }
	for n := range 3 * connectionsAtATime {
		if d.Accept(); waits != n/connectionsAtATime {
			t.Fatalf("it has waited %d times before connection %d", waits, n)
		}
	}
}

// endless is a listener at which there is always somebody.
type endless struct{ net.Listener }

func (endless) Accept() (net.Conn, error) { return nil, nil }

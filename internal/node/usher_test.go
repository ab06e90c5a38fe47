package node

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
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
		}))
		idle := make(chan struct{})
		u.idle = func() { <-idle }
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

// Who is let in and waits for the network keeps nobody out.
func TestAnUsherWaitsForNobody(t *testing.T) {
	never := make(chan struct{})
	server := httptest.NewServer(newUsher(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "slow") {
			<-never
		}
	})))
	defer server.Close()
	defer close(never)
	for range 5 * requestsAtATime {
		go http.Get(server.URL + "/join/slow")
	}
	for range 100 {
		r, err := http.Get(server.URL + "/join/STREAMER")
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
	}
}

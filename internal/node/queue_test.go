package node

import (
	"fmt"
	"net/http/httptest"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partykit/internal/limit"
)

// home is one of the addresses of the documentation's network.
func home(n int) limit.Home {
	return limit.HomeOf(netip.AddrFrom4([4]byte{198, 51, byte(n >> 8), byte(n)}))
}

// inTurn is all who wait, in the order in which they are let in.
func inTurn(t *testing.T, s *queue) (names []string) {
	t.Helper()
	for !s.empty() {
		q := s.next()
		names = append(names, q.Game+" "+q.line)
	}
	if len(s.games) != 0 || len(s.corners) != 0 {
		t.Errorf("%d games and %d corners are remembered when nobody waits", len(s.games), len(s.corners))
	}
	return names
}

// A game's guests may make as many links as they like: another game's player and
// friend wait for one of them, not for one of each.
func TestGamesTakeTurnsBeforeTheirLinks(t *testing.T) {
	s := newQueue()
	add := func(game, line string, n int) {
		if !s.add(&waiting{stand: stand{limit.Visitor{Game: game, Home: home(n)}, line, 200}}) {
			t.Fatalf("no room for %s %s", game, line)
		}
	}
	for n := range 300 {
		add("loud", fmt.Sprint("link ", n), n)
	}
	add("quiet", "players", 301)
	add("quiet", "link FRIEND", 302)
	order := inTurn(t, &s)
	want := []string{"loud link 0", "quiet players", "loud link 1", "quiet link FRIEND", "loud link 2"}
	if diff := cmp.Diff(want, order[:5]); diff != "" || len(order) != 302 {
		t.Errorf("the first of %d that are let in (-want +got):\n%s", len(order), diff)
	}
}

// Within a game who asks for hundreds of links has one turn, as who asks for one.
func TestAnAddressHasOneLineOfAGame(t *testing.T) {
	s := newQueue()
	add := func(game, line string, n, most int) {
		if !s.add(&waiting{stand: stand{limit.Visitor{Game: game, Home: home(n)}, line, most}}) {
			t.Fatalf("no room for %s %s", game, line)
		}
	}
	for n := range 100 {
		add("game", fmt.Sprint("link OWN", n), 1, 200)
	}
	add("game", "link FRIEND", 2, 200)
	add("other", "players", 1, 200) // another game's line is another
	add("game", "backend", 0, 0)
	add("game", "players", 0, 0) // who is not counted has any
	order := inTurn(t, &s)
	want := []string{"game link OWN0", "other players", "game link FRIEND", "game backend", "game players", "game link OWN1"}
	if diff := cmp.Diff(want, order[:6]); diff != "" {
		t.Errorf("the first that are let in (-want +got):\n%s", diff)
	}
	if !slices.IsSorted(order[6:10]) || len(order) != 104 {
		t.Errorf("%d are let in, then %v", len(order), order[6:10])
	}
}

// One address fills no line, by however many connections and streams of HTTP/2 it
// asks: not its game's and not that of what is made up.
func TestAnAddressFillsNoLine(t *testing.T) {
	n := bare(t, Options{})
	u := newUsher(nil, n.lineOf, nil)
	u.room, u.lets = 0, true // and nobody lets in
	for _, address := range []string{"/", "/docs", "/connect?game=none", "/v1/parties"} {
		comes := func(from string) bool {
			r := httptest.NewRequest("GET", address, nil)
			r.RemoteAddr = from
			return u.stand(n.lineOf(r), 1) != nil
		}
		waits := 0
		for port := range mostInLine {
			if comes(fmt.Sprintf("[2001:db8::%x]:443", port)) {
				waits++
			}
		}
		if want := 2 * n.games.Settings("").AddressConnections; address == "/" && waits != want || address != "/" && waits != 0 {
			t.Errorf("%d of %d who ask for %s from a /64 find room to wait, want %d in all", waits, mostInLine, address, want)
		}
	}
	if r := httptest.NewRequest("GET", "/", nil); u.stand(n.lineOf(r), 1) == nil {
		t.Error("another address finds no room")
	}
	u.queue.next()
	r := httptest.NewRequest("GET", "/", nil)
	if r.RemoteAddr = "[2001:db8::1]:443"; u.stand(n.lineOf(r), 1) == nil {
		t.Error("there is no room again when one was let in")
	}
}

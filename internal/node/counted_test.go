package node

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/netip"
	"testing"

	"partykit/internal/game"
	"partykit/internal/testlog"
)

// nothing is a store without games: all of them have the default settings.
type nothing struct{ game.Store }

func (nothing) Watch(context.Context, func(string, []byte)) error { return nil }

// Put keeps nothing: the registry remembers what it wrote.
func (nothing) Put(context.Context, string, []byte, uint64) (uint64, error) { return 1, nil }

func bare(t *testing.T, o Options) *Node {
	t.Helper()
	games, err := game.Open(t.Context(), nothing{}, game.Options{Logger: testlog.New(t)})
	if err != nil {
		t.Fatal(err)
	}
	return &Node{opts: o, games: games, most: 1 << 20}
}

// One address fills no server, however many games there are: 100 connections of
// each, 1,000 of all.
func TestAnAddressHasSoManyConnectionsInAll(t *testing.T) {
	take, r := bare(t, Options{}).connections(), httptest.NewRequest("GET", "/connect", nil)
	here, there := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8:0:1::1")
	var releases []func()
	for g := range 12 {
		for range 100 {
			release, spare, ok := take(r, fmt.Sprint("game", g), here)
			if !ok || spare != (g >= 10) {
				t.Fatalf("of game %d, with %d connections in all: spare %t, %t", g, len(releases), spare, ok)
			}
			releases = append(releases, release)
		}
	}
	if _, spare, ok := take(r, "game0", here); !ok || !spare {
		t.Errorf("connection 101 of one game: spare %t, %t", spare, ok)
	}
	if release, spare, ok := take(r, "game0", there); !ok || spare {
		t.Errorf("another /64: spare %t, %t", spare, ok)
	} else {
		release()
	}
	for _, release := range releases[100:] {
		release()
	}
	if _, spare, ok := take(r, "game1", here); !ok || spare {
		t.Errorf("after the others have gone: spare %t, %t", spare, ok)
	}
}

// Beyond twice a limit nobody gets to the hello, and a refusal counts nothing.
func TestSpareConnectionsAreBoundedToo(t *testing.T) {
	n := bare(t, Options{Dev: true})
	demo := game.Game{ID: "demo", Name: "Demo", Launch: game.Launch{Web: "https://demo.example/"}, Settings: game.Settings{Connections: 10}}
	if _, err := n.games.Add(t.Context(), demo); err != nil {
		t.Fatal(err)
	}
	loopback := netip.MustParseAddr("127.0.0.1")
	for _, c := range []struct{ most, usual, all int }{
		{1 << 20, 10, 20},
		{20, 10, 19}, // whatever comes back, there is room for another game's players
	} {
		n.most = c.most
		take, r := n.connections(), httptest.NewRequest("GET", "/connect", nil)
		var releases []func()
		for i := range c.all {
			release, spare, ok := take(r, "demo", loopback)
			if !ok || spare != (i >= c.usual) {
				t.Fatalf("connection %d of %d of %d: spare %t, %t", i+1, c.usual, c.most, spare, ok)
			}
			releases = append(releases, release)
		}
		for range 5 {
			if _, _, ok := take(r, "demo", loopback); ok {
				t.Fatalf("more than %d of %d are let to the hello", c.all, c.most)
			}
		}
		releases[0]()
		if _, spare, ok := take(r, "demo", loopback); !ok || spare != (c.all > c.usual) {
			t.Errorf("in the place of one that went: spare %t, %t", spare, ok)
		}
	}
}

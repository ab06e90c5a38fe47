package node

import (
	"context"
	"fmt"
	"net/netip"
	"testing"

	"partykit/internal/game"
)

// nothing is a store without games: all of them have the default settings.
type nothing struct{ game.Store }

func (nothing) Watch(context.Context, func(string, []byte)) error { return nil }

func bare(t *testing.T, o Options) *Node {
	t.Helper()
	games, err := game.Open(t.Context(), nothing{}, game.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &Node{opts: o, games: games, room: 1 << 20}
}

// One address fills no server, however many games there are: 100 connections of
// each, 1,000 of all.
func TestAnAddressHasSoManyConnectionsInAll(t *testing.T) {
	take := bare(t, Options{}).connections()
	here, there := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8:0:1::1")
	var releases []func()
	for g := range 12 {
		for range 100 {
			release, spare, ok := take(fmt.Sprint("game", g), here)
			if !ok || spare != (g >= 10) {
				t.Fatalf("of game %d, with %d connections in all: spare %t, %t", g, len(releases), spare, ok)
			}
			releases = append(releases, release)
		}
	}
	if _, spare, ok := take("game0", here); !ok || !spare {
		t.Errorf("connection 101 of one game: spare %t, %t", spare, ok)
	}
	if release, spare, ok := take("game0", there); !ok || spare {
		t.Errorf("another /64: spare %t, %t", spare, ok)
	} else {
		release()
	}
	for _, release := range releases[100:] {
		release()
	}
	if _, spare, ok := take("game1", here); !ok || spare {
		t.Errorf("after the others have gone: spare %t, %t", spare, ok)
	}
}

// Beyond twice a limit nobody gets to the door, and a refusal counts nothing.
func TestTheDoorIsBoundedToo(t *testing.T) {
	n := bare(t, Options{Dev: true})
	n.room = 10
	take := n.connections()
	loopback := netip.MustParseAddr("127.0.0.1")
	var releases []func()
	for i := range 20 {
		release, spare, ok := take("demo", loopback)
		if !ok || spare != (i >= 10) {
			t.Fatalf("connection %d of 10: spare %t, %t", i+1, spare, ok)
		}
		releases = append(releases, release)
	}
	for range 5 {
		if _, _, ok := take("demo", loopback); ok {
			t.Fatal("more than twice as many are let to the door")
		}
	}
	releases[0]()
	if _, spare, ok := take("demo", loopback); !ok || !spare {
		t.Errorf("in the place of one that went: spare %t, %t", spare, ok)
	}
}

package node

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
	"unsafe"

	"partykit/client"
	"partykit/internal/game"
	"partykit/internal/testlog"
)

// doors is a node that serves, at the doors of which a test stands.
type doors struct {
	*Node
	t    *testing.T
	addr string
	log  strings.Builder
}

func atDoors(t *testing.T, o Options, most, ofOne int) *doors {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &doors{t: t, addr: l.Addr().String()}
	o.Data, o.PublicURL = t.TempDir(), &url.URL{Scheme: "http", Host: d.addr}
	o.Logger = testlog.New(t)
	if d.Node, err = Open(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	d.door.most, d.door.ofOne = most, func() int { return ofOne }
	d.door.log = slog.New(slog.NewTextHandler(&d.log, nil))
	demo := game.Game{ID: "mine", Name: "Mine", Launch: game.Launch{Web: "https://mine.example/"}, Active: true}
	if _, err := d.games.Add(t.Context(), demo); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- d.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := d.Close(ctx); err != nil {
			t.Errorf("closing: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("serving: %v", err)
		}
		if n := d.counted(); n != 0 {
			t.Errorf("%d connections are counted still", n)
		}
	})
	return d
}

// come connects.
func (d *doors) come() net.Conn {
	d.t.Helper()
	c, err := net.Dial("tcp", d.addr)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { c.Close() })
	return c
}

// counted is how many connections the door counts.
func (d *doors) counted() int {
	d.door.mu.Lock()
	defer d.door.mu.Unlock()
	return d.door.open
}

// told is what the door has told the log.
func (d *doors) told() string {
	d.door.mu.Lock()
	defer d.door.mu.Unlock()
	return d.log.String()
}

// ask asks how the server is, and reports whether it answers.
func (d *doors) ask(c net.Conn) bool {
	d.t.Helper()
	c.SetDeadline(time.Now().Add(time.Minute))
	if _, err := io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		return false
	}
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return false
	}
	io.Copy(io.Discard, r.Body)
	return r.StatusCode == http.StatusOK
}

// player connects as one of the game, whose connection a loop reads on Linux.
func (d *doors) player() (leave func(), ok bool) {
	d.t.Helper()
	c, err := client.Dial(d.t.Context(), client.Options{URL: d.URL(), Game: "mine", NoReconnect: true})
	if err != nil {
		return nil, false
	}
	d.t.Cleanup(c.Close)
	return c.Close, true
}

func TestAnAddressHasSoManyTCPConnections(t *testing.T) {
	d := atDoors(t, Options{}, 1000, 5)
	leave, ok := d.player()
	if !ok {
		t.Fatal("no player gets in")
	}
	var open []net.Conn
	for i := range 4 {
		c := d.come()
		if i%2 == 0 && !d.ask(c) { // others have not asked for anything yet
			t.Fatalf("connection %d of 5 is not answered", i+2)
		}
		open = append(open, c)
	}
	for range 3 {
		if d.ask(d.come()) {
			t.Fatal("a connection too many is answered")
		}
	}
	told := d.told()
	if strings.Count(told, "connections are refused") != 1 || !strings.Contains(told, "127.0.0.1/32") {
		t.Errorf("the log is told\n%s", told)
	}
	open[0].Close()
	d.soon("in the place of one that was closed", func() bool { return d.ask(d.come()) })
	leave()
	d.soon("in the place of a player that left", func() bool { return d.ask(d.come()) })
}

// soon waits until the server has seen what happened.
func (d *doors) soon(what string, ok func() bool) {
	d.t.Helper()
	for start := time.Now(); !ok(); {
		if time.Since(start) > 20*time.Second {
			d.t.Fatalf("%s nobody gets in", what)
		}
	}
}

// Nobody who plays makes room for another, but whoever only keeps a connection
// does.
func TestConnectionsInAll(t *testing.T) {
	for name, o := range map[string]Options{
		"dev":           {Dev: true},
		"trusted proxy": {TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}},
	} {
		t.Run(name, func(t *testing.T) {
			d := atDoors(t, o, 6, 1) // of one address is not for these
			players := 0
			for range 4 {
				if _, ok := d.player(); ok {
					players++
				}
			}
			var idle []net.Conn
			for range 2 {
				c := d.come()
				if !d.ask(c) {
					t.Fatal("there is no room for 6")
				}
				idle = append(idle, c)
			}
			if players != 4 {
				t.Fatalf("%d of 4 players got in", players)
			}
			for range 2 {
				d.soon("in the place of who does nothing", func() bool { _, ok := d.player(); return ok })
			}
			for _, c := range idle {
				if d.ask(c) {
					t.Error("who does nothing is connected still")
				}
			}
			if _, ok := d.player(); ok {
				t.Error("more than 6 are connected")
			}
			if n := d.counted(); n != 6 {
				t.Errorf("%d are counted, want the 6 players", n)
			}
		})
	}
}

// Raising what a game allows an address raises what its address may have in all,
// from the next connection on.
func TestWhatAnAddressMayHaveFollowsTheGames(t *testing.T) {
	n := bare(t, Options{})
	n.most = 20_000
	of := n.ofAddress()
	if got := of(); got != 4*perAddress {
		t.Errorf("%d connections of an address, want %d", got, 4*perAddress)
	}
	n.most = 800
	if got := n.ofAddress()(); got != 200 {
		t.Errorf("%d connections of an address of 800 in all", got)
	}
	lan := game.Game{ID: "lan", Name: "LAN", Launch: game.Launch{Web: "https://lan.example/"}, Settings: game.Settings{AddressConnections: 5000}}
	if _, err := n.games.Add(t.Context(), lan); err != nil {
		t.Fatal(err)
	}
	if got := of(); got != 20_000 {
		t.Errorf("%d connections of an address at which a game allows 5,000 players", got)
	}
}

// Whoever is connected and does nothing keeps a place.
func TestWhatCountsOfAConnectionIsSmall(t *testing.T) {
	if got := unsafe.Sizeof(place{}); got > 32 {
		t.Errorf("a place takes %d bytes", got)
	}
}

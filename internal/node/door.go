package node

import (
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"partykit/internal/limit"
)

const (
	// manyFold is how many connections an address may have for each that one game
	// allows it: two for players, of which half are of who comes back, one for open
	// invite pages, and one for what is asked besides.
	manyFold = 4
	// relieveEvery is how often those that nobody uses are closed to make room.
	relieveEvery = time.Second
	// tellEvery is how often the log is told that connections are refused.
	tellEvery = time.Minute
)

// door counts the connections there are, of all and of each address, and lets no
// more in than the process has room for. One too many is closed at once.
type door struct {
	most    int                   // of all
	ofOne   func() int            // of one address
	exempt  func(netip.Addr) bool // whose count only among all
	relieve func()                // closes those that nobody uses
	log     *slog.Logger

	homes limit.Counts[limit.Home]

	mu       sync.Mutex
	open     int
	relieved time.Time
	told     time.Time
	refused  int // since then
}

// enter lets a connection in, or closes it and returns nil.
func (d *door) enter(conn *net.TCPConn) *countedConn {
	var home limit.Home // none
	if a, ok := conn.RemoteAddr().(*net.TCPAddr); ok && !d.exempt(a.AddrPort().Addr().Unmap()) {
		home = limit.HomeOf(a.AddrPort().Addr())
	}
	why := ""
	switch {
	case home.IsValid() && !d.homes.Take(home, d.ofOne()):
		why = "one address has too many"
	case !d.take():
		why = "there are too many"
		d.giveHome(home)
	default:
		p := &place{door: d, home: home}
		p.hold()
		return &countedConn{conn, p}
	}
	conn.Close()
	d.tell(why, home)
	return nil
}

// take counts one more. Where there is no room, it makes some.
func (d *door) take() bool {
	now := time.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open >= d.most && now.Sub(d.relieved) >= relieveEvery {
		d.relieved = now
		d.mu.Unlock() // those that are closed are counted out
		d.relieve()
		d.mu.Lock()
	}
	if d.open >= d.most {
		return false
	}
	d.open++
	return true
}

// give counts one out.
func (d *door) give(home limit.Home) {
	d.giveHome(home)
	d.mu.Lock()
	d.open--
	d.mu.Unlock()
}

func (d *door) giveHome(home limit.Home) {
	if home.IsValid() {
		d.homes.Give(home)
	}
}

// tell tells the log of a refusal, now and then. The address is named because the
// remedy may be to trust it as a proxy.
func (d *door) tell(why string, home limit.Home) {
	now := time.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refused++
	if now.Sub(d.told) < tellEvery {
		return
	}
	d.log.Warn("connections are refused", "why", why, "address", home.String(), "open", d.open, "refused", d.refused)
	d.told, d.refused = now, 0
}

// countedConn is a connection that the door counts until it is closed and whoever
// took over its descriptor is done.
type countedConn struct {
	*net.TCPConn
	place *place
}

func (c *countedConn) Close() error {
	if !c.place.closed.Swap(true) {
		defer c.place.leave()
	}
	return c.TCPConn.Close()
}

// place is what counts of a connection.
type place struct {
	door   *door
	home   limit.Home
	holds  atomic.Int32
	closed atomic.Bool
}

// hold has it count until it is left once more, also when the connection is closed
// before.
func (p *place) hold() { p.holds.Add(1) }

func (p *place) leave() {
	if p.holds.Add(-1) == 0 {
		p.door.give(p.home)
	}
}

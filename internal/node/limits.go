package node

import (
	"net/http"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	"partykit/internal/game"
	"partykit/internal/limit"
)

const (
	remembered = 100_000 // addresses, of each kind

	// perAddress is how many connections of all games together one address may
	// have, and as many open invite pages. What each game allows it is less.
	perAddress = 1000
	// badKeys is how many requests without a valid server key an address may
	// make a minute.
	badKeys = 30
)

// connections returns the counter of connections: of each game, of each address
// at it, and of each address in all. Beyond a limit there is as much room again
// for who comes back while the connection that was lost is still counted.
func (n *Node) connections() func(*http.Request, string, netip.Addr) (release func(), spare, ok bool) {
	var games limit.Counts[string]
	var visits visits
	give := func(v limit.Visitor, counted int) { // what counted of them, in the order they are taken
		if counted > 0 {
			games.Give(v.Game)
		}
		visits.give(v, counted-1)
	}
	return func(r *http.Request, id string, from netip.Addr) (func(), bool, bool) {
		set, v := n.games.Settings(id), limit.Visitor{Game: id, Home: limit.HomeOf(from)}
		counts := []count{func(times int) bool { return games.Take(id, min(times*set.Connections, n.ofGame(times))) }}
		if !n.unlimited(from) {
			counts = append(counts, visits.counts(v, set)...)
		}
		taken, spare, ok := takeAll(counts)
		if !ok {
			give(v, taken)
			return nil, false, false
		}
		conn, counted := r.Context().Value(wholeKey{}).(*wholeConn)
		if !counted {
			return func() { give(v, taken) }, spare, true
		}
		place := conn.place // all that is kept of it
		place.hold()        // its descriptor may outlast it, on a loop
		return func() {
			give(v, taken)
			place.leave()
		}, spare, true
	}
}

// ofGame is how many connections of all a game may have, whatever it is set to:
// nine tenths, so that another game's players still get in, and half of the rest
// beyond its limit.
func (n *Node) ofGame(times int) int { return n.most / 20 * (17 + times) }

// ofAddress returns how many TCP connections one address may have: some for each
// player and page that it may have, and not more than a quarter of all, so that it
// keeps nobody out, unless a game wants more players of one address than that.
func (n *Node) ofAddress() func() int {
	var changed atomic.Bool
	changed.Store(true)
	n.games.OnChange(func() { changed.Store(true) })
	most := 0
	return func() int {
		if changed.Swap(false) {
			wanted := 0
			for _, g := range n.games.List() {
				wanted = max(wanted, g.Settings.OrDefault().AddressConnections)
			}
			most = max(min(manyFold*perAddress, n.most/4), manyFold*wanted)
		}
		return most
	}
}

// trusted says that an address is a proxy's, which speaks for many.
func (n *Node) trusted(a netip.Addr) bool {
	return slices.ContainsFunc(n.opts.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

// visits counts what addresses have open: each at a game, and each in all.
type visits struct {
	visitors limit.Counts[limit.Visitor]
	homes    limit.Counts[limit.Home]
}

func (x *visits) counts(v limit.Visitor, set *game.Settings) []count {
	return []count{
		func(times int) bool { return x.visitors.Take(v, times*set.AddressConnections) },
		func(times int) bool { return x.homes.Take(v.Home, times*max(perAddress, set.AddressConnections)) },
	}
}

// give gives back the first so many of the counts.
func (x *visits) give(v limit.Visitor, counted int) {
	if counted > 0 {
		x.visitors.Give(v)
	}
	if counted > 1 {
		x.homes.Give(v.Home)
	}
}

// count takes one more, up to so many times its limit.
type count func(times int) bool

// takeAll takes one of every count, in their order, and says of how many it did.
// It is spare where a count had room only beyond its limit.
func takeAll(counts []count) (taken int, spare, ok bool) {
	for _, take := range counts {
		if !take(1) {
			spare = true
			if !take(2) {
				return taken, false, false
			}
		}
		taken++
	}
	return taken, spare, true
}

// openPages returns the counter of open invite pages.
func (n *Node) openPages() func(string, netip.Addr) (release func(), ok bool) {
	var visits visits
	return func(id string, from netip.Addr) (func(), bool) {
		if n.unlimited(from) {
			return func() {}, true
		}
		v := limit.Visitor{Game: id, Home: limit.HomeOf(from)}
		taken, spare, ok := takeAll(visits.counts(v, n.games.Settings(id)))
		if !ok || spare {
			visits.give(v, taken)
			return nil, false
		}
		return func() { visits.give(v, taken) }, true
	}
}

// perMinute returns a limiter of what an address does again and again at a game,
// as often a minute as most says of the game's settings.
func (n *Node) perMinute(most func(*game.Settings) int) func(string, netip.Addr) (ok bool, retryAfter time.Duration) {
	buckets := limit.NewBuckets[limit.Visitor](remembered)
	return func(id string, from netip.Addr) (bool, time.Duration) {
		if n.unlimited(from) {
			return true, 0
		}
		v := limit.Visitor{Game: id, Home: limit.HomeOf(from)}
		wait := buckets.Take(v, limit.PerMinute(most(n.games.Settings(id))), time.Now())
		return wait == 0, wait
	}
}

// strangers returns the limiter of requests without a valid server key.
func (n *Node) strangers() func(netip.Addr) (ok bool, retryAfter time.Duration) {
	buckets := limit.NewBuckets[limit.Home](remembered)
	return func(from netip.Addr) (bool, time.Duration) {
		if n.unlimited(from) {
			return true, 0
		}
		wait := buckets.Take(limit.HomeOf(from), limit.PerMinute(badKeys), time.Now())
		return wait == 0, wait
	}
}

// unlimited says that an address is this machine, in dev.
func (n *Node) unlimited(a netip.Addr) bool { return n.opts.Dev && a.Unmap().IsLoopback() }

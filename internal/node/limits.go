package node

import (
	"net/netip"
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

// visitor is an address at a game: what one game's players do at an address
// takes nothing from another's.
type visitor struct {
	game string
	home netip.Prefix
}

// connections returns the counter of connections: of each game, of each address
// at it, and of each address in all. Beyond a limit there is as much room again
// for who comes back while the connection that was lost is still counted.
func (n *Node) connections() func(string, netip.Addr) (release func(), spare, ok bool) {
	var games limit.Counts[string]
	var visitors limit.Counts[visitor]
	var homes limit.Counts[netip.Prefix]
	return func(id string, from netip.Addr) (func(), bool, bool) {
		set := n.games.Settings(id)
		home := limit.Address(from)
		counts := []counted{counter(&games, id, min(set.Connections, n.room))}
		if !n.unlimited(from) {
			counts = append(counts,
				counter(&visitors, visitor{id, home}, set.AddressConnections),
				counter(&homes, home, max(perAddress, set.AddressConnections)))
		}
		return takeAll(counts)
	}
}

// counted is a count that one more is to be taken of.
type counted struct {
	take func(times int) bool // up to so many times its limit
	give func()
}

func counter[K comparable](c *limit.Counts[K], key K, most int) counted {
	return counted{func(times int) bool { return c.Take(key, times*most) }, func() { c.Give(key) }}
}

// takeAll takes one of every count, or of none.
func takeAll(counts []counted) (release func(), spare, ok bool) {
	taken := 0
	release = func() {
		for _, c := range counts[:taken] {
			c.give()
		}
	}
	for _, c := range counts {
		if !c.take(1) {
			spare = true
			if !c.take(2) {
				release()
				return nil, false, false
			}
		}
		taken++
	}
	return release, spare, true
}

// openPages returns the counter of open invite pages.
func (n *Node) openPages() func(string, netip.Addr) (release func(), ok bool) {
	var visitors limit.Counts[visitor]
	var homes limit.Counts[netip.Prefix]
	return func(id string, from netip.Addr) (func(), bool) {
		if n.unlimited(from) {
			return func() {}, true
		}
		home, most := limit.Address(from), n.games.Settings(id).AddressConnections
		release, spare, ok := takeAll([]counted{counter(&visitors, visitor{id, home}, most), counter(&homes, home, max(perAddress, most))})
		if ok && spare {
			release()
			ok = false
		}
		return release, ok
	}
}

// perMinute returns a limiter of what an address does again and again at a game,
// as often a minute as most says of the game's settings.
func (n *Node) perMinute(most func(*game.Settings) int) func(string, netip.Addr) (ok bool, retryAfter time.Duration) {
	buckets := limit.NewBuckets[visitor](remembered)
	return func(id string, from netip.Addr) (bool, time.Duration) {
		if n.unlimited(from) {
			return true, 0
		}
		wait := buckets.Take(visitor{id, limit.Address(from)}, limit.PerMinute(most(n.games.Settings(id))), time.Now())
		return wait == 0, wait
	}
}

// strangers returns the limiter of requests without a valid server key.
func (n *Node) strangers() func(netip.Addr) (ok bool, retryAfter time.Duration) {
	buckets := limit.NewBuckets[netip.Prefix](remembered)
	return func(from netip.Addr) (bool, time.Duration) {
		if n.unlimited(from) {
			return true, 0
		}
		wait := buckets.Take(limit.Address(from), limit.PerMinute(badKeys), time.Now())
		return wait == 0, wait
	}
}

// unlimited says that an address is this machine, in dev.
func (n *Node) unlimited(a netip.Addr) bool { return n.opts.Dev && a.Unmap().IsLoopback() }

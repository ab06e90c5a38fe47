package limit

import (
	"net/netip"
	"sync"
	"time"
)

// GuessRates say how often somebody may be wrong.
type GuessRates struct {
	By     Rate // who guesses, by name
	Home   Rate // a [Home]
	Net    Rate // the /24 or /48 around it
	All    int  // wrong guesses of all within Window, until it is too much
	Window time.Duration
}

// Guesser is who guesses. What is zero is not counted.
type Guesser struct {
	By   string
	From netip.Addr
}

// Guesses slow down who guesses at secrets that are short. They are safe for use
// by several goroutines.
type Guesses struct {
	rates GuessRates
	by    *Buckets[string]
	nets  *Buckets[netip.Prefix] // a home and a net never have the same prefix

	mu    sync.Mutex
	since time.Time
	wrong int
}

// keptGuessers is how many guessers, and how many networks, are remembered.
const keptGuessers = 100_000

// NewGuesses returns guesses at these rates.
func NewGuesses(r GuessRates) *Guesses {
	return &Guesses{rates: r, by: NewBuckets[string](keptGuessers), nets: NewBuckets[netip.Prefix](keptGuessers)}
}

// Try begins a guess, which counts as wrong from now on, so that many at once
// are no way around; or says how long to wait. right takes it back for a guess
// that was right, or that nobody could judge.
func (g *Guesses) Try(who Guesser, now time.Time) (right func(), wait time.Duration) {
	var taken []func()
	right = func() {
		for _, give := range taken {
			give()
		}
	}
	take := func(wait time.Duration, give func()) bool {
		if wait == 0 {
			taken = append(taken, give)
		}
		return wait == 0
	}
	if who.By != "" {
		wait = g.by.Take(who.By, g.rates.By, now)
		if !take(wait, func() { g.by.Give(who.By) }) {
			return nil, wait
		}
	}
	if who.From.IsValid() {
		home := HomeOf(who.From).Prefix()
		for _, n := range []struct {
			net  netip.Prefix
			rate Rate
		}{{home, g.rates.Home}, {around(home), g.rates.Net}} {
			wait = g.nets.Take(n.net, n.rate, now)
			if !take(wait, func() { g.nets.Give(n.net) }) {
				right()
				return nil, wait
			}
		}
	}
	return right, 0
}

// around is the larger network that a home is in.
func around(home netip.Prefix) netip.Prefix {
	bits := 24
	if home.Addr().Is6() {
		bits = 48
	}
	net, _ := home.Addr().Prefix(bits)
	return net
}

// Wrong counts a guess that turned out wrong.
func (g *Guesses) Wrong(now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Sub(g.since) >= g.rates.Window {
		g.since, g.wrong = now, 0
	}
	g.wrong++
}

// TooMany reports whether so much is guessed, by all together, that what is
// short is no longer safe.
func (g *Guesses) TooMany(now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.wrong >= g.rates.All && now.Sub(g.since) < g.rates.Window
}

package limit

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

var guessRates = GuessRates{By: PerMinute(10), Home: PerMinute(20), Net: PerMinute(100), All: 6000, Window: 10 * time.Minute}

// guess makes wrong guesses until it is told to wait.
func guess(g *Guesses, who func(n int) Guesser, now time.Time) (n int, wait time.Duration) {
	for ; n < 10_000; n++ {
		if _, wait = g.Try(who(n), now); wait > 0 {
			return n, wait
		}
	}
	return n, 0
}

func TestGuesses(t *testing.T) {
	for name, c := range map[string]struct {
		who  func(n int) Guesser
		want int
		wait time.Duration
	}{
		"one by name":           {func(int) Guesser { return Guesser{By: "ada"} }, 10, 6 * time.Second},
		"one from everywhere":   {func(n int) Guesser { return Guesser{"ada", netip.AddrFrom4([4]byte{10, byte(n), 0, 1})} }, 10, 6 * time.Second},
		"many at one address":   {func(n int) Guesser { return Guesser{fmt.Sprint(n), netip.MustParseAddr("192.0.2.1")} }, 20, 3 * time.Second},
		"many in one /24":       {func(n int) Guesser { return Guesser{fmt.Sprint(n), netip.AddrFrom4([4]byte{192, 0, 2, byte(n)})} }, 100, 600 * time.Millisecond},
		"many in one /64":       {func(n int) Guesser { return Guesser{"", v6(0, n)} }, 20, 3 * time.Second},
		"many in one /48":       {func(n int) Guesser { return Guesser{"", v6(n, 1)} }, 100, 600 * time.Millisecond},
		"nobody known (in dev)": {func(int) Guesser { return Guesser{} }, 10_000, 0},
	} {
		g := NewGuesses(guessRates)
		n, wait := guess(g, c.who, start)
		if n != c.want || wait.Round(time.Millisecond) != c.wait {
			t.Errorf("%s: %d guesses, then wait %v; want %d and %v", name, n, wait, c.want, c.wait)
		}
		if c.wait > 0 {
			if n, _ := guess(g, c.who, start.Add(wait)); n != 1 {
				t.Errorf("%s: after that wait %d guesses, want 1", name, n)
			}
		}
	}
}

// v6 is an address of a /64 of 2001:db8::/48.
func v6(net, host int) netip.Addr {
	a := netip.MustParseAddr("2001:db8::").As16()
	a[7], a[14], a[15] = byte(net), byte(host>>8), byte(host)
	return netip.AddrFrom16(a)
}

func TestRightGuessesAreFree(t *testing.T) {
	g := NewGuesses(guessRates)
	who := func(int) Guesser { return Guesser{"ada", netip.MustParseAddr("192.0.2.1")} }
	for i := range 1000 {
		right, wait := g.Try(who(0), start)
		if wait > 0 {
			t.Fatalf("right for the time %d, then told to wait %v", i+1, wait)
		}
		right()
	}
	// One that is refused for its address takes nothing of its name.
	guess(g, func(n int) Guesser { return Guesser{fmt.Sprint(n), netip.MustParseAddr("192.0.2.1")} }, start)
	if n, _ := guess(g, who, start); n != 0 {
		t.Errorf("%d guesses at an address that has none left", n)
	}
	if n, _ := guess(g, func(int) Guesser { return Guesser{By: "ada"} }, start); n != 10 {
		t.Errorf("ada has %d guesses left, want all 10", n)
	}
}

func TestTooManyGuesses(t *testing.T) {
	g := NewGuesses(guessRates)
	for range 5999 {
		g.Wrong(start)
	}
	if g.TooMany(start) {
		t.Error("5,999 wrong guesses are too many")
	}
	if g.Wrong(start.Add(9 * time.Minute)); !g.TooMany(start.Add(9 * time.Minute)) {
		t.Error("6,000 wrong guesses in 9 minutes are not too many")
	}
	if g.TooMany(start.Add(10 * time.Minute)) {
		t.Error("10 minutes later it still is too much")
	}
	if g.Wrong(start.Add(11 * time.Minute)); g.TooMany(start.Add(11 * time.Minute)) {
		t.Error("one guess in a new window is too many")
	}
}

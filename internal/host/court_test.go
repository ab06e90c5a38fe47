package host

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/anishathalye/porcupine"

	"partykit/party"
)

// attempt is one thing that a player asked of the one party.
type attempt struct {
	what string
	who  int
	size int
	n    int // whom it concerns
}

// court is the whole of the sequential model: who is in and in which order, who
// leads, how many may be, who is kept out, and whether the link lives.
type court struct {
	in           []courtier // in the order of joining
	leader       int        // -1: nobody is left
	size, lastN  int
	out          []outcast
	locked, dead bool
	away         uint64 // players without a connection, as bits
}

type courtier struct {
	who, n  int
	loading bool
}

type outcast struct{ who, n int }

func (c court) member(who int) *courtier {
	for i := range c.in {
		if c.in[i].who == who {
			return &c.in[i]
		}
	}
	return nil
}

func (c court) numbered(n int) *courtier {
	for i := range c.in {
		if c.in[i].n == n {
			return &c.in[i]
		}
	}
	return nil
}

func (c court) isAway(who int) bool { return c.away&(1<<who) != 0 }

// heir is who comes after the leader, -1 for nobody.
func (c court) heir() int {
	for _, fits := range []func(courtier) bool{
		func(m courtier) bool { return !c.isAway(m.who) && !m.loading },
		func(m courtier) bool { return !c.isAway(m.who) },
		func(m courtier) bool { return true },
	} {
		for _, m := range c.in {
			if m.who != c.leader && fits(m) {
				return m.who
			}
		}
	}
	return -1
}

// may says whether a player leads or, where that is enough, acts for a leader
// that is away.
func (c court) may(who int, acting bool) bool {
	return who == c.leader || acting && c.leader >= 0 && c.isAway(c.leader) && c.heir() == who && !c.isAway(who)
}

// without is the court after a member has gone, and the crown with it.
func (c court) without(who int) court {
	c.in = slices.DeleteFunc(slices.Clone(c.in), func(m courtier) bool { return m.who == who })
	if c.leader == who {
		c.leader = c.heir()
	}
	return c
}

// step says what an attempt is answered, and what it leaves.
func (c court) step(a attempt) (party.Code, court) {
	switch a.what {
	case "join":
		return c.join(a.who)
	case "leave":
		return "", c.without(a.who)
	case "finalize":
		c.in = slices.Clone(c.in)
		c.member(a.who).loading = false
	case "away":
		c.away |= 1 << a.who
	case "back":
		c.away &^= 1 << a.who
	case "resize":
		switch {
		case !c.may(a.who, false):
			return party.NotAllowed, c
		case a.size < len(c.in):
			return party.TooMany, c
		}
		c.size = a.size
	case "lock":
		if !c.may(a.who, true) {
			return party.NotAllowed, c
		}
		c.locked = true
	case "unlock":
		if !c.may(a.who, false) {
			return party.NotAllowed, c
		}
		c.locked = false
	case "revoke":
		switch {
		case c.dead:
			return party.NotFound, c
		case a.who != 0 && !c.may(a.who, false): // player 0 made it
			return party.NotAllowed, c
		}
		c.dead = true
	case "promote":
		to := c.numbered(a.n)
		switch {
		case to == nil:
			return party.NotFound, c
		case !c.may(a.who, false):
			return party.NotAllowed, c
		}
		c.leader = to.who
	case "kick":
		return c.kick(a)
	case "readmit":
		i := slices.IndexFunc(c.out, func(o outcast) bool { return o.n == a.n })
		switch {
		case i < 0:
			return party.NotFound, c
		case !c.may(a.who, true):
			return party.NotAllowed, c
		}
		c.out = slices.Delete(slices.Clone(c.out), i, i+1)
	}
	return "", c
}

func (c court) join(who int) (party.Code, court) {
	switch {
	case c.member(who) != nil:
		return "", c
	case len(c.in) == 0 && c.dead:
		return party.Ended, c
	case slices.ContainsFunc(c.out, func(o outcast) bool { return o.who == who }):
		return party.Banned, c
	case c.dead:
		return party.Revoked, c
	case c.locked && len(c.in) > 0:
		return party.Locked, c
	case len(c.in) >= c.size:
		return party.Full, c
	}
	c.lastN++
	c.in = append(slices.Clone(c.in), courtier{who, c.lastN, true})
	if c.leader < 0 {
		c.leader = who
	}
	return "", c
}

func (c court) kick(a attempt) (party.Code, court) {
	m := c.numbered(a.n)
	switch {
	case !c.may(a.who, true):
		return party.NotAllowed, c
	case m == nil && slices.ContainsFunc(c.out, func(o outcast) bool { return o.n == a.n }):
		return "", c
	case m == nil:
		return party.NotFound, c
	case m.who == a.who || m.who == c.leader:
		return party.NotAllowed, c
	}
	out := append(slices.Clone(c.out), outcast{m.who, m.n})
	c = c.without(m.who)
	c.out = out[max(0, len(out)-party.MaxOutcasts):]
	return "", c
}

var model = porcupine.Model{
	Init: func() any { return court{in: []courtier{{who: 0, n: 1}}, size: 4, lastN: 1} },
	Step: func(state, input, output any) (bool, any) {
		c, a, got := state.(court), input.(attempt), output.(party.Code)
		if c.member(a.who) == nil && a.what != "join" {
			// Asked by somebody who is out: that player's own party of one answers.
			// Its connection is its own affair, but that it stands goes on.
			if a.what == "away" || a.what == "back" {
				_, c = c.step(a)
			}
			return true, c
		}
		want, next := c.step(a)
		return want == got, next
	},
	Equal:             reflect.DeepEqual,
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v → %q", input, output) },
	DescribeState:     func(state any) string { return fmt.Sprintf("%+v", state) },
}

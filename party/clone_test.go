package party

import (
	"encoding/json"
	"fmt"
	"testing"
)

// What becomes of a copy, or of what it was copied from, does not change the
// other, also where they share memory.
func TestACopyGoesItsOwnWay(t *testing.T) {
	told := func(s *State) string {
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	visitor := func(n int) Visitor {
		return Visitor{Seat: SeatID(fmt.Sprint("s", n)), N: n, Player: PlayerID(fmt.Sprint("p", n))}
	}
	events := map[string]Event{
		"queued":     Queued{visitor(9)},
		"first gone": Unqueued{"s1", 1},
		"last gone":  Unqueued{"s4", 4},
		"identified": Identified{Player: "p2", As: "known", N: 2},
	}
	for name, e := range events {
		s := &State{}
		for n := range 4 {
			s.evolve(Queued{visitor(n + 1)}, 1)
		}
		s.Line = append(make([]Visitor, 0, 16), s.Line...) // with room for more
		before := told(s)
		c := s.Clone()
		c.evolve(e, 2)
		if told(s) != before {
			t.Errorf("%s: the original became %s", name, told(s))
		}
		if told(c) == before {
			t.Errorf("%s changes nothing", name)
		}
		after := told(c)
		s.evolve(Queued{visitor(5)}, 2)
		s.evolve(Unqueued{"s2", 2}, 2)
		if told(c) != after {
			t.Errorf("%s: the copy became %s", name, told(c))
		}
	}
}

package host

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A game with a thousand tasks waiting does not hold another's up, and each
// game's own tasks keep their order.
func TestGamesTakeTurnsOnALoop(t *testing.T) {
	l := newLoop()
	var ran []string
	post := func(game string, n int) {
		l.post(game, func() { ran = append(ran, fmt.Sprint(game, n)) })
	}
	for n := range 1000 {
		post("noisy", n)
	}
	for n := range 3 {
		post("quiet", n)
	}
	l.close()
	l.run()

	at := map[string]int{}
	next := map[string]int{}
	for i, name := range ran {
		at[name] = i
		var game string
		var n int
		fmt.Sscanf(name, "%5s%d", &game, &n)
		if n != next[game] {
			t.Fatalf("%s ran where task %d was next", name, next[game])
		}
		next[game]++
	}
	if diff := cmp.Diff(map[string]int{"noisy": 1000, "quiet": 3}, next); diff != "" {
		t.Errorf("not every task ran (-want +got):\n%s", diff)
	}
	if at["quiet0"] > atOnce || at["quiet2"] > atOnce+2 {
		t.Errorf("the quiet game's tasks ran as number %d to %d behind a noisy one", at["quiet0"], at["quiet2"])
	}
	if len(l.lanes) != 0 || len(l.turns) != 0 {
		t.Errorf("%d games are remembered that have no tasks", len(l.lanes))
	}
}

package engine_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
)

// Whoever goes through a game's parties in pages sees each once, and no other
// game's.
func TestPartiesComeInPages(t *testing.T) {
	n := enginetest.Connect(t, enginetest.Open(t), "a")
	var want []string
	for i := range 50 {
		id := fmt.Sprintf("p%02d", i)
		want = append(want, id)
		made := mustAppend(t, n, engine.Ref{Game: "demo", Party: id}, 0, "made", 0)
		mustAppend(t, n, engine.Ref{Game: "demo", Party: id}, made, "joined", 0)
		mustAppend(t, n, engine.Ref{Game: "other", Party: "x" + id}, 0, "made", 0)
	}
	for _, limit := range []int{1, 7, 50, 1000} {
		var got []string
		after, pages := "", 0
		for {
			page, err := n.Parties(t.Context(), "demo", after, limit)
			if err != nil || len(page) > limit {
				t.Fatalf("a page of %d: %d, %v", limit, len(page), err)
			}
			if len(page) == 0 {
				break
			}
			got, after = append(got, page...), page[len(page)-1]
			pages++
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" || pages != (50+limit-1)/limit {
			t.Errorf("%d pages of %d (-want +got):\n%s", pages, limit, diff)
		}
	}
	if page, err := n.Parties(t.Context(), "nothing", "", 10); err != nil || len(page) != 0 {
		t.Errorf("a game without parties: %v, %v", page, err)
	}
	for _, bad := range [][2]string{{"demo.*", ""}, {"*", ""}, {"demo", ">"}, {"", ""}} {
		_, err := n.Parties(t.Context(), bad[0], bad[1], 10)
		wantErr(t, fmt.Sprint(bad), err, engine.ErrInvalid)
	}
}

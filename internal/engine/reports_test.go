package engine_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
)

// reported lists what is kept of a game.
func reported(t *testing.T, n *engine.Node, game string) []string {
	t.Helper()
	list, err := n.Reports(t.Context(), game)
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{}
	for _, r := range list {
		texts = append(texts, string(r.Data))
	}
	return texts
}

func TestReportsAreKeptForEachGame(t *testing.T) {
	n := enginetest.Connect(t, enginetest.Open(t), "a")
	report := func(game, id, text string) {
		t.Helper()
		if err := n.Report(t.Context(), game, id, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range []string{"one", "two", "three"} {
		report("demo", text, text)
	}
	report("demo", "two", "said again")
	report("other", "four", "four")
	list, err := n.Reports(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	if err := n.EraseReport(t.Context(), list[1]); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"one", "three"}, reported(t, n, "demo")); diff != "" {
		t.Errorf("kept of demo (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"four"}, reported(t, n, "other")); diff != "" {
		t.Errorf("kept of other (-want +got):\n%s", diff)
	}
	for _, bad := range []string{"", "*", ">", "a.b", "Demo"} {
		wantErr(t, "reports of "+bad, n.Report(t.Context(), bad, "x", nil), engine.ErrInvalid)
		_, err := n.Reports(t.Context(), bad)
		wantErr(t, "reports of "+bad, err, engine.ErrInvalid)
	}
	wantErr(t, "a large one", n.Report(t.Context(), "demo", "large", make([]byte, engine.MaxEntry+1)), engine.ErrTooLarge)
}

func TestTheNewestReportsStay(t *testing.T) {
	n := enginetest.Connect(t, enginetest.OpenWith(t, engine.Options{Durability: engine.Relaxed}), "a")
	report := func(game string, i int) {
		if err := n.Report(t.Context(), game, fmt.Sprint(game, i), fmt.Append(nil, i)); err != nil {
			t.Fatal(err)
		}
	}
	report("other", 0)
	for i := range engine.MaxReports + 3 {
		report("demo", i)
	}
	list := reported(t, n, "demo")
	if len(list) != engine.MaxReports || list[0] != "3" || !slices.Equal(reported(t, n, "other"), []string{"0"}) {
		t.Errorf("%d are kept, from %s on", len(list), list[0])
	}
}

package api_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partykit/client/api"
	"partykit/internal/abuse"
	"partykit/party"
)

// report has n reports of a game made, a second apart, and returns their ids.
func (w *world) report(game party.GameID, n int) (ids []string) {
	w.t.Helper()
	for i := range n {
		at := party.Time(1_700_000_000_000 + 1000*i)
		r := abuse.Report{
			ID: abuse.NewID(at), Game: game, Party: "pabc", At: at, Reason: fmt.Sprint("reason ", i),
			By: abuse.Person{Player: "gada", N: 1, Name: "Ada"}, About: abuse.Person{N: 2, Name: "Bob"},
			Chat: []abuse.Line{{N: 2, Name: "Bob", Text: "<b>Hi</b>", At: at - 5}},
		}
		if err := w.reports.Add(w.t.Context(), r.ID, r); err != nil {
			w.t.Fatal(err)
		}
		ids = append(ids, r.ID)
	}
	return ids
}

// The newest come first, and pages stay in step while one is closed and another
// comes.
func TestReportsComeInPages(t *testing.T) {
	w, d := newWorld(t), openDocument(t)
	w.check = d.check
	want := w.report("demo", 25)
	w.report("other", 1)
	slices.Reverse(want)
	var got []api.Report
	for r, err := range w.client("demo").Reports(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r)
		if len(got) == 10 { // the one after which the next page begins
			if err := w.client("demo").CloseReport(t.Context(), r.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	var ids []string
	for _, r := range got {
		ids = append(ids, r.ID)
	}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	first := api.Report{
		ID: want[0], Game: "demo", Party: "pabc", At: 1_700_000_024_000, Reason: "reason 24",
		By: api.Person{Player: "gada", N: 1, Name: "Ada"}, About: api.Person{N: 2, Name: "Bob"},
		Chat: []api.Line{{N: 2, Name: "Bob", Text: "<b>Hi</b>", At: 1_700_000_023_995}},
	}
	if diff := cmp.Diff(first, got[0]); diff != "" {
		t.Errorf("the newest (-want +got):\n%s", diff)
	}
	w.refused(party.NotFound, 404, "DELETE", "/v1/reports/"+want[9], "")
	for _, query := range []string{"?limit=0", "?limit=21", "?before=x"} {
		w.refused(party.BadRequest, 400, "GET", "/v1/reports"+query, "")
	}
}

package host

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"partykit/internal/abuse"
	"partykit/party"
)

// reports lists what the operator has of game demo, newest first.
func (w *world) reports(on string) []abuse.Report {
	w.t.Helper()
	list, err := abuse.Reports{Node: w.hosts[on].o.Node}.List(w.t.Context(), "demo")
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

func TestAReportReachesTheOperatorAlone(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, _ := w.pair("a")
		for i := range 25 {
			b.ok("chat", map[string]any{"text": fmt.Sprintf("line %d", i+1)})
			time.Sleep(2 * time.Second)
		}
		seen, told := len(a.frames()), len(b.frames())
		a.ok("report", map[string]any{"n": 2, "reason": " He \u202e\x1b[2J\x00says\n bad things "})

		names := [2]string{a.welcome()["you"].(map[string]any)["name"].(string), b.welcome()["you"].(map[string]any)["name"].(string)}
		list := w.reports("a")
		if len(list) != 1 {
			t.Fatalf("%d reports", len(list))
		}
		want := abuse.Report{
			Game: "demo", Party: party.ID(home), Reason: "He [2Jsays bad things",
			By:    abuse.Person{Player: party.PlayerID(guest(1)), N: 1, Name: names[0]},
			About: abuse.Person{Player: party.PlayerID(guest(2)), N: 2, Name: list[0].About.Name},
		}
		for i := 5; i < 25; i++ {
			want.Chat = append(want.Chat, abuse.Line{N: 2, Name: list[0].About.Name, Text: fmt.Sprintf("line %d", i+1)})
		}
		if diff := cmp.Diff(want, list[0], cmpopts.IgnoreFields(abuse.Report{}, "ID", "At"), cmpopts.IgnoreFields(abuse.Line{}, "At")); diff != "" {
			t.Errorf("the report (-want +got):\n%s", diff)
		}
		if list[0].About.Name == "" || list[0].At != now() || list[0].Chat[0].At >= list[0].Chat[19].At {
			t.Errorf("names and times: %+v", list[0])
		}
		if len(a.frames()) != seen+1 || len(b.frames()) != told {
			t.Errorf("the party was told: %v %v", a.frames()[seen:], b.frames()[told:])
		}
	})
}

func TestWhoCanBeReported(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, _, code := w.pair("a")
		b.ok("chat", map[string]any{"text": "You will never see me again"})
		b.ok("leave", nil)
		a.ok("report", map[string]any{"n": 2}) // gone, and still in the chat
		time.Sleep(time.Second)
		c := w.hello("a", 3)
		c.ok("join", map[string]any{"code": code})
		a.ok("kick", map[string]any{"n": 3})
		a.ok("report", map[string]any{"n": 3}) // out
		a.ok("settings", map[string]any{"openness": "locked"})
		d := w.hello("a", 4, func(c *Caller) { c.Hello.Name = "Rude" })
		d.ok("ask", map[string]any{"code": code})
		time.Sleep(3 * time.Second)
		a.ok("report", map[string]any{"n": 4}) // at the door
		d.drop()
		var got []string
		for _, r := range w.reports("a") {
			got = append(got, fmt.Sprint(r.About.N, " ", r.About.Player))
		}
		want := []string{"4 ", "3 " + guest(3), "2 " + guest(2)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("reported (-want +got):\n%s", diff)
		}
		time.Sleep(time.Minute)
		for _, x := range []struct {
			members map[string]any
			code    party.Code
		}{
			{map[string]any{"n": 1}, party.BadRequest}, // itself
			{map[string]any{"n": 9}, party.NotFound},
			{map[string]any{}, party.NotFound},
			{map[string]any{"n": 2, "reason": strings.Repeat("x", 256)}, party.TooLarge},
		} {
			a.fails(x.code, "report", x.members)
		}
		if n := len(w.reports("a")); n != 3 {
			t.Errorf("%d reports after those that were refused", n)
		}
	})
}

func TestReportsAreLimitedAndKeptOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, _, _ := w.pair("a")
		for range 5 {
			a.ok("report", map[string]any{"n": 2})
		}
		refused := a.fails(party.RateLimited, "report", map[string]any{"n": 2})
		if wait := refused["retryAfter"].(float64); wait <= 0 || wait > 12 {
			t.Errorf("come again after %v s", wait)
		}
		a = a.back("a") // the limit is the player's, not the connection's
		a.fails(party.RateLimited, "report", map[string]any{"n": 2})
		b.ok("report", map[string]any{"n": 1})
		if n := len(w.reports("a")); n != 5+1 {
			t.Fatalf("%d reports", n)
		}
		time.Sleep(time.Minute)
		a.next++
		frame := map[string]any{"n": 2, "reason": "again"}
		a.redo(a.next, "report", frame)
		w.crash("a") // and whether it was heard is not known
		w.host("b")
		a = a.back("b")
		a.redo(a.next, "report", frame)
		if n := len(w.reports("b")); n != 5+2 {
			t.Errorf("%d reports after one was sent again", n)
		}
	})
}

func TestAReportBringsNoOldChat(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, _, _ := w.pair("a")
		b.ok("chat", map[string]any{"text": "yesterday"})
		for range 25 * 60 {
			time.Sleep(time.Minute)
		}
		a.ok("report", map[string]any{"n": 2})
		if r := w.reports("a")[0]; len(r.Chat) != 0 {
			t.Errorf("it brings %+v", r.Chat)
		}
	})
}

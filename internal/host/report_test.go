package host

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"partykit/internal/game"
)

// Where many load, what they report goes out together four times a second:
// nobody is written to for each of them apart, and nothing comes later than it
// would alone.
func TestManyReportsGoOutTogether(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		const friends = 20
		w.set(func(s *game.Settings) { s.PartySize = friends + 1 })
		a := w.hello("a", 1)
		code := a.invite(nil)
		var all []*client
		for n := range friends {
			c := w.hello("a", n+2)
			c.ok("join", map[string]any{"code": code})
			all = append(all, c)
		}
		time.Sleep(time.Second)
		seen := len(a.frames())
		moments := 0
		shown := map[any]float64{} // progress by member
		told := map[any]time.Time{}
		begun := time.Now()
		for step := 1; time.Since(begun) < 2*time.Second; step++ {
			c := all[step%friends]
			progress := float64(step) / 1000
			told[progress] = time.Now()
			c.session.Text(nil, fmt.Appendf(nil, `{"t":"loading","progress":%v}`, progress))
			time.Sleep(7 * time.Millisecond)
			synctest.Wait()
			news := a.frames()[seen:]
			seen += len(news)
			if len(news) > 0 {
				moments++
			}
			for _, f := range news {
				if f["t"] != "status" {
					t.Fatalf("among the reports comes %v", f)
				}
				p := f["loading"].(map[string]any)["progress"].(float64)
				shown[f["n"]] = p
				if late := time.Since(told[p]); late > 260*time.Millisecond {
					t.Errorf("a report is shown after %v", late)
				}
			}
		}
		if moments > 9 || len(shown) != friends {
			t.Errorf("reports of %d members went out at %d moments of two seconds", len(shown), moments)
		}
	})
}

// Members that stall one after another hold up nobody else's reports.
func TestReportsWaitForNoStall(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		const friends = 40
		w.set(func(s *game.Settings) { s.PartySize = friends + 1 })
		a := w.hello("a", 1)
		code := a.invite(nil)
		var last *client
		for n := range friends {
			time.Sleep(200 * time.Millisecond)
			last = w.hello("a", n+2)
			last.ok("join", map[string]any{"code": code})
		}
		reports(t, a, last)
	})
}

// reports has a member report for as long as others take to stall, and sees to
// it that a is shown each report in time.
func reports(t *testing.T, a, c *client) {
	var told time.Time // when the oldest report that was not shown came
	stalled := 0
	seen := len(a.frames())
	for step := range 300 {
		if told.IsZero() {
			told = time.Now()
		}
		c.session.Text(nil, fmt.Appendf(nil, `{"t":"loading","progress":%v}`, float64(step)/1000))
		time.Sleep(100 * time.Millisecond)
		news := a.frames()[seen:]
		seen += len(news)
		for _, f := range news {
			if l, ok := f["loading"].(map[string]any); ok && l["stalled"] == true {
				stalled++
			} else if ok && l["progress"] != nil {
				told = time.Time{}
			}
		}
		if !told.IsZero() && time.Since(told) > 300*time.Millisecond {
			t.Fatalf("a report is not shown after %v", time.Since(told))
		}
	}
	if stalled < 30 {
		t.Fatalf("only %d members stalled meanwhile", stalled)
	}
}

// That a player joined tells the others that it is connected. Nothing else does
// so a second time; what changes afterwards is told.
func TestJoiningIsToldOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		b := w.hello("a", 2, ticketed(w.start("a", a.invite(nil), 1)))
		told := func() (kinds []string) {
			for _, f := range a.frames() {
				if f["t"] == "status" {
					kinds = append(kinds, fmt.Sprint(f["n"], " ", f["presence"]))
				}
			}
			return kinds
		}
		if len(told()) != 0 || !slices.Contains(a.events(), "joined") {
			t.Fatalf("that it joined was told by %v and by %v", a.events(), told())
		}
		b.drop()
		b.back("a")
		if want := []string{"2 reconnecting", "2 connected"}; !slices.Equal(told(), want) {
			t.Errorf("then was told %v, want %v", told(), want)
		}
	})
}

package host

import (
	"fmt"
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

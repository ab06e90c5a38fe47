package host

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"partykit/party"
)

// told is what came to a page since it was last asked for; nil: nothing.
func told(page *Page) *party.Invitation {
	select {
	case v := <-page.Updates():
		return v
	default:
		return nil
	}
}

// A streamer's crowd looks at one link: they share what they are told, are told
// as often as there is time for all of them, and those on the way in do not wait
// for them.
func TestACrowdIsToldTogether(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)
		a.ok("settings", map[string]any{"size": 2})
		const crowd = 3000
		var pages []*Page
		for n := range crowd {
			page, err := w.hosts["a"].OpenPage(t.Context(), code, browser(n), home4(n))
			if err != nil {
				t.Fatal(err)
			}
			pages = append(pages, page)
		}
		synctest.Wait()
		first := told(pages[0])
		for _, page := range pages[1:] {
			if v := told(page); first == nil || v != first {
				t.Fatal("two strangers do not share what they see")
			}
		}
		w.start("a", code, 7)
		look(pages[7], 3*time.Second) // it is held
		for i, page := range pages {
			if v := told(page); v == nil || v.Problem != party.Full && i != 7 {
				t.Fatalf("page %d was not told that the party is full", i)
			}
		}

		time.Sleep(time.Second) // all were told a while ago
		a.ok("rename", map[string]any{"name": "Ada"})
		time.Sleep(pagePause + time.Millisecond)
		synctest.Wait()
		a.ok("rename", map[string]any{"name": "Berta"})
		near, far := time.Duration(0), time.Duration(0)
		begun := time.Now()
		for near == 0 || far == 0 {
			time.Sleep(10 * time.Millisecond)
			synctest.Wait()
			for i, at := range map[int]*time.Duration{7: &near, 8: &far} {
				if v := told(pages[i]); *at == 0 && v != nil && v.Members[0].Name == "Berta" {
					*at = time.Since(begun)
				}
			}
			if time.Since(begun) > 5*time.Second {
				t.Fatalf("the pages were told after %v and %v", near, far)
			}
		}
		if near > 2*pagePause || far > crowd*crowdPause+pagePause || far <= pagePause {
			t.Errorf("who is on the way in was told after %v, the crowd after %v", near, far)
		}

		// What nobody can see is told to nobody.
		time.Sleep(2 * time.Second)
		for _, page := range pages {
			told(page)
		}
		a.ok("data", map[string]any{"set": map[string]any{"level": 3}})
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if told(pages[8]) != nil {
			t.Error("a page is told of what it does not show")
		}

		for _, page := range pages {
			page.Close()
		}
		synctest.Wait()
		w.on("a", home, func(p *live) {
			if v := p.pages; len(v.open)+len(v.seats)+len(v.plans)+len(v.own)+len(v.first)+len(v.queue)+len(v.sights) > 0 {
				t.Errorf("of pages that are closed there is left: %+v", v)
			}
		})
	})
}

// What happens within a quarter of a second is told to a stranger once, as it is
// then: a friend who comes is two or three changes.
func TestAStrangerIsToldOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		page := w.open("a", a.invite(nil), 7)
		time.Sleep(time.Second)
		told(page)
		for _, name := range []string{"Ada", "Berta", "Carla"} {
			a.ok("rename", map[string]any{"name": name})
			time.Sleep(pagePause / 4)
			synctest.Wait()
			if told(page) != nil {
				t.Errorf("it was told before %s had a quarter of a second", name)
			}
		}
		time.Sleep(pagePause / 4)
		synctest.Wait()
		if v := told(page); v == nil || v.Members[0].Name != "Carla" {
			t.Errorf("it was told %+v", v)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if told(page) != nil {
			t.Error("it was told again")
		}
	})
}

// Somebody sets the clock beyond when the party was to wake next, of which its timer
// knows nothing: what is due by the new clock is done all the same.
func TestNobodyWaitsForAClockThatWasSet(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		w.open("a", a.invite(nil), 7)
		time.Sleep(time.Second)
		w.on("a", a.lastParty(), func(p *live) {
			p.timer.Reset(6 * time.Hour)
			p.wakes = now().Add(-time.Minute)
			p.pagesChanged()
		})
		time.Sleep(time.Second)
		w.on("a", a.lastParty(), func(p *live) {
			if p.pages.changed != 0 || p.pages.changedNear {
				t.Error("the pages are still to be told")
			}
		})
	})
}

// Thousands press Start for the last place: one has it, the others are told, and
// while it is full none of them tries again; when a place is free, they do.
func TestACrowdThatIsRefusedWaits(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)
		a.ok("settings", map[string]any{"size": 2})
		const crowd = 300
		var pages []*Page
		for n := range crowd {
			pages = append(pages, w.open("a", code, n))
			w.start("a", code, n)
		}
		for _, page := range pages {
			page.Visible(true)
		}
		count := func() (held, full int) {
			time.Sleep(5 * time.Second)
			synctest.Wait()
			for _, page := range pages {
				v := page.shown
				switch {
				case v.You == nil:
				case v.You.Stage == party.HeldStage:
					held++
				case v.You.Problem == party.Full:
					full++
				}
			}
			return held, full
		}
		if held, full := count(); held != 1 || full != crowd-1 {
			t.Errorf("%d hold the one place, %d were told that it is full", held, full)
		}
		w.on("a", home, func(p *live) {
			for _, page := range p.pages.plans {
				if page.due() != 0 {
					t.Error("somebody tries for a place of a full party")
				}
			}
		})
		a.ok("settings", map[string]any{"size": 4})
		if held, full := count(); held != 3 || full != crowd-3 {
			t.Errorf("with two places more %d hold one, %d were told that it is full", held, full)
		}
	})
}

// However many pages there are, no task of their party sees to all of them:
// others on the loop have their turn in between.
func TestACrowdLeavesOthersTheirTurn(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)
		for n := range 10 * pagesAtOnce {
			if _, err := w.hosts["a"].OpenPage(t.Context(), code, browser(n), home4(n)); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Second)
		var turns []string
		w.on("a", home, func(p *live) {
			p.pagesChanged()
			p.tellPages(p.pages.nextRound())
			left := func() { turns = append(turns, fmt.Sprint(len(p.pages.queue))) }
			left()
			for range 3 {
				p.loop.Post("other", left)
			}
		})
		synctest.Wait()
		if len(turns) != 4 || turns[0] != fmt.Sprint(9*pagesAtOnce) || turns[1] == "0" {
			t.Errorf("when others had their turn there were still to be told: %v", turns)
		}
	})
}

// Who is on the way in is told although most of the crowd is still to be told of
// the change before, and no round begins before that.
func TestWhoIsOnTheWayIsToldBeforeTheCrowd(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)
		for n := range 10 * pagesAtOnce {
			if _, err := w.hosts["a"].OpenPage(t.Context(), code, browser(n), home4(n)); err != nil {
				t.Fatal(err)
			}
		}
		w.start("a", code, 999)
		friend := w.open("a", code, 999)
		look(friend, 3*time.Second)
		time.Sleep(time.Second)
		told(friend)
		w.on("a", home, func(p *live) {
			crowd := &p.pages
			p.pagesChanged()
			p.tellPages(p.pages.nextRound())
			queue := slices.Clone(crowd.queue)
			if len(queue) != 9*pagesAtOnce || told(friend) == nil {
				t.Errorf("of the first change %d are still to be told", len(queue))
				return
			}
			p.pagesChanged()
			later := crowd.near.Add(pagePause)
			if crowd.nextRound() > later {
				t.Error("it is too soon")
			}
			p.tellPages(later)
			if told(friend) == nil {
				t.Error("who is on the way in waits for the crowd")
			}
			if !slices.Equal(queue, crowd.queue) {
				t.Error("a round begins before the last one is over")
			}
		})
		time.Sleep(time.Second)
		w.on("a", home, func(p *live) {
			if v := &p.pages; v.changed != 0 || len(v.queue) > 0 {
				t.Error("the crowd is not told of the second change")
			}
		})
	})
}

package host

import (
	"testing"
	"testing/synctest"

	"partykit/party"
)

// A crowd stands at the door of a full party. What a member asks for is done
// before what most of the crowd does, though that came first; and between those
// others on the loop have their turn.
func TestMembersDoNotWaitForACrowdAtTheDoor(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)
		a.ok("settings", map[string]any{"size": 1})
		var pages []*Page
		for n := range party.MaxLine + 10*pagesAtOnce {
			page, err := w.hosts["a"].OpenPage(t.Context(), code, browser(n), home4(n))
			if err != nil {
				t.Fatal(err)
			}
			pages = append(pages, page)
		}
		inLine, refused, member, elsewhere := 0, 0, -1, -1
		answered := func() int { return inLine + refused }
		w.on("a", home, func(p *live) {
			for _, page := range pages {
				p.submit(&job{visitor: true, cmd: party.Queue{Hold: page.asHold()}, done: func(o outcome) {
					switch {
					case o.err == nil:
						inLine++
					case o.err.Code == party.TooMany:
						if refused++; refused == 1 {
							p.loop.Post("other", func() { elsewhere = refused })
						}
					default:
						t.Errorf("a visitor is refused: %v", o.err)
					}
				}})
			}
			p.submit(&job{cmd: party.Rename{Player: p.state.Leader, Name: "Ada"}, done: func(o outcome) {
				if o.err != nil {
					t.Errorf("the member is refused: %v", o.err)
				}
				member = answered()
			}})
		})
		synctest.Wait()
		if inLine != party.MaxLine || answered() != len(pages) {
			t.Fatalf("%d stand in line and %d were refused, of %d", inLine, refused, len(pages))
		}
		if member < 0 || member > 2 {
			t.Errorf("the member's command was done behind %d of the crowd's", member)
		}
		if elsewhere < 0 || elsewhere > pagesAtOnce {
			t.Errorf("another task had its turn when %d were refused", elsewhere)
		}
	})
}

// A crowd that leaves at once is let go some at a time.
func TestACrowdThatLeavesWaits(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)
		var pages []*Page
		for n := range 10 * pagesAtOnce {
			page, err := w.hosts["a"].OpenPage(t.Context(), code, browser(n), home4(n))
			if err != nil {
				t.Fatal(err)
			}
			pages = append(pages, page)
		}
		left := make(chan int, 1)
		w.on("a", home, func(p *live) {
			for _, page := range pages {
				page.Close()
			}
			p.post(func() { left <- len(p.pages.open) })
		})
		if n := <-left; n < 9*pagesAtOnce {
			t.Errorf("when others had their turn only %d pages were left", n)
		}
		synctest.Wait()
		w.on("a", home, func(p *live) {
			if n := len(p.pages.open) + len(p.pages.leaving); n > 0 {
				t.Errorf("%d pages were never let go", n)
			}
		})
	})
}

// Between a page's wish for a seat and its turn the page is closed, or its visitor
// comes in and leaves: no seat is held for nobody.
func TestNoSeatIsHeldForWhoHasGone(t *testing.T) {
	for what, meanwhile := range map[string]func(*live, *Page){
		"closed": func(_ *live, page *Page) { page.Close() },
		"left":   func(p *live, page *Page) { p.gone[page.seat] = party.ReasonLeft },
		"":       func(*live, *Page) {},
	} {
		t.Run(what, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				a := w.hello("a", 1)
				home, code := a.lastParty(), a.invite(nil)
				w.start("a", code, 7)
				page := w.open("a", code, 7)
				synctest.Wait()
				w.on("a", home, func(p *live) {
					p.submit(&job{cmd: party.Rename{Player: p.state.Leader, Name: "Ada"}})
					p.hold(page)
					if len(p.queue.visitors) != 1 {
						t.Error("it has its turn at once")
					}
					meanwhile(p, page)
				})
				synctest.Wait()
				want := 0
				if what == "" {
					want = 1
				}
				w.on("a", home, func(p *live) {
					if n := len(p.state.Seats); n != want || page.holding {
						t.Errorf("%d seats are held, want %d", n, want)
					}
				})
			})
		})
	}
}

// Visitors who come one by one wait for nobody, however many came before.
func TestWhoComesAloneWaitsForNobody(t *testing.T) {
	var q jobs
	for n := range 10 * pagesAtOnce {
		if q.add(&job{visitor: true}); q.next() == nil {
			t.Fatalf("visitor %d waits", n)
		}
	}
}

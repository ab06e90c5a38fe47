package host

import (
	"context"
	"maps"
	"time"

	"partykit/party"
)

const (
	// onwardEvery is how often the page of a dead link looks whether it leads on by
	// now, while somebody sees it.
	onwardEvery = 10 * time.Second
	// onwardOnce is for how long what one of them found holds for all strangers'.
	onwardOnce = time.Second
)

// lookout is how the pages of a party's dead links look whether these lead on: one
// page after another, when others had their turn.
type lookout struct {
	looking   bool
	queue     []*Page
	strangers map[link]wayOn // what was found lately for whom the party does not know
}

// wayOn is whether a link led on when that was last looked for.
type wayOn struct {
	at party.Time
	on bool
}

// leads is when the page of a dead link looks whether it leads on; 0: not while
// it is as it is.
func (page *Page) leads() party.Time {
	if page.since == 0 || page.link.led.Maker != "" || page.shown == nil || !page.shown.Died || !page.p.h.mayLead(page.link) {
		return 0
	}
	return max(page.since, page.led.Add(onwardEvery))
}

// lead has the page look whether its link leads on, unless it waits to do so.
func (page *Page) lead(t party.Time) {
	page.led = t
	if w := &page.p.lookout; !page.looks {
		page.looks = true
		w.queue = append(w.queue, page)
		page.p.lookOn()
	}
}

// lookOn lets the next page look, if none does.
func (p *live) lookOn() {
	if w := &p.lookout; !w.looking && len(w.queue) > 0 {
		w.looking = true
		p.later(func() {
			w.looking = p.looksOn()
		})
	}
}

// looksOn begins the look of the first page that needs one, and reports whether
// there is such. Pages of strangers need none if the link has just led none of
// them on.
func (p *live) looksOn() bool {
	w, t := &p.lookout, now()
	maps.DeleteFunc(w.strangers, func(_ link, found wayOn) bool { return found.at.Add(onwardOnce) <= t })
	for len(w.queue) > 0 {
		page := w.queue[0]
		w.queue[0] = nil
		w.queue = w.queue[1:]
		page.looks = false
		of, l := page.looker(), page.link
		stranger := !p.state.Concerns(of)
		found, fresh := w.strangers[l]
		if page.leads() == 0 || !p.pages.open[page] || stranger && fresh && !found.on {
			continue
		}
		p.h.lookUp(p.ref.Game, func(ctx context.Context) {
			leads := func(of party.Hold) bool { return p.h.onward(ctx, l, of).led.Maker != "" }
			if stranger && !fresh {
				found = wayOn{now(), leads(party.Hold{})}
			}
			on := (!stranger || found.on) && leads(of)
			p.post(func() {
				if p.asleep() || p.unloaded {
					return
				}
				if stranger && !fresh {
					if w.strangers == nil {
						w.strangers = map[link]wayOn{}
					}
					w.strangers[l] = found
				}
				if on && p.pages.open[page] {
					p.openAgain(page)
					p.schedule()
				}
				w.looking = false
				p.lookOn()
			})
		})
		return true
	}
	w.queue = nil
	return false
}

package host

import (
	"container/heap"

	"partykit/party"
)

// plans are pages by when they have something to do, the soonest first.
type plans []*Page

func (h plans) Len() int           { return len(h) }
func (h plans) Less(i, j int) bool { return h[i].at < h[j].at }
func (h plans) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].planned, h[j].planned = i, j
}

func (h *plans) Push(x any) {
	page := x.(*Page)
	page.planned = len(*h)
	*h = append(*h, page)
}

func (h *plans) Pop() any {
	last := len(*h) - 1
	page := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	page.planned = -1
	return page
}

// plan notes when the page next has something to do. It is called whenever what
// that depends on has changed.
func (page *Page) plan() {
	h := &page.p.pages.plans
	page.at = page.next()
	switch {
	case !page.p.pages.open[page]:
	case page.at == 0 && page.planned >= 0:
		heap.Remove(h, page.planned)
	case page.at == 0:
	case page.planned >= 0:
		heap.Fix(h, page.planned)
	default:
		heap.Push(h, page)
	}
}

// next is when the page has something to do; 0: not before something happens.
func (page *Page) next() (next party.Time) {
	for _, t := range [...]party.Time{page.counts(), page.knocks(), page.due(), page.turns(), page.leads()} {
		if t != 0 && (next == 0 || t < next) {
			next = t
		}
	}
	return next
}

// seeToPages does what pages have to do by now, of a crowd only some at once.
func (p *live) seeToPages(t party.Time) {
	a := &p.pages
	due := func() bool { return !a.seeing && len(a.plans) > 0 && a.plans[0].at <= t }
	for n := 0; n < pagesAtOnce && due(); n++ {
		page := a.plans[0]
		page.act(t)
		page.plan()
	}
	if due() {
		a.seeing = true
		p.later(func() {
			a.seeing = false
			p.seeToPages(now())
			p.schedule()
		})
	}
}

// act does what is due.
func (page *Page) act(t party.Time) {
	if at := page.counts(); at != 0 && at <= t {
		page.openCounted = true
		page.p.count(page.link.Invite, 1, 0)
	}
	if at := page.knocks(); at != 0 && at <= t {
		knock := page.knocking
		page.knocking = nil
		knock()
	}
	if at := page.due(); at != 0 && at <= t {
		page.p.hold(page)
	}
	if at := page.turns(); at != 0 && at <= t {
		page.turn(t)
	}
	if at := page.leads(); at != 0 && at <= t {
		page.lead(t)
	}
}

// counts is when the page has been looked at for long enough to be counted.
func (page *Page) counts() party.Time {
	if page.openCounted {
		return 0
	}
	return page.looked()
}

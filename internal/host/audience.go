package host

import (
	"container/heap"
	"reflect"
	"slices"
	"time"

	"partykit/party"
)

const (
	// pagePause is how long changes are gathered before strangers' pages are told,
	// and how long those who are told at once wait for the next.
	pagePause = 250 * time.Millisecond
	// crowdPause is how much longer it is for every page beyond a thousand: a
	// crowd is told 4,000 times a second in all at most, and on a busy loop less
	// often. Whoever is on the way in, in line or asking does not wait for the
	// crowd.
	crowdPause = 250 * time.Microsecond
	// pagesAtOnce is how many pages are seen to before it is others' turn.
	pagesAtOnce = 16
)

// audience is the invite pages of a party that are open on this host: those of
// a few friends, or those of a streamer's crowd. No task of the loop sees to all
// pages of a crowd.
type audience struct {
	open   map[*Page]bool
	seats  map[party.SeatID][]*Page
	plans  plans // of those that have something to do at some time
	seeing bool  // more of them are seen to when others had their turn

	version     uint64     // rises when pages may read differently
	changed     party.Time // for the first time since the last round; 0: not since
	changedNear bool       // since those on the way were last told
	round       party.Time
	near        party.Time
	own         map[*Page]bool // whose own story has changed
	first       []*Page        // of those and who is on the way: to be told now
	queue       []*Page        // of all others: when everybody else had a turn
	sights      map[link]sight

	leaving []*Page // closed by those who looked at them

	swept party.Time // when what closed pages left was last looked through
}

// sight is what a link shows to those whom the party does not know. They share
// the invitation, which must not be changed.
type sight struct {
	shown   *party.Invitation
	version uint64
}

func newAudience() audience {
	return audience{
		open: map[*Page]bool{}, seats: map[party.SeatID][]*Page{}, own: map[*Page]bool{}, sights: map[link]sight{},
	}
}

func (a *audience) add(page *Page) {
	a.open[page] = true
	page.planned = -1
	if page.seat != "" {
		a.seats[page.seat] = append(a.seats[page.seat], page)
	}
}

func (a *audience) remove(page *Page) {
	delete(a.open, page)
	delete(a.own, page)
	if page.planned >= 0 {
		heap.Remove(&a.plans, page.planned)
	}
	if rest := slices.DeleteFunc(a.seats[page.seat], func(x *Page) bool { return x == page }); len(rest) > 0 {
		a.seats[page.seat] = rest
	} else {
		delete(a.seats, page.seat)
	}
	if len(a.open) == 0 {
		clear(a.sights)
		a.changed, a.changedNear = 0, false
	}
}

// nextRound is when the crowd's pages are told of what has changed: when others had
// time to change as well, as they do when a friend comes.
func (a *audience) nextRound() party.Time {
	return max(a.changed.Add(pagePause), a.round.Add(time.Duration(len(a.open))*crowdPause))
}

// due is when pages must next be told or seen to; 0: never.
func (a *audience) due() (next party.Time) {
	consider := func(t party.Time) {
		if t != 0 && (next == 0 || t < next) {
			next = max(t, 1)
		}
	}
	if a.changed != 0 && len(a.queue) == 0 {
		consider(a.nextRound())
	}
	if a.changedNear || len(a.own) > 0 {
		consider(a.near.Add(pagePause))
	}
	if len(a.plans) > 0 && !a.seeing {
		consider(a.plans[0].at)
	}
	return next
}

// pagesChanged has the open pages told soon of what all of them show.
func (p *live) pagesChanged() {
	p.seen.fleeting.Add(1)
	if len(p.pages.open) == 0 {
		return
	}
	if p.pages.changed == 0 {
		p.pages.changed = now()
	}
	p.pages.version++
	p.pages.changedNear = true
	p.schedule()
}

// changed has the page told soon of its visitor's own story.
func (page *Page) changed() {
	if p := page.p; p.pages.open[page] {
		p.pages.own[page] = true
		p.schedule()
	}
}

// tellPages tells those whose turn it is. There is no round before the last one is
// over.
func (p *live) tellPages(t party.Time) {
	a := &p.pages
	round := a.changed != 0 && len(a.queue) == 0 && a.nextRound() <= t
	if !round && (!a.changedNear && len(a.own) == 0 || a.near.Add(pagePause) > t) {
		return
	}
	if a.changedNear {
		p.nearPages()
	}
	idle := len(a.first) == 0
	for page := range a.own {
		a.first = append(a.first, page)
	}
	if round {
		for page := range a.open {
			if !a.own[page] {
				a.queue = append(a.queue, page)
			}
		}
		a.changed, a.round = 0, t
	}
	clear(a.own)
	a.changedNear, a.near = false, t
	if idle {
		p.tellFirst()
	}
	if round {
		p.tellSome()
	}
}

// nearPages adds those to be told whose visitors are on the way, in line or
// asking.
func (p *live) nearPages() {
	near := func(seat party.SeatID) {
		for _, page := range p.pages.seats[seat] {
			p.pages.own[page] = true
		}
	}
	for _, m := range p.state.Members {
		near(m.Seat)
	}
	for _, x := range p.state.Seats {
		near(x.ID)
	}
	for _, v := range p.state.Line {
		near(v.Seat)
	}
	for _, v := range p.state.Asks {
		near(v.Seat)
	}
}

// tellFirst tells some of those who do not wait for the crowd, and the rest when
// other games had their turn.
func (p *live) tellFirst() {
	a := &p.pages
	if a.first = a.tell(a.first); len(a.first) > 0 {
		p.post(func() {
			if !p.asleep() && !p.unloaded {
				p.tellFirst()
			}
		})
	}
}

// tellSome tells some of the queue, and the rest when everybody else had a turn.
func (p *live) tellSome() {
	a := &p.pages
	if a.queue = a.tell(a.queue); len(a.queue) > 0 {
		p.later(p.tellSome)
		return
	}
	p.schedule()
}

// tell tells some pages, and returns the others, or nil.
func (a *audience) tell(pages []*Page) []*Page {
	n := min(len(pages), pagesAtOnce)
	for _, page := range pages[:n] {
		if a.open[page] {
			page.show()
		}
	}
	if n == len(pages) {
		return nil
	}
	return pages[n:]
}

// show has the page show what is so now, in the place of what was not taken. A
// player of the game comes to wait or ask, and is told nothing before that.
func (page *Page) show() {
	if page.player != "" && !page.knocked {
		return
	}
	v := page.p.sees(page)
	same := v == page.shown
	page.shown, page.declined = v, v.Declined
	page.plan() // what has changed may let it try again
	if same {
		return
	}
	select {
	case <-page.updates:
	default:
	}
	page.updates <- v
}

// sees is what a page shows: what all strangers see, or what its own visitor
// does.
func (p *live) sees(page *Page) *party.Invitation {
	if page.started || page.problem != "" || p.gone[page.seat] != "" || p.state.Concerns(page.looker()) {
		return new(p.invitation(page.link, page.looker()))
	}
	s := p.pages.sights[page.link]
	if s.shown != nil && s.version == p.pages.version {
		return s.shown
	}
	v := p.invitation(page.link, party.Hold{})
	if s.shown == nil || !sameSight(v, *s.shown) {
		s.shown = &v
	}
	s.version = p.pages.version
	p.pages.sights[page.link] = s
	return s.shown
}

// sameSight reports whether two invitations show the same: a revision is not
// shown.
func sameSight(a, b party.Invitation) bool {
	a.Revision = b.Revision
	return reflect.DeepEqual(a, b)
}

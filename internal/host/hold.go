package host

import "partykit/party"

// open takes in a page.
func (p *live) open(page *Page) {
	page.p = p
	p.pages.add(page)
	p.pins++
	page.show()
	if page.seat != "" {
		delete(p.closed, page.seat)
		p.remote.page(p, whisper{Opened: page.seat})
	}
	p.schedule()
}

// leaves has a page let go, of a crowd only some at once.
func (p *live) leaves(page *Page) {
	if p.pages.leaving = append(p.pages.leaving, page); len(p.pages.leaving) == 1 {
		p.later(p.letGo)
	}
}

// letGo lets some of them go, and the rest when others had their turn.
func (p *live) letGo() {
	a := &p.pages
	n := min(len(a.leaving), pagesAtOnce)
	for _, page := range a.leaving[:n] {
		p.close(page)
	}
	if a.leaving = a.leaving[n:]; len(a.leaving) > 0 {
		p.later(p.letGo)
	} else {
		a.leaving = nil
	}
	p.schedule()
}

// close lets a page go.
func (p *live) close(page *Page) {
	if !p.pages.open[page] {
		return // ended by the server
	}
	p.pages.remove(page)
	p.pins--
	if page.seat != "" && !p.pageOpen(page.seat) {
		delete(p.gone, page.seat)
		p.remote.page(p, whisper{Closed: page.seat})
		if page.started || p.state.Seat(page.seat) != nil || p.state.Waits(page.seat) {
			p.pageClosed(page.seat)
		}
	}
}

// pageClosed notes since when no page holds a seat. What is as old as a ticket
// can be says nothing any more, and is looked for now and then.
func (p *live) pageClosed(seat party.SeatID) {
	t := now()
	p.closed[seat] = t
	if t < p.pages.swept.Add(keepTicket/4) {
		return
	}
	p.pages.swept = t
	for id, since := range p.closed {
		if p.state.Seat(id) == nil && t >= since.Add(keepTicket) {
			delete(p.closed, id)
		}
	}
}

func (p *live) pageOpen(seat party.SeatID) bool { return len(p.pages.seats[seat]) > 0 }

// pageAt returns a page of the seat, one whose Start was pressed if there is.
func (p *live) pageAt(seat party.SeatID) (found *Page) {
	for _, page := range p.pages.seats[seat] {
		if found == nil || page.started {
			found = page
		}
	}
	return found
}

// pressed notes that a seat's browser pressed Start.
func (p *live) pressed(seat party.SeatID) {
	delete(p.gone, seat)
	p.noteStart(seat)
	for _, page := range p.pages.seats[seat] {
		page.started, page.problem, page.tryAgain, page.refused = true, "", 0, false
		if a := p.state.Arrival(seat, p.status); a.Stage == party.Offered || a.LetIn {
			p.hold(page)
		}
		page.plan()
		page.holdsSoon()
		page.changed()
	}
	p.schedule()
}

// holdsSoon has a page that holds a place now wait to be told that Start was
// pressed: most are told at once that their place is held, which says it, too.
func (page *Page) holdsSoon() {
	a, t := &page.p.pages, now()
	if at := page.due(); at != 0 && at <= t && !a.changedNear && len(a.own) == 0 {
		a.near = t
	}
}

// knownStarts is how many presses of Start a party remembers at most.
const knownStarts = 256

// noteStart notes that a seat has a ticket that nobody redeemed, in the place of
// any other when there are too many: what is not recalled is read.
func (p *live) noteStart(seat party.SeatID) {
	if p.state.Knows(seat) {
		return // it may be redeemed already, on another host
	}
	if p.starts == nil {
		p.starts = map[party.SeatID]party.Time{}
	}
	remember(p.starts, knownStarts, seat, now())
}

// knowsStart reports whether the party remembers such a ticket of the seat.
func (p *live) knowsStart(seat party.SeatID) bool {
	t, ok := p.starts[seat]
	return ok && now() < t.Add(keepTicket)
}

// unpress has the pages of a seat that lapsed wait for Start again.
func (p *live) unpress(seat party.SeatID) {
	for _, page := range p.pages.seats[seat] {
		page.started = false
		page.plan()
	}
}

// done reports whether nothing is to be had for the page any more: it was closed,
// or its visitor came in and left meanwhile.
func (page *Page) done() bool {
	select {
	case <-page.left:
		return true
	default:
		return !page.p.pages.open[page] || page.p.gone[page.seat] != ""
	}
}

// due is when the page has been visible for long enough to hold a seat. A seat
// that was refused is not tried for again before the party has changed, nor
// while the party is full.
func (page *Page) due() party.Time {
	p := page.p
	if !page.started || page.holding || page.seat == "" || p.gone[page.seat] != "" || page.refused && page.refusedAt == p.seen.changes.Load() {
		return 0
	}
	if page.problem == party.Full && p.state.Taken() >= p.state.Size || p.state.Arrival(page.seat, p.status).Stage != party.Pressed {
		return 0
	}
	at := page.looked()
	if at == 0 {
		return 0
	}
	return max(at, page.tryAgain)
}

// looked is when the page will have been visible for long enough, if it stays
// visible; 0 while it is hidden before that.
func (page *Page) looked() party.Time {
	switch {
	case page.visible >= looked:
		return max(page.since, 1)
	case page.since == 0:
		return 0
	}
	return page.since.Add(looked - page.visible)
}

// turns is when the page next reads differently because time has passed: its
// link expires, or its visitor may ask again.
func (page *Page) turns() party.Time {
	at := page.declined
	i := page.p.state.Invite(page.link.Invite)
	if i == nil || page.dead || i.Revoked != 0 || i.Expires == 0 {
		return at
	}
	if at == 0 {
		return i.Expires
	}
	return min(at, i.Expires)
}

// turn has the page told of what time has changed.
func (page *Page) turn(t party.Time) {
	if i := page.p.state.Invite(page.link.Invite); i != nil && i.Expires != 0 && i.Expires <= t {
		page.dead = true
		page.p.pagesChanged()
	}
	if page.declined != 0 && page.declined <= t {
		page.declined, page.problem = 0, ""
		page.changed()
	}
}

// hold reserves the seat, or lets the page say why not.
func (p *live) hold(page *Page) {
	if _, err := p.h.active(p.state.Game); err != nil {
		page.tryAgain = now().Add(looked)
		return
	}
	page.holding = true
	if !page.startCounted {
		page.startCounted = true
		p.count(page.link.Invite, 0, 1)
	}
	p.submit(&job{visitor: true, cmd: page.asHold(), vain: page.done, done: func(o outcome) {
		page.holding = false
		page.problem, page.refused = "", false
		if o.err != nil {
			if o.err.Code == party.Full || o.err.Code == party.UsedUp || o.err.Code == party.ApprovalNeeded {
				page.problem, page.refused, page.refusedAt = o.err.Code, true, p.seen.changes.Load()
			}
			page.tryAgain = now().Add(looked)
			page.changed()
		}
		page.plan()
		p.schedule()
	}})
}

package host

import "partykit/party"

// open takes in a page.
func (p *live) open(page *Page) {
	page.p = p
	p.pages[page] = true
	p.pins++
	page.show()
	if page.seat != "" {
		delete(p.closed, page.seat)
		p.remote.page(p, whisper{Opened: page.seat})
	}
	p.schedule()
}

// close lets a page go.
func (p *live) close(page *Page) {
	if !p.pages[page] {
		return // ended by the server
	}
	delete(p.pages, page)
	p.pins--
	if page.seat != "" && !p.pageOpen(page.seat) {
		delete(p.gone, page.seat)
		p.remote.page(p, whisper{Closed: page.seat})
		if page.started || p.state.Seat(page.seat) != nil || p.state.Waits(page.seat) {
			p.pageClosed(page.seat)
		}
	}
	p.schedule()
}

// pageClosed notes since when no page holds a seat. What is as old as a ticket
// can be says nothing any more.
func (p *live) pageClosed(seat party.SeatID) {
	t := now()
	for id, since := range p.closed {
		if p.state.Seat(id) == nil && t >= since.Add(keepTicket) {
			delete(p.closed, id)
		}
	}
	p.closed[seat] = t
}

func (p *live) pageOpen(seat party.SeatID) bool {
	for page := range p.pages {
		if page.seat == seat && seat != "" {
			return true
		}
	}
	return false
}

// pageAt returns a page of the seat, one whose Start was pressed if there is.
func (p *live) pageAt(seat party.SeatID) (found *Page) {
	for page := range p.pages {
		if page.seat == seat && (found == nil || page.started) {
			found = page
		}
	}
	return found
}

// pressed notes that a seat's browser pressed Start.
func (p *live) pressed(seat party.SeatID) {
	delete(p.gone, seat)
	for page := range p.pages {
		if page.seat == seat {
			page.started, page.problem, page.tryAgain = true, "", 0
			if a := p.state.Arrival(seat, p.status); a.Stage == party.Offered || a.LetIn {
				p.hold(page)
			}
		}
	}
	p.pagesChanged()
	p.schedule()
}

// unpress has the pages of a seat that lapsed wait for Start again.
func (p *live) unpress(seat party.SeatID) {
	for page := range p.pages {
		if page.seat == seat {
			page.started = false
		}
	}
}

// due is when the page has been visible for long enough to hold a seat.
func (page *Page) due() party.Time {
	p := page.p
	if !page.started || page.holding || page.seat == "" || p.gone[page.seat] != "" {
		return 0
	}
	if p.state.Arrival(page.seat, p.status).Stage != party.Pressed {
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
	}
	if page.declined != 0 && page.declined <= t {
		page.declined, page.problem = 0, ""
	}
	page.p.pagesDue = true
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
	p.submit(&job{cmd: page.asHold(), done: func(o outcome) {
		page.holding = false
		page.problem = ""
		if o.err != nil {
			if o.err.Code == party.Full || o.err.Code == party.UsedUp || o.err.Code == party.ApprovalNeeded {
				page.problem = o.err.Code
			}
			page.tryAgain = now().Add(looked)
			p.pagesChanged()
		}
		p.schedule()
	}})
}

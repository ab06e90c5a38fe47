package host

import (
	"context"

	"partykit/party"
	"partykit/protocol"
)

// Queue waits in line for a seat of a full party, for as long as the page is
// open.
func (page *Page) Queue() {
	page.knock(page.done, func(h party.Hold) party.Command { return party.Queue{Hold: h} })
}

// Ask asks to be let in where the link alone does not do.
func (page *Page) Ask() {
	page.knock(page.done, func(h party.Hold) party.Command { return party.Ask{Hold: h} })
}

// LeaveLine gives the place in line up.
func (page *Page) LeaveLine() {
	page.knock(nil, func(h party.Hold) party.Command { return party.LeaveLine{Seat: h.Seat} })
}

// knock submits what a visitor does at the door, unless it is in vain by its turn.
// Why it is refused is shown on the page.
func (page *Page) knock(vain func() bool, command func(party.Hold) party.Command) {
	if page.p == nil || page.seat == "" {
		return
	}
	page.p.post(func() {
		p := page.p
		if !p.pages.open[page] {
			return
		}
		knock := func() {
			delete(p.gone, page.seat)
			p.submit(&job{visitor: true, cmd: command(page.asHold()), vain: vain, done: func(o outcome) {
				page.problem, page.knocked = "", true
				if o.err != nil {
					page.problem = o.err.Code
				}
				page.changed()
			}})
		}
		if page.player != "" { // a player of the game, whom nobody takes for a robot
			page.visible = looked
			knock()
		} else {
			page.knocking = knock
			page.plan()
		}
		p.schedule()
	})
}

// knocks is when what the visitor did is done: no robot looks for so long.
func (page *Page) knocks() party.Time {
	if page.knocking == nil {
		return 0
	}
	return page.looked()
}

// asHold is who looks at the page, as a visitor.
func (page *Page) asHold() party.Hold {
	name := page.name
	if name == "" {
		name = page.p.h.friendly(page.p.state.Game, string(page.seat))
	}
	h := page.looker()
	h.Name, h.Face, h.Home = name, Face(name), page.home
	return h
}

// looker is who looks at the page, as far as what it sees goes by that.
func (page *Page) looker() party.Hold {
	return page.link.hold(party.Hold{Seat: page.seat, Player: page.player, Browser: page.browser})
}

// door is a player of the game at another party's door: the same as an invite
// page, told over the player's connection.
func (s *session) door(c protocol.Command) {
	s.leaveDoor()
	if c.Code == "" {
		s.answer(protocol.OK{T: protocol.TOK, ID: c.ID, Seq: s.party.last})
		return
	}
	if err := s.mayJoin(); err != nil {
		s.fail(c.ID, err, nil)
		return
	}
	player, name := s.player, s.name
	s.h.lookUp(string(s.game), func(ctx context.Context) {
		page, err := s.h.openPage(ctx, c.Code, "player "+string(player), player, name, s.from)
		s.do(nil, func() {
			if err != nil {
				s.fail(c.ID, failure(err), nil)
				return
			}
			s.leaveDoor()
			s.atDoor = page
			go s.watchDoor(page)
			switch c.T {
			case protocol.TAsk:
				page.Ask()
			case protocol.TWait:
				page.Queue()
			}
			s.answer(protocol.OK{T: protocol.TOK, ID: c.ID, Seq: s.party.last})
		})
	})
}

// watchDoor tells the player how it goes, until it leaves the door.
func (s *session) watchDoor(page *Page) {
	for {
		select {
		case v, more := <-page.Updates():
			if !more {
				return
			}
			s.do(nil, func() {
				if s.atDoor == page {
					s.tell(protocol.Door{T: protocol.TDoor, Problem: v.Problem, CanAsk: v.CanAsk, Line: v.Line, You: v.You})
					if v.You != nil && v.You.Stage == party.Gone {
						s.leaveDoor()
					}
				}
			})
		case <-page.left:
			return
		}
	}
}

// leaveDoor gives up waiting or asking elsewhere.
func (s *session) leaveDoor() {
	if page := s.atDoor; page != nil {
		s.atDoor = nil
		page.LeaveLine()
		page.Close()
	}
}

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

// doorstep is where a player of the game waits in line or asks to be let in, at
// another party's door: the same as an invite page, told over the player's
// connection. It leaves when it loses that or comes into another party.
type doorstep struct {
	asked protocol.Command   // by whose code it came
	page  *Page              // of the party to which that led last; nil while it is looked up
	leave context.CancelFunc // closes what pages there are, and those still on their way
}

// door is the command wait or ask. A player is at one door at a time.
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
	here, leave := context.WithCancel(s.h.ctx)
	s.atDoor = &doorstep{asked: c, leave: leave}
	s.walk(here, s.atDoor, func(p *live, err error) {
		if err != nil {
			s.fail(c.ID, err, nil)
			return
		}
		s.answer(protocol.OK{T: protocol.TOK, ID: c.ID, Seq: p.last})
	})
}

// walk looks up where the code leads now, and waits or asks there, unless the
// player has left the door meanwhile: here has ended. Either way done hears of it.
func (s *session) walk(here context.Context, d *doorstep, done func(*live, error)) {
	d.page = nil
	player, name, from := s.player, s.name, s.from
	s.h.lookUp(string(s.game), func(ctx context.Context) {
		page, err := s.h.openPage(ctx, d.asked.Code, "player "+string(player), player, name, from)
		if err == nil {
			context.AfterFunc(here, page.Close)
		}
		s.do(nil, func(p *live) {
			done(p, err)
			switch {
			case s.atDoor != d:
			case err != nil:
				s.leaveDoor()
			default:
				d.page = page
				go s.watchDoor(here, d, page)
				if d.asked.T == protocol.TAsk {
					page.Ask()
				} else {
					page.Queue()
				}
			}
		})
	})
}

// watchDoor tells the player how it goes, until it leaves the door. Where the
// link leads to another party by now, the player goes on there.
func (s *session) watchDoor(here context.Context, d *doorstep, page *Page) {
	for {
		select {
		case v, more := <-page.Updates():
			s.do(nil, func(*live) {
				switch {
				case s.atDoor != d || d.page != page:
				case more:
					s.tellDoor(v)
				default:
					s.walk(here, d, func(_ *live, err error) {
						if err != nil && s.atDoor == d {
							s.tellDoor(&party.Invitation{Problem: failure(err).Code})
						}
					})
				}
			})
			if !more {
				return
			}
		case <-page.left:
			return
		}
	}
}

func (s *session) tellDoor(v *party.Invitation) {
	s.tell(protocol.Door{T: protocol.TDoor, Problem: v.Problem, CanAsk: v.CanAsk, Line: v.Line, You: v.You})
	if v.You != nil && v.You.Stage == party.Gone {
		s.leaveDoor()
	}
}

// leaveDoor gives up waiting or asking elsewhere.
func (s *session) leaveDoor() {
	d := s.atDoor
	if d == nil {
		return
	}
	s.atDoor = nil
	if d.page != nil {
		d.page.LeaveLine()
	}
	d.leave()
}

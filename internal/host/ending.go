package host

import "partykit/party"

// maxEndings is how many abandoned parties of a game are written down at once.
// Tens of thousands are due in the same minute when a crowd has gone: what
// somebody waits for is written behind these few, not behind all of them.
const maxEndings = 16

// tick does what the rules have to do by themselves by now. Nobody waits for that
// of an abandoned party.
func (p *live) tick(t party.Time) {
	p.ticking = true
	done := func(o outcome) {
		p.ticking = false
		if o.err != nil { // the storage is full, or does not answer
			p.tickNext = now().Add(tickLate)
		}
	}
	if !p.abandoned(t) {
		p.submitFirst(&job{cmd: party.Tick{}, done: done})
		return
	}
	p.pins++
	p.h.endings.enter(p.ref.Game, func() {
		p.post(func() {
			p.pins--
			leave := func(o outcome) {
				done(o)
				p.h.endings.leave(p.ref.Game)
			}
			if p.unloaded { // it is gone meanwhile
				leave(outcome{})
				return
			}
			p.submitFirst(&job{cmd: party.Tick{}, done: leave})
		})
	})
}

// abandoned reports whether a party has nobody who is here or looks at it, or one
// who is alone and to whom no link leads.
func (p *live) abandoned(t party.Time) bool {
	return len(p.absent) >= len(p.state.Members) && len(p.pages.open) == 0 || party.Retiring(p.state, t)
}

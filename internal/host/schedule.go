package host

import (
	"time"

	"partykit/party"
	"partykit/protocol"
)

// keepIdle is how long a party that nobody here needs stays in memory.
const keepIdle = 10 * time.Second

// tickLate is how long what time has made due waits behind what members do, of whom
// there may be so many that there is always something; and how long until one that
// was refused is tried again.
const tickLate = time.Second

// schedule has the party wake when something is next due: now, or by its one timer.
func (p *live) schedule() {
	if p.asleep() || p.unloaded || p.opening || p.state == nil {
		return
	}
	if len(p.absent) == 0 {
		p.newest.stop()
	}
	next := party.Time(0)
	consider := func(t party.Time) {
		if t != 0 && (next == 0 || t < next) {
			next = t
		}
	}
	t := now()
	if p.inflight == nil || p.queue.len() > 0 { // else it is seen to when that is over
		consider(p.nextTick())
	}
	consider(p.deadline())
	for _, r := range p.reports {
		consider(p.reportDue(r))
	}
	consider(p.pages.due())
	consider(p.countAt)
	if p.logged && p.saveNext != 0 && len(p.sessions) > 0 {
		consider(p.saveNext)
	}
	if p.needless() {
		if p.idleSince == 0 {
			p.idleSince = t
		}
		consider(p.idleSince.Add(keepIdle))
	} else {
		p.idleSince = 0
	}
	if next == 0 {
		p.silence()
		p.tire()
		return
	}
	wait := t.Until(next)
	if wait <= 0 {
		if !p.waking {
			p.waking = true
			p.post(p.wake)
		}
		return
	}
	if p.wakes == next && wait < time.Minute { // a longer wait is set anew: somebody may have set the clock
		return
	}
	p.wakes = next
	if p.timer == nil {
		p.timer = time.AfterFunc(wait, func() { p.post(p.wake) })
	} else {
		p.timer.Reset(wait)
	}
}

// nextDue is when the rules have something to do by themselves, or 0.
func (p *live) nextDue() party.Time {
	return party.NextDue(p.state, party.Known{Rules: p.settings().Rules, Absent: p.absent, Closed: p.closed})
}

// nextTick is when a tick starts, or 0. While members keep the party busy it waits
// for them, and goes before them once it is late.
func (p *live) nextTick() party.Time {
	if p.reading || p.ticking {
		return 0
	}
	due := p.nextDue()
	if due == 0 {
		return 0
	}
	if p.inflight != nil || len(p.queue.own) > 0 {
		due = due.Add(tickLate)
	}
	return max(due, p.tickNext)
}

// wake does what is due.
func (p *live) wake() {
	if p.asleep() {
		return
	}
	p.waking, p.wakes = false, 0
	if p.unloaded || p.opening {
		return
	}
	t := now()
	p.late(t)
	p.tellReports(t)
	p.seeToPages(t)
	if p.countAt != 0 && p.countAt <= t {
		p.writeCounts()
	}
	p.tellPages(t)
	if p.logged && p.saveNext != 0 && p.saveNext <= t {
		p.save(nil)
	}
	if due := p.nextTick(); due != 0 && due <= t {
		p.tick(t)
	}
	if p.needless() && p.idleSince != 0 && p.idleSince.Add(keepIdle) <= t {
		p.leaveMemory()
		return
	}
	p.schedule()
}

// needless reports whether nobody on this host needs the party: no session, no
// page, no work, and no member whose return or loss would have to be decided
// here.
func (p *live) needless() bool {
	if len(p.sessions) > 0 || len(p.pages.open) > 0 || p.pins > 0 || p.countAt != 0 || p.queue.len() > 0 || p.inflight != nil || p.reading {
		return false
	}
	return !p.logged || p.state.Ended || (len(p.absent) == 0 && len(p.state.Seats) == 0 && len(p.state.Line) == 0 && len(p.state.Asks) == 0)
}

// leaveMemory unloads the party, with a snapshot if that makes the next load
// shorter.
func (p *live) leaveMemory() {
	if p.unsaved > 0 && p.logged {
		p.save(func() {
			if p.needless() {
				p.unload()
			} else {
				p.schedule()
			}
		})
		return
	}
	p.unload()
}

// drain prepares the party for the end of the host: clients are told to come
// back, what is under way ends, a snapshot is written.
func (p *live) drain(done func()) {
	for _, s := range p.sessions {
		s.close(protocol.GoingAway)
	}
	for page := range p.pages.open {
		p.close(page)
		close(page.updates)
	}
	if p.opening || !p.logged && p.inflight == nil {
		done()
		return
	}
	p.whenQuiet(func() { p.save(done) })
}

// whenQuiet runs fn when no append is under way.
func (p *live) whenQuiet(fn func()) {
	if p.inflight == nil && p.queue.len() == 0 && !p.saving {
		fn()
		return
	}
	time.AfterFunc(10*time.Millisecond, func() { p.post(func() { p.whenQuiet(fn) }) })
}

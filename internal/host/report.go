package host

import (
	"time"

	"partykit/party"
	"partykit/protocol"
)

// report is what a loading member last told of itself. It is never stored.
type report struct {
	loading  party.Loading
	progress party.Time // when it last changed
	sent     party.Time
	unsent   bool
	stalled  bool // was told so
	joined   bool // nothing was told of its member's status but what its joining says: connected

	from   party.Time // when this phase began
	begun  float64    // and at what progress
	arrive party.Time // when it will be there, as measured; 0: not known yet
}

// shown is what the others see; nil as long as there is nothing to see.
func (r *report) shown() *party.Loading {
	l := r.loading
	l.Stalled, l.Seconds = r.stalled, 0
	if r.arrive != 0 && !r.stalled {
		l.Seconds = max(1, int(now().Until(r.arrive).Round(time.Second)/time.Second))
	}
	if l == (party.Loading{}) {
		return nil
	}
	return &l
}

// manyReports is how many members load when their reports begin to go out
// together, so that a member is not written to for each of the others apart.
const manyReports = 8

// reportDue is when a report must next be told: what waits for its turn until a
// pause after the one before, of its member or, where many load, with all others
// that wait; or that it has stalled.
func (p *live) reportDue(r *report) party.Time {
	switch {
	case r.unsent && len(p.reports) > manyReports:
		return p.told.Add(p.reportPause())
	case r.unsent:
		return r.sent.Add(p.reportPause())
	case !r.stalled:
		return r.progress.Add(party.StalledTime)
	}
	return 0
}

// reportPause is how long a member's reports wait for newer ones.
func (p *live) reportPause() time.Duration { return time.Second / time.Duration(p.settings().Reports) }

// reported notes a member's own report; the newest wins and at most one in
// reportPause goes out.
func (p *live) reported(id party.PlayerID, l party.Loading) {
	m := p.state.Member(id)
	if m == nil || m.State != party.Loads {
		return
	}
	t := now()
	r := p.reports[id]
	if r == nil {
		r = &report{}
		p.reports[id] = r
	}
	if !same(r.loading, l) {
		r.progress, r.stalled = t, false
		r.measure(l, t)
	}
	r.loading, r.unsent = l, true
	if p.reportDue(r) <= t {
		p.tellReports(t)
	}
	p.schedule()
}

// measure reckons when a phase that tells its progress will be over: the pace
// since it began, once that says something.
func (r *report) measure(l party.Loading, t party.Time) {
	if l.Progress == nil {
		r.from, r.arrive = 0, 0
		return
	}
	p := *l.Progress
	if r.from == 0 || r.loading.Phase != l.Phase || p < r.begun {
		r.from, r.begun, r.arrive = t, p, 0
		return
	}
	took := r.from.Until(t)
	if took < time.Second || p-r.begun < 0.02 {
		return
	}
	r.arrive = t.Add(time.Duration((1 - p) / (p - r.begun) * float64(took)))
}

// same reports whether nothing went on between two reports.
func same(a, b party.Loading) bool {
	if a.Progress == nil || b.Progress == nil {
		return a == b
	}
	return a.Phase == b.Phase && a.Message == b.Message && *a.Progress == *b.Progress
}

// tellReports tells all that are due, together.
func (p *live) tellReports(t party.Time) {
	var due []party.PlayerID // telling one puts the others off
	for id, r := range p.reports {
		if at := p.reportDue(r); at != 0 && at <= t {
			due = append(due, id)
		}
	}
	for _, id := range due {
		p.report(id, p.reports[id], t)
	}
}

// report tells a member's status.
func (p *live) report(id party.PlayerID, r *report, t party.Time) {
	if r.unsent {
		r.unsent, p.told = false, t
	} else {
		r.stalled = true
	}
	r.sent = t
	p.tellStatus(id)
}

// tellStatus sends a member's presence and loading to the others, here and on
// other hosts.
func (p *live) tellStatus(id party.PlayerID) {
	p.showStatus(id)
	p.remote.status(p, id)
}

func (p *live) showStatus(id party.PlayerID) {
	m := p.state.Member(id)
	if m == nil {
		return
	}
	if r := p.reports[id]; r != nil {
		r.joined = false
	}
	frame := p.statusFrame(m)
	for player, s := range p.sessions {
		if player != id {
			s.send(false, frame)
		}
	}
	p.pagesChanged()
}

func (p *live) statusFrame(m *party.Member) []byte {
	return protocol.Encode(protocol.Status{T: protocol.TStatus, N: m.N, Status: p.status(m.Player)})
}

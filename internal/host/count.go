package host

import (
	"time"

	"partykit/party"
)

// countPause is how long counts of links are gathered before they are written.
const countPause = 10 * time.Second

// count gathers how often a link was looked at and started, by pages that were
// visible for as long as no robot looks.
func (p *live) count(invite party.InviteID, opens, starts int) {
	c := p.counts[invite]
	if c == nil {
		c = &party.Count{Invite: invite}
		p.counts[invite] = c
	}
	c.Opens += opens
	c.Starts += starts
	if p.countAt == 0 {
		p.countAt = now().Add(countPause)
	}
	p.schedule()
}

// writeCounts puts what was gathered into the log.
func (p *live) writeCounts() {
	p.countAt = 0
	for id, c := range p.counts {
		delete(p.counts, id)
		p.submit(&job{cmd: *c})
	}
}

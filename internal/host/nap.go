package host

import (
	"reflect"

	"partykit/party"
)

// nap is what is left of a party that sleeps: a party of one that nobody else
// can see, in which nothing is under way and nothing falls due. A crowd that
// waits is made of these. With what its member's session holds anyway it is the
// whole party, and it wakes for whatever touches it.
type nap struct {
	session *session
	lone    party.Lone
	hidden  bool
}

func (p *live) asleep() bool { return p.awake == nil }

// rouse wakes a party, for the task that its loop runs now. p may be nil, of a
// session that has none.
func (p *live) rouse() {
	if p == nil || !p.asleep() {
		return
	}
	n := p.nap
	p.nap, p.awake = nap{}, newAwake()
	p.state = n.state(p)
	p.sessions[n.session.player] = n.session
	if n.session.sent != nil {
		p.tracks[n.session.id] = n.session.sent
	}
	if n.hidden {
		p.hidden[n.session.player] = true
	}
	p.tire()
}

// tire has a party that nothing waits for look whether it can sleep, at the end
// of the loop's pass.
func (p *live) tire() {
	if !p.tired && p.alone() != nil {
		p.tired = true
		p.loop.AtEnd(p)
	}
}

// End lets the party sleep if it can, as a [loop.Ender].
func (p *live) End() {
	if p.asleep() {
		return
	}
	p.tired = false
	s := p.alone()
	if s == nil || s.conn == nil || s.pause != nil || s.behind != nil || !p.idle() {
		return
	}
	n := nap{session: s, lone: p.state.Lone(), hidden: p.hidden[s.player]}
	s.own = party.Own{Data: p.state.Data, Landing: p.state.Landing}
	if !reflect.DeepEqual(n.state(p), p.state) {
		return // there is more to it
	}
	p.silence()
	p.unnotice()
	p.nap, p.awake = n, nil
}

// state is the party as it was.
func (n *nap) state(p *live) *party.State {
	s := n.session
	m := party.Member{Player: s.player, Name: s.name, Face: s.face, Session: s.id}
	return n.lone.State(party.ID(p.ref.Party), s.game, m, s.hash.String(), s.own)
}

// alone returns the one session of a party that has no log, never had one and
// is not about to get one; else nil.
func (p *live) alone() *session {
	if p.state == nil || p.logged || p.follow != nil || p.last != 0 || p.unloaded || len(p.sessions) != 1 {
		return nil
	}
	return p.sessions[p.state.Leader]
}

// idle reports whether nothing is under way in a party of one, and nothing is
// kept of it beside its state.
func (p *live) idle() bool {
	if p.pins > 0 || p.inflight != nil || p.reading || p.saving || p.queue.len() > 0 {
		return false
	}
	return len(p.chats) == 0 && len(p.absent) == 0 && len(p.reports) == 0 && len(p.pages.open) == 0 &&
		len(p.closed) == 0 && len(p.gone) == 0 && len(p.counts) == 0 && len(p.coming) == 0
}

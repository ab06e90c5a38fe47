package host

import (
	"context"
	"net/netip"
	"sync"
	"sync/atomic"

	"partykit/party"
)

// seen counts what would have to be seen differently by those who look at a
// party from outside its loop.
type seen struct {
	changes  atomic.Uint64 // every event, and the end of counting: unloaded or asleep
	fleeting atomic.Uint64 // whatever else open pages are told
}

// noticed are the parties of which somebody keeps a notice.
type noticed struct{ byID sync.Map } // party.ID → *seen

// went says that somebody was seen to leave a party for another, whose log does
// not know it yet.
func (n *noticed) went(from party.ID) {
	if s, ok := n.byID.Load(from); ok {
		s.(*seen).changes.Add(1)
	}
}

// Notice tells what a link's code shows to browsers that the party does not
// know. current reports whether the party has not changed since: no event was
// applied, which an acknowledgement always follows, and nobody was seen to move
// from it to another. same reports whether not even what is fleeting has changed.
// Both are nil where nobody would notice.
func (h *Host) Notice(ctx context.Context, code string, from netip.Addr) (v party.Invitation, current, same func() bool, err error) {
	l, err := h.linkOf(ctx, code, h.guesser("", from))
	if err != nil {
		v, err = noLink(err)
		return v, nil, nil, err
	}
	type watch struct{ current, same func() bool }
	shown, watching := make(chan party.Invitation, 1), make(chan watch, 1)
	v, err = h.visit(ctx, l, shown, func(p *live) {
		s := p.seen // p itself belongs to its loop
		h.noticed.byID.Store(p.state.ID, s)
		changes, fleeting := s.changes.Load(), s.fleeting.Load()
		current := func() bool { return changes == s.changes.Load() }
		watching <- watch{current, func() bool { return current() && fleeting == s.fleeting.Load() }}
		shown <- p.invitation(l, party.Hold{})
	})
	if err == nil && v.Died && h.mayLead(l) { // nobody would notice where its maker goes
		v, err = h.look(ctx, h.onward(ctx, l, party.Hold{}), party.Hold{})
		return v, nil, nil, err
	}
	select {
	case w := <-watching:
		current, same = w.current, w.same
	default: // the party cannot be seen
	}
	return v, current, same, err
}

// unnotice outdates all that was noticed of a party, which is not counted any
// more.
func (p *live) unnotice() {
	p.seen.changes.Add(1)
	p.h.noticed.byID.CompareAndDelete(party.ID(p.ref.Party), p.seen)
}

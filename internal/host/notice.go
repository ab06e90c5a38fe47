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

// A Notice is what a link's code shows to browsers that the party does not know.
type Notice struct {
	party.Invitation
	// Current reports whether the party has not changed since: no event was
	// applied, which an acknowledgement always follows, and nobody was seen to move
	// from it to another. Same reports whether not even what is fleeting has
	// changed. Both are nil where nobody would notice.
	Current, Same func() bool
	// Until is from when on it may show something else though nothing has changed;
	// 0: never.
	Until party.Time
}

// Notice tells what a link's code shows to browsers that the party does not
// know, and what outdates that.
func (h *Host) Notice(ctx context.Context, code string, from netip.Addr) (Notice, error) {
	l, err := h.linkOf(ctx, "", code, h.guesser("", from))
	if err != nil {
		v, err := noLink(err)
		return Notice{Invitation: v}, err
	}
	shown, noticed := make(chan party.Invitation, 1), make(chan Notice, 1)
	v, err := h.visit(ctx, l, shown, func(p *live) {
		n := p.notice(l)
		noticed <- n
		shown <- n.Invitation
	})
	if err == nil && v.Died && h.mayLead(l) { // nobody would notice where its maker goes
		_, v, err = h.lookOnward(ctx, l, party.Hold{})
		return Notice{Invitation: v}, err
	}
	select {
	case n := <-noticed:
		return n, err
	default: // the party cannot be seen
		return Notice{Invitation: v}, err
	}
}

// notice is what the party shows by a link. It is watched if all that it hangs on
// is the party's and the clock's: not how much is guessed, for which a spoken code
// is looked up each time, nor where a link goes that follows its maker and is here
// no more.
func (p *live) notice(l link) Notice {
	n := Notice{Invitation: p.invitation(l, party.Hold{})}
	i := p.state.Invite(l.Invite)
	if l.spoken || l.Follows && (i == nil || i.Went) {
		return n
	}
	s := p.seen // p itself belongs to its loop
	p.h.noticed.byID.Store(p.state.ID, s)
	changes, fleeting := s.changes.Load(), s.fleeting.Load()
	n.Current = func() bool { return changes == s.changes.Load() }
	n.Same = func() bool { return n.Current() && fleeting == s.fleeting.Load() }
	n.Until = l.outdated(i, now())
	return n
}

// outdated is when a link, or its invite if the party still knows it, next shows
// something else by the clock alone: it expires, or one may not ask by it any
// more. From when its record may go it is outdated at once. 0: never.
func (l link) outdated(i *party.Invite, t party.Time) (next party.Time) {
	var ends []party.Time
	expires := []party.Time{l.Expires}
	if i != nil {
		expires = append(expires, i.Expires)
	}
	for _, e := range expires {
		switch {
		case e == 0:
		case e.Add(keepLink) <= t:
			return t
		default:
			ends = append(ends, e, e.Add(party.AskDead), e.Add(keepLink))
		}
	}
	for _, end := range ends {
		if end > t && (next == 0 || end < next) {
			next = end
		}
	}
	return next
}

// unnotice outdates all that was noticed of a party, which is not counted any
// more.
func (p *live) unnotice() {
	p.seen.changes.Add(1)
	p.h.noticed.byID.CompareAndDelete(party.ID(p.ref.Party), p.seen)
}

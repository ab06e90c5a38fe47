package host

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"partykit/party"
	"partykit/protocol"
)

// margin is how much longer than to its horizon an entry is kept, so that a
// snapshot written every 12 h always comes before the entries expire that it
// replaces.
const (
	margin        = 13 * time.Hour
	snapshotEvery = 12 * time.Hour
	snapshotAfter = 64 // events
)

// apply folds an entry into the party and tells everybody who is to know.
func (p *live) apply(seq uint64, e party.Entry) {
	var before *party.State
	if slices.ContainsFunc(e.Events, takesAway) {
		before = p.state.Clone()
	}
	p.state.Apply(seq, e)
	p.seen.changes.Add(1)
	p.near = nil
	p.last = max(p.last, seq)
	p.idleSince = 0
	if seq > 0 && (p.logged || founds(e)) {
		p.logged, p.expect = true, seq
		p.unsaved++
	}
	for _, event := range e.Events {
		p.effect(before, event, e.At)
	}
	if !p.logged {
		seq = 0 // the log's sequences say nothing of a party without one
	}
	if views := e.View(); len(views) > 0 {
		p.broadcast(protocol.Encode(protocol.Event{T: protocol.TEvent, Seq: seq, Rev: e.Rev, At: e.At, Events: views}))
	}
	if slices.ContainsFunc(e.Events, identifies) {
		p.retell()
	}
	p.pagesChanged()
	if p.logged {
		p.saveIfDue(e.At)
	}
	p.schedule()
}

func founds(e party.Entry) bool {
	_, ok := e.Events[0].(party.Founded)
	return ok
}

// takesAway reports whether what an event means hangs on the party as it was.
func takesAway(e party.Event) bool {
	switch e.(type) {
	case party.Left, party.Crowned:
		return true
	}
	return false
}

// effect does what an event means outside the state. before is the party as it
// was, of an entry with an event that takes something away, else nil.
func (p *live) effect(before *party.State, event party.Event, at party.Time) {
	switch e := event.(type) {
	case party.Joined:
		delete(p.absent, e.Member.Player)
		p.reports[e.Member.Player] = &report{progress: at, joined: true}
		delete(p.closed, e.Member.Seat)
		delete(p.gone, e.Member.Seat)
		delete(p.starts, e.Member.Seat)
		p.h.moved(p.state.Game, e.Member.Player, whereabouts{p.state.ID, e.Member.Move})
	case party.Left:
		p.left(before, e)
	case party.Resumed:
		p.resumed(e)
	case party.SeatHeld:
		if !p.pageOpen(e.Seat.ID) && p.remote.pages[e.Seat.ID] == "" {
			p.closed[e.Seat.ID] = at
		}
		for _, page := range p.pages.seats[e.Seat.ID] {
			page.show() // its visitor waits for that
			delete(p.pages.own, page)
		}
	case party.AskAnswered:
		if e.Answer == "" && p.pageOpen(e.Seat) {
			p.gone[e.Seat] = party.ReasonUnanswered
		}
	case party.SeatLapsed:
		delete(p.closed, e.Seat)
		p.unpress(e.Seat)
	case party.InviteRevoked:
		if e.Went {
			p.sendAfter(e.Invite)
		}
	case party.Identified:
		p.identified(e)
	case party.Finalized:
		delete(p.reports, e.Player)
	case party.Crowned:
		p.crowned(before, e)
	case party.Retired:
		p.logged = false
		if p.follow != nil {
			go p.follow.Stop()
			p.follow = nil
		}
		p.h.forgetStored(p.ref, p.state)
	}
}

func (p *live) left(before *party.State, e party.Left) {
	m := before.Member(e.Player)
	delete(p.absent, e.Player)
	delete(p.reports, e.Player)
	delete(p.hidden, e.Player)
	delete(p.remote.members, e.Player)
	if m != nil && p.pageOpen(m.Seat) {
		p.gone[m.Seat] = e.Reason
	}
	p.h.forget(p.state.Game, e.Player, p.state.ID)
	p.sendOn(e.Player)
	if s := p.sessions[e.Player]; s != nil {
		s.keepSets(before)
		p.expel(s, e.Reason)
	}
}

// resumed lets a session go whose player has come to another host.
func (p *live) resumed(e party.Resumed) {
	delete(p.absent, e.Player)
	if s := p.sessions[e.Player]; s != nil && s.hash.String() != e.Hash && !p.coming[e.Hash] {
		delete(p.sessions, e.Player)
		p.near = nil
		s.close(protocol.Replaced)
	}
}

// crowned keeps a former leader's set as its waiting set, and lets the heir's
// take effect where another host decided without knowing it (law 5).
func (p *live) crowned(before *party.State, e party.Crowned) {
	if s := p.sessions[before.Leader]; s != nil && before.Leader != e.Leader {
		s.keepSets(before)
	}
	heir := p.sessions[e.Leader]
	if heir == nil {
		return
	}
	if own := heir.own.Data; own != nil {
		p.submit(&job{cmd: party.SetData{Player: e.Leader, Data: own}})
	}
	if own := heir.own.Landing; own != nil {
		p.submit(&job{cmd: party.SetLanding{Player: e.Leader, Fields: own}})
	}
}

// broadcast sends a frame to every member that is served here.
func (p *live) broadcast(frame []byte) {
	for _, s := range p.sessions {
		s.send(false, frame)
	}
}

// saveIfDue writes a snapshot when many events lie after the last, or when the
// party must be kept for longer than what it is made from.
func (p *live) saveIfDue(t party.Time) {
	if p.unsaved >= snapshotAfter || p.state.Horizon(t) > p.base || p.saveNext != 0 && t >= p.saveNext || len(p.state.Members) == 0 {
		p.save(nil)
	}
}

// save writes a snapshot; then, if not nil, hears when it is done.
func (p *live) save(then func()) {
	if p.saving || !p.logged || p.state.Retired {
		if then != nil {
			then()
		}
		return
	}
	data, err := json.Marshal(p.state)
	if err != nil {
		p.h.log.Error("a party cannot be written", "game", p.ref.Game, "party", p.ref.Party, "err", err)
		if then != nil {
			then()
		}
		return
	}
	t := now()
	covered, ttl := p.state.Seq, t.Until(p.state.Horizon(t))+margin
	p.saving, p.unsaved, p.size = true, 0, len(data)
	p.saveNext = t.Add(snapshotEvery)
	p.pins++
	p.forgetTracks()
	p.h.work(patience, func(ctx context.Context) {
		err := p.h.o.Node.SaveSnapshot(ctx, p.ref, covered, data, ttl)
		p.post(func() {
			p.saving = false
			p.pins--
			if err == nil {
				p.base = t.Add(ttl)
			} else if p.h.ctx.Err() == nil {
				p.h.log.Warn("a snapshot was not written", "game", p.ref.Game, "party", p.ref.Party, "err", err)
				p.unsaved = max(p.unsaved, 1)
			}
			if then != nil {
				then()
			}
			p.schedule()
		})
	})
}

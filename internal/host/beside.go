package host

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"partykit/internal/engine"
	"partykit/party"
)

// beside is the record of where a link's code leads, written at the same time as
// the event that makes the link (ADR 13). Who makes it is told when both are
// there. The record of a link that was refused is of no use, and expires.
type beside struct {
	of       party.MakeInvite
	underWay bool
	there    bool
	err      error // why it is not
}

// waits reports whether what becomes of the record is not known yet.
func (r *beside) waits() bool { return r != nil && r.underWay }

// record writes the record of a job's link, which s knows, unless it is there.
// Of a command that is repeated it may be missing: the process ended between the
// two writes, or nobody knows what became of one.
func (p *live) record(j *job, s *party.State) {
	r := j.beside
	if r == nil || r.underWay || r.there {
		return
	}
	i := s.Invite(r.of.ID)
	if i == nil {
		return // long gone
	}
	l := linkTo(s, i)
	data, err := json.Marshal(l)
	if err != nil {
		r.err = err
		return
	}
	r.underWay, r.err = true, nil
	p.pins++
	p.writeRecord(j, l, data)
}

func (p *live) writeRecord(j *job, l link, data []byte) {
	hash := j.beside.of.Hash
	again := func() { p.writeRecord(j, l, data) }
	p.h.o.Node.Store(p.ref.Game, engine.Invites, hash, data, 0, l.keep(now()), func(_ uint64, err error) {
		p.post(func() {
			if !errors.Is(err, engine.ErrConflict) {
				p.recorded(j, err, again)
				return
			}
			p.h.work(lookup, func(ctx context.Context) {
				err := p.h.correct(ctx, hash, l, data)
				p.post(func() { p.recorded(j, err, again) })
			})
		})
	})
}

// recorded hears how the write of a record went. One that was not answered is
// written again, while its job waits.
func (p *live) recorded(j *job, err error, again func()) {
	r := j.beside
	if unanswered(err) && j.done != nil {
		p.h.log.Warn("a link's record was not answered", "game", p.ref.Game, "party", p.ref.Party, "err", err)
		time.AfterFunc(writeAgain, func() { p.post(again) })
		return
	}
	p.pins--
	r.underWay = false
	r.there, r.err = err == nil, err
	p.finishInflight()
	p.schedule()
}

// repeated finishes a command of which there is nothing to append: at once, or
// when its record is there.
func (p *live) repeated(j *job, seq uint64) {
	p.record(j, p.state)
	if j.beside.waits() {
		p.inflight = &inflight{job: j, seq: seq, applied: true}
		return
	}
	p.conclude(j, outcome{seq: seq})
}

// conclude answers a command whose event is there. Where a link's record is refused
// it says so, and ends the link: nobody has its code, and it leads nowhere. Where
// nobody knows whether it is there, the command can be repeated.
func (p *live) conclude(j *job, o outcome) {
	r := j.beside
	if r == nil || r.err == nil {
		j.finish(o)
		return
	}
	if !unanswered(r.err) {
		p.endLink(r.of.ID)
	}
	j.finish(outcome{err: failure(r.err)})
}

// endLink ends a link as the next thing of the party: behind others it could have
// gone on with its maker.
func (p *live) endLink(id party.InviteID) {
	i := p.state.Invite(id)
	if i == nil || !i.Live(now()) {
		return
	}
	p.queue.again(&job{
		cmd:      party.Revoke{Player: i.By, Invite: id},
		deadline: now().Add(patience),
		done: func(o outcome) {
			if o.err != nil {
				p.h.log.Warn("a link that leads nowhere was not ended", "game", p.ref.Game, "party", p.ref.Party, "err", o.err.Code)
			}
		},
	})
}

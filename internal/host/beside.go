package host

import (
	"encoding/json"
	"errors"

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
	p.h.o.Node.Store(p.ref.Game, engine.Invites, r.of.Hash, data, 0, l.keep(now()), func(_ uint64, err error) {
		p.post(func() {
			p.pins--
			r.underWay = false
			if r.there = err == nil || errors.Is(err, engine.ErrConflict); !r.there {
				r.err = err
			}
			p.finishInflight()
			p.schedule()
		})
	})
}

// repeated finishes a command of which there is nothing to append: at once, or
// when its record is there.
func (p *live) repeated(j *job, seq uint64) {
	if j.beside == nil {
		j.finish(outcome{seq: seq})
		return
	}
	p.inflight = &inflight{job: j, seq: seq}
	p.record(j, p.state)
	p.finishInflight()
}

// unrecorded tells that a link's record cannot be written, and ends the link:
// nobody has its code, and it leads nowhere.
func (p *live) unrecorded(j *job) {
	j.finish(outcome{err: failure(j.beside.err)})
	p.submit(&job{cmd: party.Revoke{Player: j.beside.of.Player, Invite: j.beside.of.ID}})
}

package host

import (
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"partykit/internal/engine"
	"partykit/party"
)

// patience is how long a command may wait for the engine before it is answered
// as unavailable.
const patience = 15 * time.Second

// writeAgain is how long after a write that was not answered the next try comes.
const writeAgain = 250 * time.Millisecond

// unanswered reports whether a write failed of which nobody knows what became, or
// that may succeed later.
func unanswered(err error) bool {
	return errors.Is(err, engine.ErrUnknown) || errors.Is(err, engine.ErrUnavailable)
}

// job is a command on its way into the log, or what waits for its turn behind
// one. In which order jobs of a party start, see jobs.
type job struct {
	cmd      party.Command
	id       *party.CommandID
	done     func(outcome) // nil once it was called
	message  *outgoing     // instead of cmd: a reliable message
	turn     func()        // instead of cmd: whatever; done hears only that it came too late
	visitor  bool          // it is of somebody at the door
	vain     func() bool   // by the time it starts nobody wants it any more; or nil
	beside   *beside       // of a link: its record, written at the same time
	deadline party.Time
}

// outcome is how a command ended.
type outcome struct {
	seq   uint64
	entry party.Entry // with no events: there was nothing to do, or it was done before
	err   *party.Error
}

// inflight is the one command under way.
type inflight struct {
	job     *job
	entry   party.Entry
	data    []byte // the same, as it is stored
	seq     uint64 // once acknowledged
	applied bool   // before: only a link's record is under way
}

func (p *live) submit(j *job) {
	if j.message != nil && p.queue.len() == 0 && p.free() {
		p.send(j) // of which nothing becomes due
		return
	}
	j.deadline = now().Add(patience)
	p.queue.add(j)
	p.pump()
}

// submitFirst is submit for what goes before all that its kind has waiting.
func (p *live) submitFirst(j *job) {
	j.deadline = now().Add(patience)
	p.queue.again(j)
	p.pump()
}

// free reports whether the next job can start.
func (p *live) free() bool { return p.inflight == nil && !p.reading && !p.unloaded }

func (j *job) finish(o outcome) {
	if done := j.done; done != nil {
		j.done = nil
		done(o)
	}
}

// pump starts what can start: messages at once, a command when no append is
// under way.
func (p *live) pump() {
	for p.free() {
		j := p.queue.next()
		if j == nil {
			break
		}
		if j.visitor && p.queue.visits == pagesAtOnce {
			p.later(p.revisit)
		}
		switch {
		case j.turn != nil:
			j.turn()
		case j.message != nil:
			p.send(j)
		default:
			p.decide(j)
		}
	}
	p.schedule()
}

// revisit goes on with what visitors want: everybody else had a turn.
func (p *live) revisit() {
	p.queue.visits = 0
	p.pump()
}

func (p *live) decide(j *job) {
	if j.vain != nil && j.vain() {
		j.finish(outcome{seq: p.last})
		return
	}
	if j.id != nil {
		answer, err := p.state.Repeated(*j.id)
		if err != nil {
			j.finish(outcome{err: failure(err)})
			return
		}
		if answer != nil {
			p.repeated(j, answer.Seq)
			return
		}
	}
	t := now()
	events, err := party.Decide(p.state, j.cmd, t, p.known())
	if err != nil {
		j.finish(outcome{err: failure(err)})
		return
	}
	if len(events) == 0 {
		p.repeated(j, p.last)
		return
	}
	if !p.logged && !shares(events) {
		e := p.state.Entry(t, j.id, events)
		p.apply(p.state.Seq, e)
		j.finish(outcome{seq: p.last, entry: e})
		return
	}
	p.append(j, t, events)
}

// shares reports whether the events must be seen outside this host: a link was
// made or came, a traveller is expected, or the party can be entered by its id.
func shares(events []party.Event) bool {
	return slices.ContainsFunc(events, func(e party.Event) bool {
		switch e := e.(type) {
		case party.Invited, party.Adopted, party.SeatHeld:
			return true
		case party.Changed:
			return e.Openness == party.Open
		}
		return false
	})
}

// append writes the events as one entry. A party without a log gets one, which
// begins with the party as it is.
func (p *live) append(j *job, t party.Time, events []party.Event) {
	if !p.logged {
		if err := p.listen(); err != nil {
			j.finish(outcome{err: failure(err)})
			return
		}
		events = slices.Insert(events, 0, party.Event(p.state.Found()))
	}
	entry := p.state.Numbered(p.state.Entry(t, j.id, events))
	data, err := entry.Encode()
	if err != nil {
		j.finish(outcome{err: failure(err)})
		return
	}
	after := sync.OnceValue(func() *party.State {
		s := p.state.Clone()
		s.Apply(0, entry)
		return s
	})
	if p.size+len(data) > engine.MaxSnapshot && tooLarge(after()) && grows(j.cmd) {
		j.finish(outcome{err: &party.Error{Code: party.PartyTooLarge}})
		return
	}
	p.inflight = &inflight{job: j, entry: entry, data: data}
	p.pins++
	ttl := t.Until(p.state.HorizonWith(t, events)) + margin
	write := p.h.o.Node.Append
	if !p.logged { // what the founding entry holds need not be stored again before
		p.base, p.saveNext = t.Add(ttl), t.Add(snapshotEvery)
		write = p.h.o.Node.Begin
	}
	write(p.ref, p.expect, data, ttl, func(seq uint64, err error) {
		p.post(func() { p.pins--; p.appended(seq, err) })
	})
	if j.beside != nil {
		p.record(j, after())
	}
}

// listen follows the log that is about to begin.
func (p *live) listen() error {
	if p.follow != nil {
		return nil
	}
	f, err := p.h.o.Node.Follow(p.ref, p.arrived)
	if err == nil {
		p.follow = f
		p.announce()
	}
	return err
}

// tooLarge reports whether a state no longer fits into a snapshot.
func tooLarge(s *party.State) bool {
	b, err := json.Marshal(s)
	return err != nil || len(b) > engine.MaxSnapshot
}

// grows tells the commands that may be refused when a party is too large from
// those that must always be possible.
func grows(c party.Command) bool {
	switch c := c.(type) {
	case party.If:
		return grows(c.Then)
	case party.SetMember, party.SetMatch, party.SetData, party.PatchData, party.SetLanding, party.MakeInvite, party.Adopt, party.Hold, party.Join, party.StartTravel, party.Expect:
		return true
	}
	return false
}

// appended hears how the append went.
func (p *live) appended(seq uint64, err error) {
	f := p.inflight
	if f == nil {
		return // it came back from the log before, and was finished then
	}
	switch {
	case err == nil:
		f.seq = seq
		p.finishInflight()
	case errors.Is(err, engine.ErrConflict):
		p.retry(f, 0)
	case unanswered(err):
		p.h.log.Warn("an append was not answered", "game", p.ref.Game, "party", p.ref.Party, "err", err)
		p.retry(f, writeAgain)
	default:
		p.inflight = nil
		f.job.finish(outcome{err: failure(err)})
		p.pump()
	}
}

// late answers what has waited long enough. A command whose append is under
// way may still take effect; repeated, it then finds its answer.
func (p *live) late(t party.Time) {
	waits := func(j *job) bool { return j.done != nil && j.deadline <= t }
	answer := func(j *job) { j.finish(outcome{err: &party.Error{Code: party.Unavailable}}) }
	if p.inflight != nil && waits(p.inflight.job) {
		answer(p.inflight.job)
	}
	for _, j := range p.queue.take(waits) {
		answer(j)
	}
}

// deadline is when the oldest command that waits must be answered, or 0.
func (p *live) deadline() (next party.Time) {
	if p.inflight != nil && p.inflight.job.done != nil {
		return p.inflight.job.deadline
	}
	for _, j := range p.queue.first() {
		if next == 0 || j.deadline < next {
			next = j.deadline
		}
	}
	return next
}

// retry reads what is there and decides again. A command that was applied
// after all is found by its id.
func (p *live) retry(f *inflight, wait time.Duration) {
	p.inflight = nil
	p.queue.again(f.job)
	p.late(now())
	p.reread(p.last, wait)
}

// finishInflight answers the command once its entry has come back, and its
// record is there.
func (p *live) finishInflight() {
	f := p.inflight
	if f == nil || f.job.beside.waits() || !f.applied && (f.seq == 0 || p.state.Seq < f.seq) {
		return
	}
	p.inflight = nil
	p.conclude(f.job, outcome{seq: f.seq, entry: f.entry})
	p.pump()
}

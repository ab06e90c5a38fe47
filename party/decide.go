package party

import (
	"slices"
	"time"

	"partykit/internal/names"
)

// Decide says which events a command causes in a party, or why it is refused.
// No events and no error means that there is nothing to do: it is so already.
// Decide changes nothing.
func Decide(s *State, c Command, now Time, known Known) ([]Event, error) {
	d := newDecision(s.Clone(), now, known)
	if err := d.command(c); err != nil {
		return nil, err
	}
	d.offer()
	return d.events, nil
}

// Entry returns the events as the entry that will stand in the log.
func (s *State) Entry(at Time, by *CommandID, events []Event) Entry {
	e := Entry{At: at, Rev: s.Revision, By: by, Events: events}
	if slices.ContainsFunc(events, visible) {
		e.Rev++
	}
	return e
}

// decision collects events on a copy of the state, so that each step sees what
// the one before it did.
type decision struct {
	s      *State
	now    Time
	known  Known
	rules  Rules
	events []Event
}

func newDecision(s *State, now Time, known Known) decision {
	return decision{s: s, now: now, known: known, rules: known.Rules.OrDefault()}
}

func (d *decision) emit(e Event) {
	d.events = append(d.events, e)
	d.s.evolve(e, d.now)
	d.watchReady(e)
}

func (d *decision) command(c Command) error {
	switch c := c.(type) {
	case Hold:
		return d.hold(c)
	case Queue:
		return d.queue(c)
	case LeaveLine:
		return d.leaveLine(c)
	case Ask:
		return d.ask(c)
	case AnswerAsk:
		return d.answerAsk(c)
	case Join:
		return d.join(c)
	case Leave:
		return d.leave(c)
	case Resume:
		return d.resume(c)
	case Finalize:
		return d.finalize(c)
	case SetData:
		return d.setData(c)
	case PatchData:
		return d.setData(SetData{c.Player, d.s.Data.Patched(c.Patch)})
	case If:
		if c.Revision != d.s.DataRev {
			return &Error{Code: RevisionConflict, Current: &Current{d.s.Data, d.s.DataRev}}
		}
		return d.command(c.Then)
	case SetLanding:
		return d.setLanding(c)
	case MakeInvite:
		return d.makeInvite(c)
	case Adopt:
		return d.adopt(c)
	case Count:
		if d.s.Invite(c.Invite) != nil && c.Opens+c.Starts > 0 {
			d.emit(Counted(c))
		}
		return nil
	case Revoke:
		return d.revoke(c)
	case Rename:
		return d.rename(c)
	case Change:
		return d.change(c)
	case Promote:
		return d.promote(c)
	case Kick:
		return d.kick(c)
	case Readmit:
		return d.readmit(c)
	case SetMember:
		return d.setMember(c)
	case SetMatch:
		return d.setMatch(c)
	case FollowMatch:
		return d.followMatch(c)
	case StartReady:
		return d.startReady(c)
	case AnswerReady:
		return d.answerReady(c)
	case CancelReady:
		return d.cancelReady(c)
	case StartTravel:
		return d.startTravel(c)
	case Board:
		return d.board(c)
	case Expect:
		return d.expect(c)
	case Identify:
		return d.identify(c)
	case Tick:
		d.tick()
		return nil
	}
	return Errorf(BadRequest, "There is no command %T.", c)
}

// Repeated looks a command up among the applied ones (law 12). It returns its
// answer when it is kept, StaleCommand when it is older than those, and
// neither when the command is new.
func (s *State) Repeated(id CommandID) (*Answer, error) {
	session := s.Session(id.Session)
	if session == nil || id.Counter > session.High {
		return nil, nil
	}
	if a := find(session.Answers, func(a *Answer) bool { return a.Counter == id.Counter }); a != nil {
		return a, nil
	}
	return nil, &Error{Code: StaleCommand}
}

func (d *decision) finalize(c Finalize) error {
	m := d.s.Member(c.Player)
	if m == nil {
		return &Error{Code: NotFound}
	}
	if m.State == Loads {
		d.emit(Finalized{c.Player, m.N})
	}
	return nil
}

func (d *decision) resume(c Resume) error {
	m := d.s.Member(c.Player)
	if m == nil {
		return &Error{Code: NotFound}
	}
	d.emit(Resumed{Player: c.Player, Session: c.Session, Hash: c.Hash, Prev: c.Prev})
	return nil
}

func (d *decision) setData(c SetData) error {
	if err := d.may(c.Player, true); err != nil {
		return err
	}
	data, err := c.Data.Clean()
	if err != nil {
		return err
	}
	if d.s.Data == nil || !d.s.Data.Equal(data) {
		d.emit(DataSet{data, d.s.DataRev + 1})
	}
	return nil
}

func (d *decision) setLanding(c SetLanding) error {
	if err := d.may(c.Player, false); err != nil {
		return err
	}
	fields, err := CleanFields(c.Fields)
	if err != nil {
		return err
	}
	if d.s.Landing == nil || !slices.Equal(d.s.Landing, fields) {
		d.emit(LandingSet{fields})
	}
	return nil
}

func (d *decision) rename(c Rename) error {
	m := d.s.Member(c.Player)
	if m == nil {
		return &Error{Code: NotFound}
	}
	name, err := names.Clean(c.Name)
	if err != nil {
		return &Error{Code: BadName}
	}
	name = d.s.uniqueName(name, m.N)
	if name != m.Name {
		d.emit(Renamed{c.Player, m.N, name})
	}
	return nil
}

// uniqueName adds a suffix to a name that somebody else in the party has; n is
// the number of the one who asks, whose own name does not count.
func (s *State) uniqueName(name string, n int) string {
	others := map[string]bool{}
	for _, m := range s.Members {
		if m.N != n {
			others[names.Key(m.Name)] = true
		}
	}
	for _, x := range s.Seats {
		if x.N != n {
			others[names.Key(x.Name)] = true
		}
	}
	return names.Unique(name, func(key string) bool { return others[key] })
}

// expiry turns a wish into a link's end.
func expiry(wish time.Duration, now Time) (Time, error) {
	if wish == 0 {
		wish = DefaultExpiry
	}
	if wish < MinExpiry || wish > MaxExpiry {
		return 0, Errorf(BadRequest, "A link lives %d minute to %d days.", MinExpiry/time.Minute, MaxExpiry/(24*time.Hour))
	}
	return now.Add(wish), nil
}

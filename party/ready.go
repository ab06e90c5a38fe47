package party

import (
	"slices"
	"time"
)

// How long members have to answer a ready check.
const (
	DefaultReady = 30 * time.Second
	MinReady     = 5 * time.Second
	MaxReady     = 5 * time.Minute
)

// The ways in which a ready check ends.
const (
	ReasonAll       Reason = "all"
	ReasonCancelled Reason = "cancelled"
)

// Ready is a ready check under way.
type Ready struct {
	By      PlayerID `json:"by"`
	Since   Time     `json:"since"`
	Until   Time     `json:"until"`
	Keep    bool     `json:"keep,omitempty"`
	Answers []Reply  `json:"answers"`
}

// Reply is one member's answer to a question that all are asked.
type Reply struct {
	N   int  `json:"n"`
	Yes bool `json:"yes"`
}

// replied adds a member's reply, in the place of its former one.
func replied(list []Reply, n int, yes bool) []Reply {
	list = slices.DeleteFunc(list, func(r Reply) bool { return r.N == n })
	return append(list, Reply{n, yes})
}

func (d *decision) startReady(c StartReady) error {
	if err := d.may(c.Player, false); err != nil {
		return err
	}
	if c.Within == 0 {
		c.Within = DefaultReady
	}
	if c.Within < MinReady || c.Within > MaxReady {
		return Errorf(BadRequest, "A ready check lasts %d to %d seconds.", MinReady/time.Second, MaxReady/time.Second)
	}
	if d.s.Ready != nil {
		return Errorf(TooMany, "A ready check is under way. Cancel it first.")
	}
	d.emit(ReadyAsked{Ready{By: c.Player, Since: d.now, Until: d.now.Add(c.Within), Keep: c.Keep, Answers: []Reply{}}})
	return nil
}

func (d *decision) answerReady(c AnswerReady) error {
	m := d.s.Member(c.Player)
	if m == nil || d.s.Ready == nil {
		return &Error{Code: NotFound, Detail: "No ready check is under way."}
	}
	if !slices.Contains(d.s.Ready.Answers, Reply{m.N, c.Yes}) {
		d.emit(ReadyAnswered{m.N, c.Yes})
	}
	return nil
}

func (d *decision) cancelReady(c CancelReady) error {
	if d.s.Ready == nil {
		return nil
	}
	if d.s.Ready.By != c.Player {
		if err := d.may(c.Player, false); err != nil {
			return err
		}
	}
	d.emit(ReadyEnded{Reason: ReasonCancelled})
	return nil
}

// watchReady keeps a ready check true to what happens: a change of roster or
// data asks anew, and the last answer ends it (law 20).
func (d *decision) watchReady(e Event) {
	r := d.s.Ready
	if r == nil {
		return
	}
	switch e.(type) {
	case Joined, Left, DataSet:
		if !r.Keep && len(r.Answers) > 0 {
			asked := *r
			asked.Answers = []Reply{}
			d.emit(ReadyAsked{asked})
		}
	}
	switch e.(type) {
	case Left, ReadyAnswered: // it was the last answer, or the last that was missing went
		if all, yes := d.s.everyReady(); all {
			d.emit(ReadyEnded{ReasonAll, yes})
		}
	}
}

// everyReady reports whether every member that is in has answered, and all of
// them with yes. It takes one at least.
func (s *State) everyReady() (all, yes bool) {
	yes = true
	for _, m := range s.Members {
		if m.State != In {
			continue
		}
		all = true
		a := find(s.Ready.Answers, func(a *Reply) bool { return a.N == m.N })
		if a == nil {
			return false, false
		}
		yes = yes && a.Yes
	}
	return all, yes
}

func (d *decision) readyDue() Time {
	if d.s.Ready == nil {
		return 0
	}
	return d.s.Ready.Until
}

package party

import "slices"

// Why a visitor was not let in.
const (
	ReasonDeclined   Reason = "declined"
	ReasonUnanswered Reason = "unanswered"
)

// ask asks to be let in where the link alone does not do (law 24): the party
// is locked or approves newcomers, the link is used up or expired not long ago.
func (d *decision) ask(c Ask) error {
	if d.s.Knows(c.Seat) || d.s.asking(c.Seat, c.Browser) != nil {
		return nil
	}
	if err := d.askable(c.Hold); err != nil {
		return err
	}
	if until := d.s.declined(c.Seat, c.Browser, d.now); until != 0 {
		return &Error{Code: RateLimited, RetryAfter: d.now.Until(until), Detail: "The party has just said no. Ask again later."}
	}
	if len(d.s.Asks) >= MaxAsks {
		return Errorf(TooMany, "%d others are asking already. Try again in a minute.", MaxAsks)
	}
	if c.Home != "" && atHome(d.s.Asks, c.Home) >= d.rules.SeatsPerHome {
		return Errorf(RateLimited, "At most %d at one address ask at a time. Try again in a minute.", d.rules.SeatsPerHome)
	}
	d.emit(Asked{d.visitor(c.Hold)})
	return nil
}

// askable says why there is nothing to ask for, or nil.
func (d *decision) askable(h Hold) error {
	if h.Led.Maker != "" {
		way, err := d.onward(h)
		if way == OnwardJoin {
			err = Errorf(BadRequest, "The party is open. There is no need to ask.")
		}
		return err
	}
	err := d.usable(h.Invite, h.Seat, h.Player, h.Browser)
	i := d.s.Invite(h.Invite)
	switch e, _ := err.(*Error); {
	case err != nil && len(d.s.Members) == 0:
		return err // nobody is there to answer
	case i == nil || i.Revoked != 0:
		return err
	case err == nil && !d.approves(h.Approve):
		return Errorf(BadRequest, "This link opens the party. There is no need to ask.")
	case err == nil, e.Code == Locked, e.Code == UsedUp:
		return d.s.personal(h.Invite, h.Player)
	case e.Code == Expired && d.now < i.Expires.Add(AskDead):
		return d.s.personal(h.Invite, h.Player)
	}
	return err
}

// approves reports whether a member lets newcomers in, as the party or, with
// too, the code asks for: while there is one who could.
func (d *decision) approves(too bool) bool { return (d.s.Approve || too) && len(d.s.Members) > 0 }

// answerAsk lets a visitor in, or not: by any of those who may invite, or the
// backend.
func (d *decision) answerAsk(c AnswerAsk) error {
	if err := d.approver(c.Player); err != nil {
		return err
	}
	v := find(d.s.Asks, func(v *Visitor) bool { return v.N == c.N })
	if v == nil {
		return &Error{Code: NotFound, Detail: "Nobody of that number is asking any more."}
	}
	visitor := *v
	if !c.Yes {
		d.emit(AskAnswered{visitor.Seat, visitor.N, No, c.Player})
		return nil
	}
	if d.s.Taken() >= d.s.Size {
		return &Error{Code: Full}
	}
	d.emit(AskAnswered{visitor.Seat, visitor.N, Yes, c.Player})
	seat := d.seatFor(visitor, c.Player)
	seat.LetIn = true
	if i := d.s.Invite(seat.Invite); i != nil {
		seat.Beyond = d.s.usedUp(i, seat.ID, seat.Player)
	}
	d.emit(SeatHeld{seat})
	return nil
}

// approver says whether a player may answer who asks to be let in.
func (d *decision) approver(p PlayerID) error {
	if p == Backend {
		return d.may(Backend, false)
	}
	if d.s.Member(p) == nil || d.s.inviters() == LeaderOnly && !d.leads(p) {
		return &Error{Code: NotAllowed, Detail: "Those who may invite may answer this."}
	}
	return nil
}

// Refusal is a visitor whose question was answered with no: it does not ask
// again for [DeclineTime].
type Refusal struct {
	Seat    SeatID `json:"seat"`
	Browser string `json:"browser,omitempty"`
	At      Time   `json:"at"`
}

// declined is until when a visitor may not ask again; 0: it may.
func (s *State) declined(seat SeatID, browser string, now Time) Time {
	r := find(s.Declined, func(r *Refusal) bool {
		return (r.Seat == seat || browser != "" && r.Browser == browser) && now < r.At.Add(DeclineTime)
	})
	if r == nil {
		return 0
	}
	return r.At.Add(DeclineTime)
}

// askAnswered ends a question and remembers a no, the newest of them.
func (s *State) askAnswered(e AskAnswered, at Time) {
	if v := find(s.Asks, func(v *Visitor) bool { return v.Seat == e.Seat }); v != nil && e.Answer == No {
		s.Declined = append(s.Declined, Refusal{v.Seat, v.Browser, at})
		if extra := len(s.Declined) - keptDeclined; extra > 0 {
			s.Declined = slices.Delete(s.Declined, 0, extra)
		}
	}
	s.Asks = slices.DeleteFunc(s.Asks, func(v Visitor) bool { return v.Seat == e.Seat })
}

// asking returns the open question of a seat, or of another seat of the same
// browser: one question each.
func (s *State) asking(seat SeatID, browser string) *Visitor {
	return find(s.Asks, func(v *Visitor) bool { return v.Seat == seat || browser != "" && v.Browser == browser })
}

// asksDue ends questions that nobody answered.
func (d *decision) asksDue() {
	for _, v := range slices.Clone(d.s.Asks) {
		if due(v.Since.Add(AskTime), d.now) {
			d.emit(AskAnswered{v.Seat, v.N, "", ""})
		}
	}
}

package party

import (
	"testing"
	"time"
)

func at(seat SeatID, name string) Hold {
	return Hold{Seat: seat, Invite: "i1", Name: name, Browser: "b" + string(seat)}
}

// full is a party of ada and bob with two places, and a link.
func full(t *testing.T) *scene {
	sc := newScene(t, 2)
	sc.invite("ada", "i1", 0)
	sc.join("bob", "s1", "i1")
	sc.must(Finalize{"bob"})
	return sc
}

func TestLaw23TheLine(t *testing.T) {
	sc := full(t)
	sc.refused(Full, at("s2", "Cai"))
	sc.must(Queue{at("s2", "Cai")})
	sc.must(Queue{at("s3", "Dee")})
	sc.nothing(Queue{at("s2", "Cai")})
	if a := sc.s.Arrival("s3", connected); a.Stage != InLine || a.Place != 2 {
		t.Errorf("the second is shown %+v", a)
	}
	sc.must(Leave{Player: "bob", Reason: ReasonLeft})
	if a := sc.s.Arrival("s2", connected); a.Stage != Offered {
		t.Errorf("the first is shown %+v", a)
	}
	sc.refused(Full, at("s9", "Eve")) // the free seat is the first's
	sc.wait(OfferTime)
	if a := sc.s.Arrival("s3", connected); a.Stage != Offered {
		t.Errorf("the first did not come, the second is shown %+v", a)
	}
	sc.must(at("s3", "Dee"))
	sc.wait(time.Minute) // its page is open: the seat stays
	sc.join("dee", "s3", "i1")
	sc.wantPlayers("ada dee")
}

func TestLaw23ALargerPartyTakesFromTheLine(t *testing.T) {
	sc := full(t)
	sc.must(Queue{at("s2", "Cai")})
	sc.must(Queue{at("s3", "Dee")})
	sc.must(LeaveLine{"s2"})
	four := 4
	sc.must(Change{Player: "ada", Size: &four, MaxSize: 8})
	if len(sc.s.Line) != 0 || sc.s.Seat("s3") == nil {
		t.Errorf("line %v, seats %v", sc.s.Line, sc.s.Seats)
	}
}

func TestLaw23AClosedPageLeavesTheLine(t *testing.T) {
	sc := full(t)
	sc.must(Queue{at("s2", "Cai")})
	sc.known.Closed["s2"] = sc.now
	sc.wait(DefaultRules.SeatClosed)
	if len(sc.s.Line) != 0 {
		t.Error("it still waits")
	}
}

func TestLaw23ADeadLinkGivesNoTurn(t *testing.T) {
	sc := full(t)
	sc.must(Queue{at("s2", "Cai")})
	sc.must(Revoke{"ada", "i1"})
	sc.must(Leave{Player: "bob", Reason: ReasonLeft})
	if sc.s.Seat("s2") != nil || len(sc.s.Line) != 0 {
		t.Error("a seat was held by a revoked link")
	}
}

func TestLaw24AskingToJoin(t *testing.T) {
	lock := Locking
	for name, close := range map[string]func(*scene){
		"locked": func(sc *scene) { sc.must(Change{Player: "ada", Openness: &lock}) },
		"used up": func(sc *scene) {
			sc.must(MakeInvite{Player: "ada", ID: "i2", MaxUses: 1})
			sc.must(Hold{Seat: "s8", Invite: "i2", Name: "Z"})
		},
		"expired": func(sc *scene) { sc.wait(DefaultExpiry + time.Minute) },
		"approved": func(sc *scene) {
			yes := true
			sc.must(Change{Player: "ada", Approve: &yes})
		},
	} {
		t.Run(name, func(t *testing.T) {
			sc := newScene(t, 4)
			sc.invite("ada", "i1", 0)
			sc.refused(BadRequest, Ask{at("s2", "Cai")})
			close(sc)
			door := at("s2", "Cai")
			if name == "used up" {
				door.Invite = "i2"
			}
			if _, err := Decide(sc.s, door, sc.now, sc.known); err == nil {
				t.Fatal("it comes in without asking")
			}
			sc.must(Ask{door})
			sc.nothing(Ask{door})
			sc.refused(NotAllowed, AnswerAsk{"eve", sc.s.LastN, true})
			sc.must(AnswerAsk{"ada", sc.s.LastN, true})
			sc.must(Join{Player: "cai", Name: "Cai", Seat: "s2", Invite: door.Invite, Session: "c1", Move: 3})
		})
	}
}

func TestLaw9WhoIsLetInBeyondTheMaximumTakesNoUse(t *testing.T) {
	sc := newScene(t, 8)
	sc.must(MakeInvite{Player: "ada", ID: "i1", MaxUses: 1})
	sc.join("bob", "s1", "i1")
	for i, name := range []PlayerID{"cai", "dee"} {
		seat := SeatID("s" + string(name))
		sc.must(Ask{at(seat, string(name))})
		sc.must(AnswerAsk{"ada", sc.s.LastN, true})
		sc.must(at(seat, string(name))) // presses Start
		sc.join(name, seat, "i1")
		if in := sc.s.Invite("i1"); in.Uses != 1 || sc.s.used(in) != 1 {
			t.Errorf("with %d let in the link for one counts %d, and %d in all", i+1, in.Uses, sc.s.used(in))
		}
	}
	sc.must(Join{Player: "dee2", Name: "Dee", Seat: "sdee", Invite: "i1", Session: "d2", Move: 9}) // starts again
	sc.wantPlayers("ada bob cai dee2")
	sc.refused(UsedUp, Hold{Seat: "s9", Invite: "i1", Name: "Eve"})
}

func TestLaw24AnUnansweredQuestion(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	lock := Locking
	sc.must(Change{Player: "ada", Openness: &lock})
	for i, seat := range []SeatID{"s1", "s2", "s3", "s4", "s5"} {
		sc.must(Ask{at(seat, "Cai")})
		if i == 0 {
			sc.must(AnswerAsk{"ada", sc.s.LastN, false})
			sc.must(Ask{at("s6", "Dee")})
		}
	}
	sc.refused(TooMany, Ask{at("s7", "Eve")})
	sc.wait(AskTime)
	if len(sc.s.Asks) != 0 {
		t.Errorf("%d still ask", len(sc.s.Asks))
	}
	sc.must(Revoke{"ada", "i1"})
	sc.refused(Revoked, Ask{at("s7", "Eve")})
}

func TestLaw24WhoIsApprovedDoesNotQueuePastTheDoor(t *testing.T) {
	sc := full(t)
	sc.must(Queue{at("s2", "Cai")})
	yes := true
	sc.must(Change{Player: "ada", Approve: &yes})
	sc.refused(ApprovalNeeded, Queue{at("s3", "Dee")})
	sc.must(Leave{Player: "bob", Reason: ReasonLeft})
	if sc.s.Seat("s2") != nil {
		t.Error("who waited came in without approval")
	}
	sc.must(Leave{Player: "ada", Reason: ReasonLeft})
	sc.must(at("s4", "Eve")) // nobody is left who could approve
	sc.must(LeaveLine{"s5"})
	sc.must(Queue{at("s5", "Fay")}) // with a seat free it is the same as holding it
	if sc.s.Seat("s5") == nil {
		t.Error("who would wait was told to ask, with nobody there")
	}
}

func TestLaw24ANoHoldsForTheBrowser(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.invite("ada", "i2", 0)
	lock := Locking
	sc.must(Change{Player: "ada", Openness: &lock})
	sc.must(Ask{at("s1", "Cai")})
	sc.must(AnswerAsk{"ada", sc.s.LastN, false})
	again := at("s9", "Cai") // by the other link, in the same browser
	again.Invite, again.Browser = "i2", "bs1"
	for _, h := range []Hold{at("s1", "Cai"), again} {
		sc.refused(RateLimited, Ask{h})
		v := sc.s.Invitation(h, sc.now, connected, nil)
		if v.CanAsk || v.Declined != sc.now.Add(DeclineTime) {
			t.Errorf("its page may ask %v, and is declined until %d", v.CanAsk, v.Declined)
		}
	}
	sc.must(Ask{at("s2", "Dee")}) // somebody else
	sc.wait(DeclineTime)
	sc.must(Ask{again})
	sc.wait(DeclineTime)
	if len(sc.s.Declined) != 0 {
		t.Errorf("%v is remembered for ever", sc.s.Declined)
	}
}

func TestLaw24WhoIsLetInHasNotStarted(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	lock := Locking
	sc.must(Change{Player: "ada", Openness: &lock})
	sc.must(Ask{at("s1", "Cai")})
	sc.must(AnswerAsk{"ada", sc.s.LastN, true})
	since := sc.s.Seat("s1").Since
	if a := sc.s.Arrival("s1", connected); a.Stage != HeldStage || !a.LetIn {
		t.Errorf("who is let in is shown %+v", a)
	}
	sc.now = sc.now.Add(time.Minute)
	sc.must(at("s1", "Cai")) // Start
	if a, x := sc.s.Arrival("s1", connected), sc.s.Seat("s1"); a.Stage != HeldStage || a.LetIn || x.Since != since {
		t.Errorf("after Start it is shown %+v, held since %d, was %d", a, x.Since, since)
	}
	sc.nothing(at("s1", "Cai"))
}

func TestLaws23And24OneAddressDoesNotFillTheDoor(t *testing.T) {
	home := func(seat SeatID) Hold {
		h := at(seat, "Cai")
		h.Home = "h1"
		return h
	}
	for name, knock := range map[string]func(Hold) Command{
		"line": func(h Hold) Command { return Queue{h} },
		"asks": func(h Hold) Command { return Ask{h} },
	} {
		t.Run(name, func(t *testing.T) {
			sc := full(t)
			if lock := Locking; name == "asks" {
				sc.must(Change{Player: "ada", Openness: &lock})
			}
			sc.must(knock(home("s2")))
			sc.must(knock(home("s3")))
			sc.refused(RateLimited, knock(home("s4")))
			sc.nothing(knock(home("s3")))
			sc.must(knock(at("s5", "Eve"))) // of no known address
		})
	}
}

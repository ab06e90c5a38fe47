package party

import (
	"testing"
	"time"
)

// What a game sets holds from the next decision on, also for what began before
// it was set.
func TestAGameSetsItsRules(t *testing.T) {
	sc := newScene(t, 8)
	sc.invite("ada", "i1", 0)
	sc.known.Rules = Rules{Links: 3, LinksEach: 2, SeatsPerHome: 1}
	sc.invite("ada", "i2", 0)
	sc.refused(TooMany, MakeInvite{Player: "ada", ID: "i3"})
	sc.in("bob", "i1")
	sc.invite("bob", "i3", 0)
	sc.refused(TooMany, MakeInvite{Player: "bob", ID: "i4"})
	sc.must(Hold{Seat: "s1", Invite: "i1", Name: "Calm Heron", Home: "house"})
	sc.refused(RateLimited, Hold{Seat: "s2", Invite: "i1", Name: "Brave Otter", Home: "house"})
	sc.known.Rules = Rules{}
	sc.must(Hold{Seat: "s2", Invite: "i1", Name: "Brave Otter", Home: "house"})
	sc.invite("bob", "i4", 0)
}

func TestAGameSetsHowLongThingsLast(t *testing.T) {
	rules := Rules{SeatOpen: 5 * time.Minute, SeatClosed: 20 * time.Second, GraceIn: 7 * time.Second, GraceLoad: 9 * time.Second, Crown: 3 * time.Second}
	for name, c := range map[string]struct {
		begin func(*scene)
		after time.Duration
		done  func(*State) bool
	}{
		"a held seat": {func(sc *scene) {}, rules.SeatOpen, func(s *State) bool { return s.Seat("s1") == nil }},
		"a held seat whose page is closed": {func(sc *scene) { sc.known.Closed["s1"] = sc.now }, rules.SeatClosed,
			func(s *State) bool { return s.Seat("s1") == nil }},
		"a member that is away": {func(sc *scene) { sc.drop("bob") }, rules.GraceIn,
			func(s *State) bool { return s.Member("bob") == nil }},
		"a loading one": {func(sc *scene) { sc.drop("cleo") }, rules.GraceLoad,
			func(s *State) bool { return s.Member("cleo") == nil }},
		"the crown": {func(sc *scene) { sc.drop("ada") }, rules.Crown,
			func(s *State) bool { return s.Leader != "ada" }},
	} {
		t.Run(name, func(t *testing.T) {
			sc := newScene(t, 8)
			sc.invite("ada", "i1", 0)
			sc.in("bob", "i1")
			sc.join("cleo", "", "i1")
			sc.must(Hold{Seat: "s1", Invite: "i1", Name: "Calm Heron"})
			c.begin(sc)
			sc.known.Rules = rules
			sc.wait(c.after - time.Millisecond)
			if c.done(sc.s) {
				t.Fatalf("over before %v", c.after)
			}
			sc.wait(time.Millisecond)
			if !c.done(sc.s) {
				t.Fatalf("not over after %v", c.after)
			}
		})
	}
}

// Who comes by a code that is easily guessed is let in by a member, though the
// party approves nobody; where nobody is in, there is nobody to ask.
func TestAGuessableCodeNeedsAMember(t *testing.T) {
	sc := newScene(t, 8)
	sc.invite("ada", "i1", 0)
	h := Hold{Seat: "s1", Invite: "i1", Name: "Calm Heron", Browser: "b1"}
	sc.refused(BadRequest, Ask{h})
	h.Approve = true
	sc.refused(ApprovalNeeded, h)
	sc.refused(ApprovalNeeded, Queue{h})
	by := sc.joining("bob", "s1", "i1")
	by.Approve = true
	sc.refused(ApprovalNeeded, by)
	if v := sc.s.Invitation(h, sc.now, connected, nil); v.Problem != "" || !v.Approve {
		t.Errorf("its page shows %+v", v)
	}
	sc.must(Ask{h})
	sc.must(AnswerAsk{Player: "ada", N: sc.s.Asks[0].N, Yes: true})
	sc.must(by)
	sc.wantPlayers("ada bob")
	sc.must(Leave{Player: "bob", Reason: ReasonLeft})
	sc.must(Leave{Player: "ada", Reason: ReasonLeft})
	again := sc.joining("cleo", "s2", "i1")
	again.Approve = true
	sc.must(again)
}

package party

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// court is a party of ada, who leads, bob and eve, all in; eve came by seat s2.
func court(t *testing.T) *scene {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	for player, seat := range map[PlayerID]SeatID{"bob": "s1"} {
		sc.join(player, seat, "i1")
		sc.must(Finalize{player})
	}
	sc.must(Join{Player: "eve", Name: "Eve", Seat: "s2", Browser: "eves", Invite: "i1", Session: "eve1", Move: 9})
	sc.must(Finalize{"eve"})
	return sc
}

func TestLaw18OnlyTheLeaderRules(t *testing.T) {
	sc := court(t)
	lock, four := Locking, 4
	for _, c := range []Command{
		Change{Player: "bob", Openness: &lock}, Change{Player: "bob", Size: &four}, Promote{"bob", "eve"},
		Kick{Player: "bob", N: 3}, Kick{Player: "bob", N: 3, Ban: true}, SetMatch{"bob", &Match{ID: "m"}}, StartReady{Player: "bob"},
	} {
		sc.refused(NotAllowed, c)
	}
	sc.must(Promote{"ada", "bob"})
	if sc.s.Leader != "bob" {
		t.Fatalf("%s leads", sc.s.Leader)
	}
	sc.refused(NotAllowed, Promote{"ada", "ada"})
	sc.refused(NotFound, Promote{"bob", "zoe"})
}

func TestLaw18TheActingLeader(t *testing.T) {
	sc := court(t)
	lock, open, three := Locking, Open, 3
	sc.drop("ada")
	sc.must(SetData{"bob", values("level", "ruins")})
	sc.must(Change{Player: "bob", Openness: &lock})
	sc.must(Kick{Player: "bob", N: 3})
	for _, c := range []Command{
		Change{Player: "bob", Openness: &open}, Change{Player: "bob", Size: &three}, Promote{"bob", "bob"},
		Kick{Player: "bob", N: 3, Ban: true}, Kick{Player: "bob", N: 1}, SetMatch{"bob", &Match{ID: "m"}},
	} {
		sc.refused(NotAllowed, c)
	}
	sc.back("ada")
	sc.refused(NotAllowed, SetData{"bob", values("level", "meadow")})
}

func TestLaw18APromotedMembersSetCounts(t *testing.T) {
	sc := court(t)
	sc.must(SetData{"ada", values("level", "meadow")})
	sc.known.Own["bob"] = Own{Data: values("level", "ruins")}
	sc.must(Promote{"ada", "bob"})
	if got := string(sc.s.Data["level"]); got != `"ruins"` {
		t.Errorf("the level is %s", got)
	}
}

func TestLaw19WhoWasKickedStaysOut(t *testing.T) {
	for _, ban := range []bool{false, true} {
		sc := court(t)
		sc.must(Kick{Player: "ada", N: 3, Ban: ban})
		again := Join{Player: "eve", Name: "Eve", Invite: "i1", Session: "eve2", Move: 10}
		sc.refused(Banned, again)
		sc.refused(Banned, Join{Player: "mallory", Name: "M", Browser: "eves", Invite: "i1", Session: "m1", Move: 11})
		sc.refused(Banned, Hold{Seat: "s9", Invite: "i1", Name: "M", Browser: "eves"})
		if v := sc.s.Invitation(Hold{Invite: "i1", Browser: "eves"}, sc.now, connected, nil); v.Problem != Banned || v.Members != nil {
			t.Errorf("the browser is shown %+v", v)
		}
		sc.must(Readmit{"ada", 3})
		sc.must(again)
	}
}

func TestLaw19AKickEndsAHeldSeat(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.must(Hold{Seat: "s1", Invite: "i1", Name: "Eve", Browser: "eves"})
	sc.must(Kick{Player: "ada", N: 2})
	if len(sc.s.Seats) != 0 {
		t.Error("the seat is still held")
	}
	sc.refused(Banned, Hold{Seat: "s1", Invite: "i1", Name: "Eve", Browser: "eves"})
	sc.refused(NotFound, Kick{Player: "ada", N: 7})
	sc.refused(NotAllowed, Kick{Player: "ada", N: 1})
}

// A private window holds a seat before it says who comes: who is kept out does
// not come by it, and the seat stays for who does.
func TestLaw19AHeldSeatLetsNobodyBackIn(t *testing.T) {
	for _, ban := range []bool{false, true} {
		sc := court(t)
		sc.must(Kick{Player: "ada", N: 3, Ban: ban})
		sc.must(Hold{Seat: "s9", Invite: "i1", Name: "M", Browser: "another"})
		sc.refused(Banned, Join{Player: "eve", Name: "Eve", Seat: "s9", Invite: "i1", Browser: "another", Session: "eve2", Move: 10})
		sc.must(Join{Player: "fay", Name: "Fay", Seat: "s9", Invite: "i1", Browser: "another", Session: "fay1", Move: 11})
		if len(sc.s.Outcasts) != 1 {
			t.Errorf("%v are kept out", sc.s.Outcasts)
		}
	}
}

func TestLaw19AHundredAreRemembered(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	out := func(i int, ban bool) {
		seat := SeatID("s" + string(rune('a'+i%26)) + string(rune('a'+i/26)))
		sc.must(Hold{Seat: seat, Invite: "i1", Name: "Eve", Browser: string(seat)})
		sc.must(Kick{Player: "ada", N: sc.s.LastN, Ban: ban})
	}
	for i := range MaxOutcasts + 5 {
		out(i, i == 0)
	}
	if len(sc.s.Outcasts) != MaxOutcasts || !sc.s.Outcasts[0].Banned {
		t.Errorf("%d are remembered, the ban first: %v", len(sc.s.Outcasts), sc.s.Outcasts[0].Banned)
	}
}

func TestLaw22LockedAndOpen(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.hold("s1", "i1")
	lock, open := Locking, Open
	sc.must(Change{Player: "ada", Openness: &lock})
	sc.refused(Locked, Hold{Seat: "s2", Invite: "i1", Name: "B"})
	sc.refused(Locked, Join{Player: "bob", Name: "Bob", Invite: "i1", Session: "b1", Move: 2})
	sc.must(Join{Player: "cai", Name: "Cai", Seat: "s1", Invite: "i1", Session: "c1", Move: 3}) // held before
	byID := Join{Player: "dan", Name: "Dan", Session: "d1", Move: 4}
	sc.refused(NotFound, byID)
	sc.must(Change{Player: "ada", Openness: &open})
	sc.must(byID)
}

func TestLaw22AnEmptyPartyIsNotLocked(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.must(MakeInvite{Player: "ada", ID: "i2", MaxUses: 1})
	sc.join("bob", "", "i2")
	sc.must(SetData{"ada", Data{"level": json.RawMessage("3")}})
	lock := Locking
	sc.must(Change{Player: "ada", Openness: &lock})
	sc.must(Leave{Player: "bob", Reason: ReasonLeft})
	sc.refused(Locked, at("s1", "Cai"))
	sc.must(Leave{Player: "ada", Reason: ReasonLeft})
	used := at("s2", "Dee")
	used.Invite = "i2"
	sc.refused(UsedUp, Ask{used}) // nobody is there to answer
	sc.refused(NotFound, Join{Player: "eve", Name: "Eve", Session: "e1", Move: 4})
	sc.must(at("s1", "Cai"))
	sc.join("cai", "s1", "i1")
	if sc.s.Leader != "cai" || sc.s.Openness != Locking || !sc.s.Data.Equal(Data{"level": json.RawMessage("3")}) {
		t.Errorf("%q leads a party that is %s with %s", sc.s.Leader, sc.s.Openness, sc.s.Data)
	}
	sc.refused(Locked, at("s3", "Fay"))
}

func TestLaw22TheSizeHoldsAll(t *testing.T) {
	sc := court(t)
	for size, code := range map[int]Code{0: BadRequest, 2: TooMany, 9: BadRequest} {
		sc.refused(code, Change{Player: "ada", Size: &size, MaxSize: 8})
	}
	three := 3
	sc.must(Change{Player: "ada", Size: &three, MaxSize: 8})
	sc.refused(Full, Hold{Seat: "s9", Invite: "i1", Name: "Z"})
}

func TestWhoMayInvite(t *testing.T) {
	sc := court(t)
	leader := LeaderOnly
	sc.must(MakeInvite{Player: "bob", ID: "i2"})
	sc.must(Change{Player: "ada", Inviters: &leader})
	sc.refused(NotAllowed, MakeInvite{Player: "bob", ID: "i3"})
	sc.must(MakeInvite{Player: "ada", ID: "i3"})
}

func TestMemberData(t *testing.T) {
	sc := court(t)
	sc.must(SetMember{Player: "bob", Data: values("hero", "owl", "team", "red")})
	sc.must(SetMember{Player: "bob", Data: Data{"team": []byte("null"), "hat": []byte("3")}, Patch: true})
	if got := toJSON(t, sc.s.Member("bob").Data); got != toJSON(t, Data{"hero": []byte(`"owl"`), "hat": []byte("3")}) {
		t.Errorf("bob's data is %s", got)
	}
	big := strings.Repeat("x", MaxMemberData)
	sc.refused(TooLarge, SetMember{Player: "bob", Data: values("hero", big)})
	sc.must(Leave{Player: "bob", Reason: ReasonLeft})
	sc.join("bob", "s5", "i1")
	if d := sc.s.Member("bob").Data; d != nil {
		t.Errorf("bob's data came back: %v", d)
	}
}

func TestDataByRevision(t *testing.T) {
	sc := court(t)
	sc.must(If{0, SetData{"ada", values("level", "meadow")}})
	sc.refused(RevisionConflict, If{0, SetData{"ada", values("level", "ruins")}})
	_, err := Decide(sc.s, If{0, SetData{"ada", values("level", "ruins")}}, sc.now, sc.known)
	if now := err.(*Error).Current; now == nil || now.Revision != 1 || string(now.Data["level"]) != `"meadow"` {
		t.Errorf("the conflict tells %+v", now)
	}
	sc.must(If{1, PatchData{Player: "ada", Patch: values("level", "ruins")}})
}

func TestLaw21AMatchAsksAndMovesNobody(t *testing.T) {
	sc := court(t)
	sc.must(SetMatch{"ada", &Match{ID: "m1", Connection: json.RawMessage(`{"ip": "::1"}`), Joinable: true, Free: 2}})
	if ada, bob := sc.s.Member("ada").Follow, sc.s.Member("bob").Follow; ada != Yes || bob != "" {
		t.Errorf("asked: the leader %q, bob %q", ada, bob)
	}
	sc.must(FollowMatch{"bob", "m1", true})
	sc.must(FollowMatch{"eve", "m1", false})
	since := sc.s.Match.Since
	sc.wait(time.Minute)
	sc.must(SetMatch{"ada", &Match{ID: "m1", Joinable: false}})
	if sc.s.Member("bob").Follow != Yes || sc.s.Match.Since != since {
		t.Error("the same match asked anew")
	}
	sc.must(Leave{Player: "bob", Reason: ReasonLeft})
	if sc.s.Match == nil {
		t.Error("leaving ended the match")
	}
	v := sc.s.Invitation(Hold{Invite: "i1"}, sc.now, connected, nil)
	if v.Match == nil || v.Match.Since != since {
		t.Errorf("the page is told %+v", v.Match)
	}
	sc.refused(NotFound, FollowMatch{"eve", "m0", true})
	sc.must(SetMatch{"ada", nil})
	sc.refused(TooLarge, SetMatch{"ada", &Match{ID: "m2", Connection: json.RawMessage(`"` + strings.Repeat("x", MaxConnection) + `"`)}})
}

func TestLaw20AReadyCheck(t *testing.T) {
	sc := court(t)
	sc.must(StartReady{Player: "ada"})
	sc.refused(TooMany, StartReady{Player: "ada"})
	sc.must(AnswerReady{"ada", true})
	sc.must(SetData{"ada", values("level", "ruins")})
	if n := len(sc.s.Ready.Answers); n != 0 {
		t.Errorf("%d answers outlived a change", n)
	}
	sc.must(AnswerReady{"ada", true})
	sc.must(AnswerReady{"bob", false})
	events := sc.must(AnswerReady{"eve", true})
	if end, ok := events[len(events)-1].(ReadyEnded); !ok || end != (ReadyEnded{ReasonAll, false}) {
		t.Errorf("the last answer gave %v", events)
	}
	sc.must(StartReady{Player: "ada", Keep: true, Within: MinReady})
	sc.must(AnswerReady{"bob", true})
	sc.must(SetData{"ada", values("level", "meadow")})
	if n := len(sc.s.Ready.Answers); n != 1 {
		t.Errorf("%d answers were kept", n)
	}
	sc.wait(MinReady)
	sc.must(Tick{})
	if sc.s.Ready != nil {
		t.Error("the ready check has no end")
	}
	sc.must(StartReady{Player: "ada"})
	sc.refused(NotAllowed, CancelReady{"bob"})
	sc.must(CancelReady{"ada"})
}

func TestLaw20TheLastThatWasMissingLeaves(t *testing.T) {
	sc := court(t)
	sc.must(StartReady{Player: "ada", Keep: true})
	sc.must(AnswerReady{"ada", true})
	sc.must(AnswerReady{"bob", true})
	events := sc.must(Leave{Player: "eve", Reason: ReasonLeft})
	if ends := only[ReadyEnded](events); len(ends) != 1 || ends[0] != (ReadyEnded{ReasonAll, true}) {
		t.Errorf("when the last that was missing leaves, it goes on: %v", events)
	}
}

func TestLaw20WhoLoadsEndsNothing(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.join("bob", "s1", "i1")
	sc.must(Leave{Player: "ada", Reason: ReasonLeft})
	sc.must(StartReady{Player: "bob"})
	sc.must(AnswerReady{"bob", false})
	if sc.s.Ready == nil {
		t.Error("with nobody in, all have answered with yes")
	}
}

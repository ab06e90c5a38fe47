package party

import (
	"testing"
	"time"
)

func TestLaw18TheBackendRules(t *testing.T) {
	sc := court(t)
	three, leader := 3, LeaderOnly
	sc.must(Change{Player: Backend, Size: &three, Inviters: &leader})
	sc.must(SetData{Backend, values("level", "ruins")})
	sc.refused(RevisionConflict, If{0, SetData{Backend, values("level", "meadow")}})
	sc.must(SetLanding{Backend, []Field{{ID: "title", Value: "Ruins"}}})
	sc.must(SetMatch{Backend, &Match{ID: "m1"}})
	sc.must(StartReady{Player: Backend})
	sc.refused(NotAllowed, CancelReady{"bob"})
	sc.must(CancelReady{Backend})
	sc.must(MakeInvite{Player: Backend, ID: "i9", As: Person{Name: "The Game", Face: 7}})
	if i := sc.s.Invite("i9"); i.By != Backend || i.ByName != "The Game" || i.ByFace != 7 {
		t.Errorf("the link names %+v", i)
	}
	sc.must(Revoke{Backend, "i1"})
	sc.must(Promote{Backend, "bob"})
	if sc.s.Leader != "bob" {
		t.Errorf("%s leads", sc.s.Leader)
	}
	sc.must(Kick{Player: Backend, N: sc.s.Member("bob").N})
	if sc.s.Leader != "ada" || sc.s.Member("bob") != nil {
		t.Errorf("%s leads after the leader was taken out", sc.s.Leader)
	}
	sc.must(Readmit{Backend, 2})
}

func TestLaw18TheBackendMakesAMembersLink(t *testing.T) {
	sc := court(t)
	leader := LeaderOnly
	sc.must(Change{Player: Backend, Inviters: &leader})
	sc.must(MakeInvite{Player: Backend, ID: "i9", For: sc.s.Member("bob").N, Options: InviteOptions{OnLeave: RevokeOnLeave}})
	if i := sc.s.Invite("i9"); i.By != "bob" || i.ByName != sc.s.Member("bob").Name {
		t.Errorf("the link names %+v", i)
	}
	sc.must(Leave{Player: "bob", Reason: ReasonLeft})
	if sc.s.Invite("i9").Live(sc.now) {
		t.Error("the link outlives its maker's stay")
	}
	sc.refused(NotFound, MakeInvite{Player: Backend, ID: "i8", For: 2})
	sc.refused(BadRequest, MakeInvite{Player: Backend, ID: "i8", Options: InviteOptions{OnLeave: RevokeOnLeave}})
}

func TestLaw24TheBackendLetsIn(t *testing.T) {
	sc := court(t)
	lock := Locking
	sc.must(Change{Player: Backend, Openness: &lock})
	sc.must(Ask{at("s8", "Hal")})
	sc.must(Ask{at("s9", "Ivy")})
	sc.must(AnswerAsk{Backend, sc.s.Asks[1].N, false})
	sc.must(AnswerAsk{Backend, sc.s.Asks[0].N, true})
	if len(sc.s.Asks) != 0 || sc.s.Seat("s8") == nil || sc.s.Seat("s9") != nil {
		t.Errorf("let in: %+v, asking: %+v", sc.s.Seats, sc.s.Asks)
	}
	sc.refused(NotFound, AnswerAsk{Backend, 99, true})
}

func TestLaw18TheBackendIsNoMember(t *testing.T) {
	sc := court(t)
	for _, c := range []Command{
		Finalize{Backend}, Rename{Backend, "Game"}, SetMember{Player: Backend, Data: values("hero", "owl")},
		FollowMatch{Backend, "m1", true}, AnswerReady{Backend, true}, Promote{Backend, Backend},
	} {
		sc.refused(NotFound, c)
	}
}

func TestLaw18TheBackendMakesAsManyLinksAsFit(t *testing.T) {
	sc := newScene(t, 4)
	for i := range DefaultRules.Links {
		sc.must(MakeInvite{Player: Backend, ID: InviteID("b" + string(rune('0'+i))), As: Person{Name: "G"}})
	}
	sc.refused(TooMany, MakeInvite{Player: Backend, ID: "more"})
}

func TestLaw12ALinkAskedForTwiceIsOne(t *testing.T) {
	sc := newScene(t, 4)
	make := MakeInvite{Player: Backend, ID: "i1", MaxUses: 1, As: Person{Name: "G"}}
	sc.must(make)
	sc.nothing(make)
	sc.must(Revoke{Backend, "i1"})
	sc.nothing(make)
	if len(sc.s.LiveInvites(sc.now)) != 0 {
		t.Error("asking again revived a link that was taken back")
	}
}

func TestLaw11TheBackendMakesAPartyThatWaits(t *testing.T) {
	sc := newScene(t, 4)
	sc.s = Rest("p2", "demo", 4, Own{Data: values("level", "ruins"), Landing: []Field{{ID: "title", Value: "Ruins"}}}, sc.now)
	sc.must(MakeInvite{Player: Backend, ID: "i1", As: Person{Name: "The Game"}})
	sc.must(PatchData{Backend, values("mode", "duel")})
	sc.must(Join{Player: "bob", Name: "Bob", Invite: "i1", Session: "b1", Move: 2})
	if sc.s.Leader != "bob" || string(sc.s.Data["level"]) != `"ruins"` || sc.s.Landing[0].Value != "Ruins" {
		t.Errorf("who came first leads %+v", sc.s)
	}
	sc.must(Revoke{Backend, "i1"})
	sc.must(Kick{Player: Backend, N: 1})
	if !sc.s.Ended {
		t.Error("a party without members and links goes on")
	}
	for _, c := range []Command{
		SetData{Backend, values("a", "b")}, SetLanding{Backend, nil}, SetMatch{Backend, &Match{ID: "m"}},
		MakeInvite{Player: Backend, ID: "i2"}, StartReady{Player: Backend}, Readmit{Backend, 1},
	} {
		sc.refused(Ended, c)
	}
}

func TestLaw25NoLinkUntilEmptyWhereNobodyIs(t *testing.T) {
	sc := newScene(t, 4)
	sc.s = Rest("p2", "demo", 4, Own{}, sc.now)
	until := InviteOptions{UntilEmpty: true}
	sc.refused(BadRequest, MakeInvite{Player: Backend, ID: "i1", Options: until})
	sc.must(MakeInvite{Player: Backend, ID: "i1"})
	sc.must(Join{Player: "bob", Name: "Bob", Invite: "i1", Session: "b1", Move: 2})
	sc.must(MakeInvite{Player: Backend, ID: "i2", Options: until})
	sc.must(Revoke{Backend, "i1"})
	sc.must(Leave{Player: "bob", Reason: ReasonLeft})
	if !sc.s.Ended {
		t.Error("a party that nobody is in goes on by a link until it is empty")
	}
}

func TestLaw11WithoutALinkItEnds(t *testing.T) {
	sc := newScene(t, 4)
	sc.s = Rest("p2", "demo", 4, Own{}, sc.now)
	sc.must(MakeInvite{Player: Backend, ID: "i1", Expires: time.Hour})
	sc.wait(time.Hour)
	if !sc.s.Ended {
		t.Error("it outlived its link")
	}
}

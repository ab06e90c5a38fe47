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
	for i := range MaxInvites {
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

func TestLaw11WithoutALinkItEnds(t *testing.T) {
	sc := newScene(t, 4)
	sc.s = Rest("p2", "demo", 4, Own{}, sc.now)
	sc.must(MakeInvite{Player: Backend, ID: "i1", Expires: time.Hour})
	sc.wait(time.Hour)
	if !sc.s.Ended {
		t.Error("it outlived its link")
	}
}

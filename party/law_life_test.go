package party

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLaw11APartyRestsWhileALinkLives(t *testing.T) {
	sc := newScene(t, 4)
	sc.must(MakeInvite{Player: "ada", ID: "i1", Expires: time.Hour})
	sc.must(SetData{"ada", values("level", "meadow")})
	sc.must(SetLanding{"ada", title("Meadow")})
	sc.must(Leave{Player: "ada", Reason: ReasonLeft})
	sc.wantLeader("")
	sc.wait(30 * time.Minute)
	if sc.s.Ended {
		t.Fatal("it ended while its link lives")
	}
	sc.known.Own["bob"] = Own{Data: values("level", "bob's")}
	sc.join("bob", "", "i1")
	sc.wantLeader("bob")
	if diff := cmp.Diff(values("level", "meadow"), sc.s.Data); diff != "" {
		t.Errorf("who wakes a party leads it with the data it had:\n%s", diff)
	}
	if diff := cmp.Diff(title("Meadow"), sc.s.Landing); diff != "" {
		t.Error(diff)
	}
}

func TestLaw11APartyRestsWhileASeatIsHeld(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.hold("s1", "i1")
	sc.must(Revoke{"ada", "i1"})
	sc.must(Leave{Player: "ada", Reason: ReasonLeft})
	sc.wait(DefaultRules.SeatOpen - time.Millisecond)
	if sc.s.Ended {
		t.Fatal("it ended while a seat is held")
	}
	sc.join("bob", "s1", "i1")
	sc.wantLeader("bob")
}

func TestLaw11ItEndsWithTheLast(t *testing.T) {
	for name, end := range map[string]func(sc *scene){
		"the last leaves": func(sc *scene) {
			sc.must(Revoke{"ada", "i1"})
			sc.must(Leave{Player: "ada", Reason: ReasonLeft})
		},
		"the last link is revoked": func(sc *scene) {
			sc.must(Leave{Player: "ada", Reason: ReasonLeft})
			sc.must(Revoke{"ada", "i1"})
		},
		"the last link expires": func(sc *scene) {
			sc.must(Leave{Player: "ada", Reason: ReasonLeft})
			sc.wait(DefaultExpiry)
		},
		"the last seat lapses": func(sc *scene) {
			sc.hold("s1", "i1")
			sc.must(Revoke{"ada", "i1"})
			sc.must(Leave{Player: "ada", Reason: ReasonLeft})
			sc.wait(DefaultRules.SeatOpen)
		},
		"the last stays away": func(sc *scene) {
			sc.must(Revoke{"ada", "i1"})
			sc.drop("ada")
			sc.wait(DefaultRules.GraceIn)
		},
	} {
		t.Run(name, func(t *testing.T) {
			sc := newScene(t, 4)
			sc.invite("ada", "i1", 0)
			end(sc)
			if !sc.s.Ended {
				t.Fatalf("it did not end: %s", toJSON(t, sc.s))
			}
			sc.refused(Ended, sc.joining("bob", "", "i1"))
			sc.refused(Ended, Hold{Seat: "s2", Invite: "i1", Name: "Brave Otter"})
			sc.wait(1000 * time.Hour) // and nothing more is ever due
		})
	}
}

func TestLaw12ACommandAppliesOnce(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	fresh := func(n uint64) {
		t.Helper()
		if a, err := sc.s.Repeated(CommandID{"ada1", n}); a != nil || err != nil {
			t.Errorf("command %d is new, got %v, %v", n, a, err)
		}
	}
	fresh(1)
	names := []string{"Ada", "Ann"}
	for n := uint64(1); n <= keptAnswers+4; n++ {
		if _, err := sc.doAs(Rename{"ada", names[n%2]}, &CommandID{"ada1", n}); err != nil {
			t.Fatal(err)
		}
	}
	for n := uint64(1); n <= 4; n++ {
		if _, err := sc.s.Repeated(CommandID{"ada1", n}); codeOf(err) != StaleCommand {
			t.Errorf("command %d is too old: got %v, want %s", n, err, StaleCommand)
		}
	}
	for n := uint64(5); n <= keptAnswers+4; n++ {
		a, err := sc.s.Repeated(CommandID{"ada1", n})
		if err != nil || a == nil || a.Counter != n || a.Seq != 100+n {
			t.Errorf("command %d: got %+v, %v; want its place, %d", n, a, err, 100+n)
		}
	}
	fresh(keptAnswers + 5)
	if a, err := sc.s.Repeated(CommandID{"bob1", 1}); a != nil || err != nil {
		t.Errorf("a session that is not known: got %v, %v", a, err)
	}
}

func TestLaw12AnswersOutliveTheirMember(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.in("bob", "i1")
	leave := CommandID{"bob1", 7}
	if _, err := sc.doAs(Leave{Player: "bob", Reason: ReasonLeft}, &leave); err != nil {
		t.Fatal(err)
	}
	sc.wait(KeepSession - time.Millisecond)
	sc.must(Rename{"ada", "Ann"})
	if a, err := sc.s.Repeated(leave); a == nil || err != nil {
		t.Errorf("the answer to leaving is gone: %v, %v", a, err)
	}
	sc.wait(time.Millisecond)
	sc.must(Rename{"ada", "Ada"})
	if sc.s.Session("bob1") != nil {
		t.Error("the session is kept for ever")
	}
}

func TestLaw12ComingBackForgetsNoCommand(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.in("bob", "i1")
	leave := CommandID{"bob1", 7}
	if _, err := sc.doAs(Leave{Player: "bob", Reason: ReasonLeft}, &leave); err != nil {
		t.Fatal(err)
	}
	sc.join("bob", "", "i1") // in the same session
	if a, err := sc.s.Repeated(leave); a == nil || err != nil {
		t.Errorf("leaving, sent again, would apply again: %v, %v", a, err)
	}

	sc.must(Resume{Player: "bob", Session: "bob2", Hash: "h2"})
	sc.must(Resume{Player: "bob", Session: "bob1", Hash: "h3"})
	sc.wait(KeepSession)
	sc.must(Rename{"ada", "Ann"})
	if sc.s.Session("bob1") == nil || sc.s.Session("bob2") != nil {
		t.Error("the session that was taken up again is the one to keep")
	}
}

func TestLaw12ResumeTokensRotate(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.must(Resume{Player: "ada", Session: "ada1", Hash: "new", Prev: "hash"})
	session := sc.s.Session("ada1")
	if session.Hash != "new" || session.Prev != "hash" {
		t.Fatalf("after a resume both tokens are good: %+v", session)
	}
	if _, err := sc.doAs(Rename{"ada", "Ann"}, &CommandID{"ada1", 1}); err != nil {
		t.Fatal(err)
	}
	if session := sc.s.Session("ada1"); session.Prev != "" || session.Hash != "new" {
		t.Errorf("the first command under the new one ends the old one: %+v", session)
	}
}

func TestLaw13TheRevisionIsForWhatMembersSee(t *testing.T) {
	sc := newScene(t, 4)
	for _, step := range []struct {
		c     Command
		rises bool
	}{
		{Rename{"ada", "Ann"}, true},
		{MakeInvite{Player: "ada", ID: "i1"}, true},
		{Hold{Seat: "s1", Invite: "i1", Name: "Calm Heron"}, true},
		{sc.joining("bob", "s1", "i1"), true},
		{Finalize{"bob"}, true},
		{Finalize{"bob"}, false},
		{Resume{Player: "bob", Session: "bob2", Hash: "h"}, false},
		{SetData{"ada", values("level", "meadow")}, true},
		{SetLanding{"ada", title("Meadow")}, true},
		{Revoke{"ada", "i1"}, true},
		{Leave{Player: "bob", Reason: ReasonLeft}, true},
		{Tick{}, false},
	} {
		before := sc.s.Revision
		sc.must(step.c)
		if rises := sc.s.Revision == before+1; rises != step.rises {
			t.Errorf("%T: revision from %d to %d", step.c, before, sc.s.Revision)
		}
	}
}

func TestLaw16APartyOfOneRetires(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.in("bob", "i1")
	sc.wait(time.Hour)
	sc.must(Leave{Player: "bob", Reason: ReasonLeft})
	sc.hold("s1", "i1")
	sc.must(Revoke{"ada", "i1"})
	sc.wait(DefaultRules.SeatOpen + AloneLimit - time.Millisecond)
	if !sc.logged() {
		t.Fatal("retired too early")
	}
	sc.wait(time.Millisecond)
	if sc.logged() || sc.s.Ended {
		t.Fatalf("did not retire: %s", toJSON(t, sc.s))
	}
	sc.wantPlayers("ada")
	sc.wait(1000 * time.Hour) // in memory it goes on for as long as she stays

	rev := sc.s.Revision
	sc.invite("ada", "i2", 0) // founded again, and the revision goes on
	if !sc.logged() || sc.s.Revision != rev+1 {
		t.Errorf("founded again at %d, revision %d after %d", sc.s.Seq, sc.s.Revision, rev)
	}
	sc.checkLog(1)
}

func TestLaw16ALinkKeepsThePartyOfOne(t *testing.T) {
	sc := newScene(t, 4)
	sc.must(MakeInvite{Player: "ada", ID: "i1", Expires: time.Hour})
	sc.wait(time.Hour + AloneLimit - time.Millisecond)
	if !sc.logged() {
		t.Fatal("retired too early")
	}
	sc.wait(time.Millisecond)
	if sc.logged() {
		t.Fatal("did not retire")
	}
}

func TestLaw17WhatIsRefusedChangesNothing(t *testing.T) {
	sc := newScene(t, 2)
	sc.invite("ada", "i1", 1)
	sc.hold("s1", "i1")
	for code, c := range map[Code]Command{
		UsedUp:     Hold{Seat: "s2", Invite: "i1", Name: "Brave Otter"},
		NotFound:   Finalize{"bob"},
		NotAllowed: SetData{"bob", values("a", "b")},
		BadName:    Rename{"ada", ""},
		TooLarge:   SetData{"ada", values("", "b")},
		BadRequest: MakeInvite{Player: "ada", ID: "i2", MaxUses: -1},
	} {
		before := toJSON(t, sc.s)
		sc.refused(code, c)
		if diff := cmp.Diff(before, toJSON(t, sc.s)); diff != "" {
			t.Errorf("%T: %s", c, diff)
		}
	}
}

func TestHorizon(t *testing.T) {
	sc := newScene(t, 4)
	if h := sc.s.Horizon(sc.now); h != sc.now.Add(keepParty) {
		t.Errorf("without a link a party is kept for %v", sc.now.Until(h))
	}
	sc.must(MakeInvite{Player: "ada", ID: "i1", Expires: 48 * time.Hour})
	if h := sc.s.Horizon(sc.now); h != sc.now.Add(48*time.Hour+afterExpiry) {
		t.Errorf("with a link of two days it is kept for %v", sc.now.Until(h))
	}
	sc.must(Revoke{"ada", "i1"})
	if h := sc.s.Horizon(sc.now); h != sc.now.Add(48*time.Hour+afterExpiry) {
		t.Errorf("once promised, it is kept for %v, or the revoke would expire before the link", sc.now.Until(h))
	}
}

func TestLaw16WhoWakesAPartyHasItsTimeToo(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.hold("s1", "i1")
	sc.must(Revoke{"ada", "i1"})
	sc.must(Leave{Player: "ada", Reason: ReasonLeft})
	sc.wait(30 * time.Minute)
	sc.join("bob", "s1", "i1")
	sc.wait(AloneLimit - time.Millisecond)
	if !sc.logged() {
		t.Fatal("retired before it was alone for long enough")
	}
	sc.wait(time.Millisecond)
	if sc.logged() {
		t.Fatal("did not retire")
	}
}

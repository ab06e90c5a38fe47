package party

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLaw04OrderOfSuccession(t *testing.T) {
	for _, test := range []struct {
		name string
		away []PlayerID
		heir PlayerID
	}{
		{"who is in comes before who loads", nil, "cleo"},
		{"who loads comes before who is away", []PlayerID{"cleo", "dora"}, "bob"},
		{"among equals the longest there", []PlayerID{"cleo"}, "dora"},
		{"when all are away the longest there", []PlayerID{"bob", "cleo", "dora"}, "bob"},
	} {
		t.Run(test.name, func(t *testing.T) {
			sc := newScene(t, 4)
			sc.invite("ada", "i1", 0)
			sc.join("bob", "", "i1") // loads all the time
			sc.in("cleo", "i1")
			sc.in("dora", "i1")
			for _, p := range test.away {
				sc.drop(p)
			}
			sc.must(Leave{Player: "ada", Reason: ReasonLeft})
			sc.wantLeader(test.heir)
		})
	}
}

func TestLaw04GraceOfADroppedLeader(t *testing.T) {
	for _, test := range []struct {
		name     string
		byServer bool
		grace    time.Duration
	}{
		{"lost its connection", false, DefaultRules.Crown},
		{"dropped by a server's end", true, CrownServer},
	} {
		t.Run(test.name, func(t *testing.T) {
			sc := newScene(t, 4)
			sc.invite("ada", "i1", 0)
			sc.join("bob", "", "i1")
			sc.must(Leave{Player: "ada", Reason: ReasonLeft})
			sc.in("cleo", "i1")
			sc.wantLeader("bob") // who still loads, and so keeps his place for longer
			sc.known.Absent["bob"] = Absence{sc.now, test.byServer}
			sc.wait(test.grace - time.Millisecond)
			sc.wantLeader("bob")
			sc.wait(time.Millisecond)
			sc.wantLeader("cleo")
			sc.wantPlayers("bob cleo")
			sc.back("bob")
			sc.must(Finalize{"bob"})
			sc.wait(time.Hour)
			sc.wantLeader("cleo") // the crown never comes back by itself
		})
	}
}

func TestLaw04TheCrownWaitsForSomebodyConnected(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.in("bob", "i1")
	sc.drop("ada")
	sc.drop("bob")
	sc.wait(DefaultRules.Crown + 10*time.Second)
	sc.wantLeader("ada")
	sc.back("bob")
	sc.must(Tick{})
	sc.wantLeader("bob")
}

func TestLaw04WhoTimesOutTogetherPassesTheCrownOnce(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.in("bob", "i1")
	sc.in("cleo", "i1")
	sc.known.Own["bob"] = Own{Data: values("level", "bob's")}
	sc.drop("ada")
	sc.drop("bob")
	sc.now = sc.now.Add(time.Second)
	sc.drop("cleo")
	sc.now = sc.now.Add(DefaultRules.GraceIn - time.Second)
	events := sc.must(Tick{}) // ada and bob at once, cleo a second later
	if crowned := only[Crowned](events); len(crowned) != 1 || crowned[0].Leader != "cleo" {
		t.Errorf("the crown went %v, want to cleo alone", crowned)
	}
	if makes[DataSet](events) {
		t.Errorf("the data of a member that left was set: %s", toJSON(t, events))
	}
}

func TestLaw05OnlyTheLeadersSetsCount(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.in("bob", "i1")
	sc.must(SetData{"ada", values("level", "meadow")})
	sc.nothing(SetData{"ada", values("level", "meadow")})
	sc.refused(NotAllowed, SetData{"bob", values("level", "ruins")})
	sc.refused(NotAllowed, SetLanding{"bob", title("Bob's")})
	sc.must(SetLanding{"ada", title("Meadow")})
	sc.nothing(SetLanding{"ada", title("Meadow")})
	if sc.s.DataRev != 1 {
		t.Errorf("the data's revision is %d after one change, want 1", sc.s.DataRev)
	}
	if diff := cmp.Diff(values("level", "meadow"), sc.s.Data); diff != "" {
		t.Error(diff)
	}
}

func TestLaw05WaitingSetsTakeEffect(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.in("bob", "i1")
	sc.in("cleo", "i1")
	sc.must(SetData{"ada", values("level", "meadow", "mode", "race")})
	sc.must(SetLanding{"ada", title("Meadow")})
	sc.known.Own["bob"] = Own{Data: values("level", "ruins"), Landing: title("Ruins")}

	sc.must(Leave{Player: "ada", Reason: ReasonLeft})
	if diff := cmp.Diff(values("level", "ruins"), sc.s.Data); diff != "" {
		t.Errorf("the heir's set becomes the whole set:\n%s", diff)
	}
	if diff := cmp.Diff(title("Ruins"), sc.s.Landing); diff != "" {
		t.Error(diff)
	}
	if sc.s.DataRev != 2 {
		t.Errorf("the data's revision is %d, want 2", sc.s.DataRev)
	}

	sc.drop("bob")
	sc.wait(DefaultRules.Crown)
	sc.wantLeader("cleo") // never set any: takes over
	if diff := cmp.Diff(values("level", "ruins"), sc.s.Data); diff != "" {
		t.Error(diff)
	}
}

func TestLaw05AnEmptySetIsASet(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.in("bob", "i1")
	sc.must(SetData{"ada", values("level", "meadow")})
	sc.known.Own["bob"] = Own{Data: Data{}}
	sc.must(Leave{Player: "ada", Reason: ReasonLeft})
	if len(sc.s.Data) != 0 {
		t.Errorf("bob set nothing on purpose; the party has %s", toJSON(t, sc.s.Data))
	}
	if stored := reload(t, sc.s); stored.Data == nil {
		t.Error("a snapshot makes an empty set one that was never set")
	}
}

func TestLaw05TheSameSetsAgainChangeNothing(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.in("bob", "i1")
	sc.must(SetData{"ada", values("level", "meadow")})
	sc.must(SetLanding{"ada", title("Meadow")})
	sc.known.Own["bob"] = Own{Data: values("level", "meadow"), Landing: title("Meadow")}
	events := sc.must(Leave{Player: "ada", Reason: ReasonLeft})
	if makes[DataSet](events) || makes[LandingSet](events) {
		t.Errorf("got %s, want only the crown to move", toJSON(t, events))
	}
}

func TestLaw06LoadingUntilFinalized(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.join("bob", "", "i1")
	if state := sc.s.Member("bob").State; state != Loads {
		t.Fatalf("bob is %s, want %s", state, Loads)
	}
	sc.must(Finalize{"bob"})
	if state := sc.s.Member("bob").State; state != In {
		t.Fatalf("bob is %s, want %s", state, In)
	}
	sc.nothing(Finalize{"bob"})
	sc.nothing(Leave{Player: "bob", Reason: ReasonFailed}) // too late to fail
	sc.nothing(Finalize{"ada"})                            // came by no invite
	sc.refused(NotFound, Finalize{"cleo"})
}

func TestLaw06LeavingBeforeIsFailing(t *testing.T) {
	for _, test := range []struct {
		finalize bool
		leave    Reason
		want     Reason
	}{
		{false, ReasonLeft, ReasonFailed},
		{false, ReasonFailed, ReasonFailed},
		{false, ReasonMoved, ReasonMoved},
		{true, ReasonLeft, ReasonLeft},
	} {
		sc := newScene(t, 4)
		sc.invite("ada", "i1", 0)
		sc.join("bob", "", "i1")
		if test.finalize {
			sc.must(Finalize{"bob"})
		}
		events := sc.must(Leave{Player: "bob", Reason: test.leave, Move: 1000})
		if left := only[Left](events); len(left) != 1 || left[0].Reason != test.want {
			t.Errorf("finalized %v, leaves as %q: told as %v, want %q", test.finalize, test.leave, left, test.want)
		}
	}
}

func TestLaw06ComingAgainLoadsAgain(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.in("bob", "i1")
	sc.must(Leave{Player: "bob", Reason: ReasonLeft})
	sc.join("bob", "", "i1")
	if state := sc.s.Member("bob").State; state != Loads {
		t.Errorf("bob is %s, want %s", state, Loads)
	}
}

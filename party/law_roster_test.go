package party

import (
	"fmt"
	"testing"
	"time"
)

func TestLaw01OneLeaderAndItIsAMember(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.in("bob", "i1")
	sc.join("cleo", "", "i1")
	for _, step := range []struct {
		leaves PlayerID
		leads  PlayerID
	}{{"ada", "bob"}, {"bob", "cleo"}, {"cleo", ""}} {
		sc.must(Leave{Player: step.leaves, Reason: ReasonLeft})
		sc.wantLeader(step.leads)
	}
	sc.in("dora", "i1")
	sc.wantLeader("dora")
}

func TestLaw02MembersStandInOrderOfJoining(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.hold("s1", "i1") // bob sits first and comes last
	sc.in("cleo", "i1")
	sc.join("bob", "s1", "i1")
	sc.wantPlayers("ada cleo bob")
	if n := sc.s.Member("bob").N; n != 2 {
		t.Errorf("bob is number %d, want that of the seat, 2", n)
	}
	sc.must(Leave{Player: "cleo", Reason: ReasonLeft})
	sc.in("cleo", "i1")
	sc.wantPlayers("ada bob cleo")
	if n := sc.s.Member("cleo").N; n != 4 {
		t.Errorf("cleo is number %d when she comes again, want a new one, 4", n)
	}
}

func TestLaw02APlayerIsAMemberAtMostOnce(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 1)
	sc.in("bob", "i1")
	again := sc.joining("bob", "", "i1")
	again.Session = "bob2"
	sc.must(again)
	sc.wantPlayers("ada bob")
	bob := sc.s.Member("bob")
	if bob.Session != "bob2" || bob.N != 2 || bob.State != In {
		t.Errorf("bob keeps his place and takes the new session: %+v", bob)
	}
	if sc.s.Session("bob1").Gone == 0 {
		t.Error("the session before is still current")
	}
}

func TestLaw02ComingAgainGivesASecondSeatBack(t *testing.T) {
	sc := newScene(t, 3)
	sc.invite("ada", "i1", 2)
	sc.in("bob", "i1")
	sc.hold("s2", "i1")
	sc.join("bob", "s2", "i1")
	if sc.s.Taken() != 2 || sc.s.Invite("i1").Uses != 1 {
		t.Errorf("bob takes %d places and %d uses; want ada's place, his own, and one use",
			sc.s.Taken(), sc.s.Invite("i1").Uses)
	}
}

func TestLaw03NeverMoreThanSize(t *testing.T) {
	sc := newScene(t, 3)
	sc.invite("ada", "i1", 0)
	sc.hold("s1", "i1")
	sc.in("bob", "i1")
	sc.refused(Full, Hold{Seat: "s2", Invite: "i1", Name: "Brave Otter"})
	sc.refused(Full, sc.joining("cleo", "s2", "i1"))
	sc.join("cleo", "s1", "i1") // who holds a seat is never told full
	sc.wantPlayers("ada bob cleo")
	sc.must(Leave{Player: "bob", Reason: ReasonLeft})
	sc.in("dora", "i1") // nobody is told full while a place is free
}

func TestLaw03AHeldSeatIsHeldOnce(t *testing.T) {
	sc := newScene(t, 3)
	sc.invite("ada", "i1", 0)
	sc.hold("s1", "i1")
	sc.nothing(Hold{Seat: "s1", Invite: "i1", Name: "Calm Heron"})
	sc.join("bob", "s1", "i1")
	sc.nothing(Hold{Seat: "s1", Invite: "i1", Name: "Calm Heron"})
}

func TestLaw03OneAddressHoldsTwoSeats(t *testing.T) {
	sc := newScene(t, 8)
	sc.invite("ada", "i1", 0)
	for i := range DefaultRules.SeatsPerHome {
		sc.must(Hold{Seat: SeatID(fmt.Sprint("s", i)), Invite: "i1", Name: "Calm Heron", Home: "house"})
	}
	sc.refused(RateLimited, Hold{Seat: "s9", Invite: "i1", Name: "Calm Heron", Home: "house"})
	sc.must(Hold{Seat: "s9", Invite: "i1", Name: "Calm Heron", Home: "next door"})
	sc.join("bob", "s0", "i1")
	sc.must(Hold{Seat: "s8", Invite: "i1", Name: "Calm Heron", Home: "house"})
	sc.join("cleo", "s7", "i1") // redeemed without a hold, nobody is refused
}

func TestLaw07SeatsLapse(t *testing.T) {
	for _, test := range []struct {
		name     string
		closedAt time.Duration // 0: stays open
		lapses   time.Duration
	}{
		{"open", 0, DefaultRules.SeatOpen},
		{"closed at once", time.Second, time.Second + DefaultRules.SeatClosed},
		{"closed late", DefaultRules.SeatOpen - time.Second, DefaultRules.SeatOpen},
	} {
		t.Run(test.name, func(t *testing.T) {
			sc := newScene(t, 2)
			sc.invite("ada", "i1", 1)
			sc.hold("s1", "i1")
			if test.closedAt > 0 {
				sc.wait(test.closedAt)
				sc.known.Closed["s1"] = sc.now
			}
			sc.wait(test.lapses - test.closedAt - 1*time.Millisecond)
			if sc.s.Seat("s1") == nil {
				t.Fatal("the seat lapsed too early")
			}
			sc.refused(UsedUp, Hold{Seat: "s2", Invite: "i1", Name: "Brave Otter"})
			sc.wait(time.Millisecond)
			if sc.s.Seat("s1") != nil {
				t.Fatal("the seat did not lapse")
			}
			sc.hold("s2", "i1") // place and use are free again
		})
	}
}

func TestLaw08OnlyTheDisconnectedAreDropped(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.in("bob", "i1")
	sc.join("cleo", "", "i1")
	sc.wait(5 * time.Hour)
	sc.wantPlayers("ada bob cleo") // silence drops nobody

	sc.drop("bob")
	sc.drop("cleo")
	sc.wait(DefaultRules.GraceIn - time.Millisecond)
	sc.wantPlayers("ada bob cleo")
	sc.wait(time.Millisecond)
	sc.wantPlayers("ada cleo")
	sc.wait(DefaultRules.GraceLoad - DefaultRules.GraceIn - time.Millisecond)
	sc.wantPlayers("ada cleo")
	sc.wait(time.Millisecond)
	sc.wantPlayers("ada")
}

func TestLaw08ComingBackInTimeKeepsThePlace(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.in("bob", "i1")
	sc.drop("bob")
	sc.wait(DefaultRules.GraceIn - time.Millisecond)
	sc.back("bob")
	sc.must(Resume{Player: "bob", Session: "bob1", Hash: "new", Prev: "hash"})
	sc.wait(time.Hour)
	sc.wantPlayers("ada bob")
	sc.refused(NotFound, Resume{Player: "cleo", Session: "cleo1", Hash: "h"})
}

func TestLaw15NamesAreUniqueAmongMembersAndSeats(t *testing.T) {
	sc := newScene(t, 8)
	sc.invite("ada", "i1", 0)
	sc.must(Hold{Seat: "s1", Invite: "i1", Name: "ADA"})
	sc.must(Hold{Seat: "s2", Invite: "i1", Name: "Ada"})
	bob := sc.joining("bob", "", "i1")
	bob.Name = "ada"
	sc.must(bob)
	guest := sc.joining("cleo", "s1", "i1")
	guest.Fresh = true // takes the seat's name and face over
	guest.Face = 77
	sc.must(guest)
	for _, want := range []struct {
		got, name string
	}{
		{sc.s.Member("cleo").Name, "ADA 2"}, {sc.s.Seat("s2").Name, "Ada 3"}, {sc.s.Member("bob").Name, "ada 4"},
	} {
		if want.got != want.name {
			t.Errorf("got the name %q, want %q", want.got, want.name)
		}
	}
	if face := sc.s.Member("cleo").Face; face != 0 {
		t.Errorf("cleo has face %d, want the seat's", face)
	}
}

func TestLaw15Renaming(t *testing.T) {
	sc := newScene(t, 8)
	sc.invite("ada", "i1", 0)
	sc.in("bob", "i1")
	sc.nothing(Rename{"bob", " Bob "})
	sc.must(Rename{"bob", "Ada"})
	if name := sc.s.Member("bob").Name; name != "Ada 2" {
		t.Errorf("bob is called %q, want %q", name, "Ada 2")
	}
	sc.nothing(Rename{"bob", "Ada"}) // and stays so
	sc.refused(BadName, Rename{"bob", "\u200b"})
	sc.refused(NotFound, Rename{"cleo", "Cleo"})
}

func TestLaw14OnlyAnOlderMembershipLeavesByAMove(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.in("bob", "i1")
	move := sc.s.Member("bob").Move
	sc.nothing(Leave{Player: "bob", Reason: ReasonMoved, Move: move - 1})
	sc.nothing(Leave{Player: "bob", Reason: ReasonMoved, Move: move}) // the move that brought him
	sc.nothing(Leave{Player: "cleo", Reason: ReasonMoved, Move: move + 1})

	// Bob moves on and comes back before the move away is finished: what then
	// arrives of it is older than his return.
	sc.moves += 5
	away := sc.moves
	again := sc.joining("bob", "", "i1")
	again.From = "p2"
	sc.must(again)
	if from := sc.s.Member("bob").From; from != "p2" {
		t.Errorf("bob came from %s: who finishes the move does not find p2", from)
	}
	sc.must(Resume{Player: "bob", Session: "bob1", Hash: "h"}) // is no move
	if m := sc.s.Member("bob"); m.From != "p2" || m.Move != again.Move {
		t.Errorf("a resume changed the move to %d from %s", m.Move, m.From)
	}
	sc.nothing(Leave{Player: "bob", Reason: ReasonMoved, Move: away})
	sc.wantPlayers("ada bob")

	sc.must(Leave{Player: "bob", Reason: ReasonMoved, Move: sc.s.Member("bob").Move + 1})
	sc.wantPlayers("ada")
}

func TestLaw14NoViewShowsWhoMovedOn(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.in("bob", "i1")
	moved := func(m *Member) bool { return m.Player == "bob" }
	if v := sc.s.View(sc.now, connected, moved); len(v.Members) != 1 || v.Members[0].ID != "ada" {
		t.Errorf("the members' view shows %v", v.Members)
	}
	if v := sc.s.Invitation(Hold{Invite: "i1"}, sc.now, connected, moved); len(v.Members) != 1 || v.Members[0].Name != "Ada" {
		t.Errorf("the page shows %v", v.Members)
	}
}

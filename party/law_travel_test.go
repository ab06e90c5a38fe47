package party

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

// bound is the command that sets out for the game "moon".
func bound(by PlayerID) StartTravel {
	return StartTravel{Player: by, Travel: &Travel{ID: "t1", To: "moon", Title: "Moonfall", Party: "p9", Payload: json.RawMessage(`{ "level": 2 }`)}}
}

// arrivals is the party on the moon, as a scene of its own.
func arrivals(sc *scene, size int) *scene {
	there := newScene(sc.t, size)
	there.s = Arrivals(sc.s.Travel, size, there.now)
	return there
}

// board has a member say yes, and holds its seat over there.
func (sc *scene) board(there *scene, p PlayerID) SeatID {
	sc.t.Helper()
	sc.must(Board{p, "t1", true})
	seat := sc.s.Travel.Seat(SeatID("seat"+p), sc.s.Member(p))
	there.must(Expect{seat})
	there.nothing(Expect{seat}) // asked again
	return seat.ID
}

func landing(p PlayerID, seat SeatID) Join {
	return Join{Player: p + "2", Name: "Known as " + string(p), Seat: seat, Session: SessionID(p + "9"), Move: 7}
}

func TestLaw27APartyArrivesAsItWas(t *testing.T) {
	sc := court(t) // ada leads, bob, eve
	sc.must(Promote{"ada", "bob"})
	sc.must(bound("bob"))
	there := arrivals(sc, 4)
	eve, ada, bob := sc.board(there, "eve"), sc.board(there, "ada"), sc.board(there, "bob")
	there.must(landing("eve", eve))
	there.wantLeader("eve2")
	there.must(Finalize{"eve2"})
	there.must(landing("bob", bob))
	there.wantLeader("bob2")
	there.must(landing("ada", ada))
	there.wantLeader("bob2")
	there.wantPlayers("ada2 bob2 eve2")
	for _, m := range there.s.Members {
		old := sc.s.Member(PlayerID(strings.TrimSuffix(string(m.Player), "2")))
		if m.Name != old.Name || m.Face != old.Face {
			t.Errorf("%s is called %q there, %q here", m.Player, m.Name, old.Name)
		}
	}
	if string(there.s.Origin.Payload) != `{"level":2}` {
		t.Errorf("it brings %s", there.s.Origin.Payload)
	}
}

func TestLaw27WhoEntersOtherwiseStandsBehind(t *testing.T) {
	sc := court(t)
	sc.must(bound("ada"))
	there := arrivals(sc, 4)
	ada, bob := sc.board(there, "ada"), sc.board(there, "bob")
	there.must(landing("bob", bob))
	there.must(MakeInvite{Player: "bob2", ID: "i7"})
	there.must(Join{Player: "cai", Name: "Cai", Invite: "i7", Session: "cai1", Move: 1})
	there.must(landing("ada", ada))
	there.wantPlayers("ada2 bob2 cai")
}

func TestLaw27WhoCameLaterTravelsToo(t *testing.T) {
	sc := court(t)
	sc.must(bound("ada"))
	sc.in("cai", "i1")
	there := arrivals(sc, 8)
	cai, eve := sc.board(there, "cai"), sc.board(there, "eve")
	there.must(landing("cai", cai))
	there.must(landing("eve", eve))
	there.wantPlayers("eve2 cai2")
}

func TestLaw27NobodyIsTakenAlong(t *testing.T) {
	sc := court(t)
	sc.refused(NotAllowed, bound("bob"))
	sc.known.Absent["ada"] = Absence{Since: sc.now}
	sc.refused(NotAllowed, bound("bob")) // acting is not enough
	delete(sc.known.Absent, "ada")
	sc.refused(NotFound, Board{"bob", "t1", true})
	sc.must(bound("ada"))
	sc.nothing(bound("ada")) // it is the same one
	other := bound("ada")
	other.Travel.ID = "t2"
	sc.refused(TooMany, other)
	sc.must(Board{"bob", "t1", false})
	sc.refused(NotFound, Board{"bob", "t2", true})
	sc.refused(NotFound, Board{"zoe", "t1", true})
	sc.wantPlayers("ada bob eve")
	sc.must(StartTravel{Player: "ada"})
	sc.nothing(StartTravel{Player: "ada"})
	sc.refused(NotFound, Board{"eve", "t1", true})
}

func TestLaw27TheQuestionEnds(t *testing.T) {
	sc := court(t)
	for _, within := range []time.Duration{-1, MinTravel - 1, MaxTravel + 1} {
		c := bound("ada")
		c.Within = within
		sc.refused(BadRequest, c)
	}
	big := bound("ada")
	big.Travel.Payload = json.RawMessage(`"` + strings.Repeat("x", MaxPayload) + `"`)
	sc.refused(TooLarge, big)
	sc.must(bound("ada"))
	sc.wait(DefaultTravel)
	if sc.s.Travel != nil {
		t.Error("it is still asked")
	}
}

func TestLaw27ASeatThereLapses(t *testing.T) {
	sc := court(t)
	sc.must(bound("ada"))
	there := arrivals(sc, 2)
	seat := sc.board(there, "ada")
	there.known.Closed[seat] = there.now // it has no page
	sc.board(there, "bob")
	there.refused(Full, Expect{Seat{ID: "s3", Name: "X", Order: 3}})
	there.must(landing("ada", seat))
	there.wait(TravelSeat - time.Millisecond)
	if len(there.s.Seats) != 1 {
		t.Fatal("a seat lapsed too early")
	}
	there.wait(time.Millisecond)
	if len(there.s.Seats) != 0 {
		t.Fatal("a seat is held for ever")
	}
	there.refused(NotFound, landing("bob", "seatbob"))
}

func TestLaw27APartyThatNobodyReachesEnds(t *testing.T) {
	sc := court(t)
	sc.must(bound("ada"))
	there := arrivals(sc, 4)
	sc.board(there, "ada")
	there.wait(TravelSeat)
	if !there.s.Ended {
		t.Error("it rests for ever")
	}
	there.refused(Ended, Expect{Seat{ID: "s3", Name: "X", Order: 3}})
	sc.refused(NotFound, Expect{Seat{ID: "s3"}}) // a party that did not travel expects nobody
}

func TestLaw25ALinkFollowsItsMaker(t *testing.T) {
	sc := newScene(t, 4)
	sc.must(MakeInvite{Player: "ada", ID: "i1", MaxUses: 3, Hash: "h1", Options: InviteOptions{OnLeave: FollowOnLeave}})
	sc.join("bob", "", "i1")
	sc.must(Leave{Player: "ada", Reason: ReasonMoved, Move: 99})
	sc.refused(Revoked, coming("cai"))
	went := sc.s.Went("ada", sc.now)
	if len(went) != 1 || went[0].Uses != 1 || went[0].Hash != "h1" {
		t.Fatalf("what follows her is %+v", went)
	}
	there := newScene(t, 4)
	there.must(Adopt{"ada", went})
	there.nothing(Adopt{"ada", went}) // it has come already
	stale := went[0]
	stale.Uses = 0
	there.nothing(Adopt{"ada", []Invite{stale}})
	if i := there.s.Invite("i1"); !i.Live(there.now) || i.Uses != 1 || i.MaxUses != 3 {
		t.Fatalf("it came as %+v", i)
	}
	there.must(coming("cai"))
	there.must(Leave{Player: "ada", Reason: ReasonTimeout}) // and back
	sc.s.Members = append(sc.s.Members, Member{Player: "ada", N: 9, Name: "Ada", State: In})
	sc.must(Adopt{"ada", there.s.Went("ada", there.now)})
	if i := sc.s.Invite("i1"); !i.Live(sc.now) || i.Uses != 2 {
		t.Fatalf("it came back as %+v", i)
	}
}

func TestLaw25ALinkFollowsNobodyWhoMayNotInvite(t *testing.T) {
	sc := court(t)
	sc.must(Change{Player: "ada", Inviters: new(LeaderOnly)})
	link := Invite{ID: "i9", By: "bob", Expires: sc.now.Add(time.Hour), Revoked: 1, Went: true}
	sc.refused(NotAllowed, Adopt{"bob", []Invite{link}})
	sc.nothing(Adopt{"ada", []Invite{link}}) // it is not hers
}

func TestLaw25ALinkDoesNotFollowIntoAnotherGame(t *testing.T) {
	sc := newScene(t, 4)
	sc.inviteWith(InviteOptions{OnLeave: FollowOnLeave})
	sc.join("bob", "", "i1")
	sc.must(Leave{Player: "ada", Reason: ReasonTravelled})
	if len(sc.s.Went("ada", sc.now)) != 0 || sc.s.Invite("i1").Revoked == 0 {
		t.Error("it went along")
	}
}

func TestALinkReplacesAnother(t *testing.T) {
	sc := court(t) // ada leads; i1 is hers
	new := func(p PlayerID, id, old InviteID) MakeInvite { return MakeInvite{Player: p, ID: id, Replaces: old} }
	sc.refused(NotAllowed, new("bob", "i2", "i1"))
	sc.refused(NotFound, new("ada", "i2", "i0"))
	sc.must(new("ada", "i2", "i1"))
	sc.nothing(new("ada", "i2", "i1")) // repeated
	sc.refused(Revoked, coming("cai"))
	live := sc.s.LiveInvites(sc.now)
	if len(live) != 1 || live[0].ID != "i2" {
		t.Errorf("the live links are %+v", live)
	}
}

func TestALinkThatEndsWithItsMakerEndsOnATimeoutToo(t *testing.T) {
	sc := newScene(t, 4)
	sc.inviteWith(InviteOptions{OnLeave: RevokeOnLeave})
	sc.join("bob", "", "i1")
	sc.known.Absent["ada"] = Absence{Since: sc.now}
	sc.wait(DefaultRules.GraceIn)
	sc.refused(Revoked, coming("cai"))
	if !slices.ContainsFunc(sc.s.Members, func(m Member) bool { return m.Player == "bob" }) {
		t.Error("bob is gone too")
	}
}

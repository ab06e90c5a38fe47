package party

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestLaw09UsesNeverExceedTheMaximum(t *testing.T) {
	sc := newScene(t, 8)
	sc.invite("ada", "i1", 2)
	sc.hold("s1", "i1") // reserved
	sc.in("bob", "i1")  // counted
	sc.refused(UsedUp, Hold{Seat: "s2", Invite: "i1", Name: "Brave Otter"})
	sc.refused(UsedUp, sc.joining("cleo", "", "i1"))
	sc.join("dora", "s1", "i1") // the reserved use becomes hers
	if uses := sc.s.Invite("i1").Uses; uses != 2 {
		t.Errorf("%d uses are counted, want 2", uses)
	}
	sc.invite("ada", "i2", 0)
	sc.in("cleo", "i2") // a link without a maximum
}

func TestLaw09APlayerCountsOnce(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 1)
	for range 3 {
		sc.join("bob", "", "i1")
		sc.must(Leave{Player: "bob", Reason: ReasonLeft})
	}
	if uses := sc.s.Invite("i1").Uses; uses != 1 {
		t.Errorf("bob came three times and counts as %d", uses)
	}
	sc.refused(UsedUp, sc.joining("cleo", "", "i1"))
}

func TestLaw09StartingAgainMovesTheUse(t *testing.T) {
	sc := newScene(t, 3)
	sc.invite("ada", "i1", 1)
	sc.in("eve", "i1")
	sc.must(Leave{Player: "eve", Reason: ReasonLeft})
	sc.invite("ada", "i2", 1)
	sc.join("bob", "s1", "i2")
	sc.invite("ada", "i3", 0)
	sc.in("dora", "i3") // the party is full now

	events := sc.must(sc.joining("cleo", "s1", "i2")) // the same browser as another guest
	sc.wantPlayers("ada dora cleo")
	if left := only[Left](events); len(left) != 1 || left[0].Player != "bob" || left[0].Reason != ReasonReplaced {
		t.Errorf("who left: %v, want bob as replaced", left)
	}
	if uses := sc.s.Invite("i2").Uses; uses != 1 {
		t.Errorf("%d uses are counted, want 1", uses)
	}
	sc.must(Leave{Player: "cleo", Reason: ReasonLeft})
	sc.refused(UsedUp, sc.joining("bob", "", "i2")) // the use is no longer his
}

func TestLaw09ASeatThatStartsAgainReservesNoSecondUse(t *testing.T) {
	sc := newScene(t, 8)
	sc.invite("ada", "i1", 2)
	sc.join("bob", "s1", "i1")
	sc.must(Leave{Player: "bob", Reason: ReasonLeft})
	sc.hold("s1", "i1") // on the use that it has
	sc.hold("s2", "i1") // on the second
	sc.refused(UsedUp, Hold{Seat: "s3", Invite: "i1", Name: "Brave Otter"})
}

func TestLaw09AReplacedLeaderPassesTheCrown(t *testing.T) {
	sc := newScene(t, 3)
	sc.invite("ada", "i1", 0)
	sc.join("bob", "s1", "i1")
	sc.must(Leave{Player: "ada", Reason: ReasonLeft})
	sc.wantLeader("bob")
	sc.join("cleo", "s1", "i1")
	sc.wantPlayers("cleo")
	sc.wantLeader("cleo")
}

// One seat of a single-use link must not bring in one guest after another by
// each of them joining again without the seat.
func TestLaw09AUseCannotBeSpread(t *testing.T) {
	sc := newScene(t, 8)
	sc.invite("ada", "i1", 1)
	sc.join("bob", "s1", "i1")
	sc.must(Leave{Player: "bob", Reason: ReasonLeft})
	sc.join("bob", "", "i1") // by the code, on his own use
	sc.hold("s1", "i1")      // and the browser starts again
	sc.join("cleo", "s1", "i1")
	sc.wantPlayers("ada cleo")
}

func TestLaw09ASeatCountsForItsOwnLink(t *testing.T) {
	sc := newScene(t, 8)
	sc.invite("ada", "i1", 0)
	sc.invite("ada", "i2", 1)
	sc.in("bob", "i2")
	sc.hold("s1", "i1")
	sc.must(sc.joining("cleo", "s1", "i2")) // says another link than the seat was held by
	if got := sc.s.Member("cleo").Invite; got != "i1" {
		t.Errorf("cleo came by %s, want the seat's link", got)
	}
	if uses := sc.s.Invite("i2").Uses; uses != 1 {
		t.Errorf("a link for one counts %d", uses)
	}
}

func TestLaw09ManyPlayersStayBounded(t *testing.T) {
	sc := newScene(t, 2)
	sc.must(MakeInvite{Player: "ada", ID: "i1"})
	s := sc.s
	for i := range keptPlayers + 10 {
		p := PlayerID(fmt.Sprint("p", i))
		s.Apply(s.Seq+1, s.Entry(sc.now, nil, []Event{
			Joined{Member: Member{Player: p, N: 2, Invite: "i1", Session: SessionID(p)}},
			Left{Player: p, N: 2, Reason: ReasonLeft},
		}))
	}
	i := s.Invite("i1")
	if i.Uses != keptPlayers+10 || len(i.Used) != keptPlayers {
		t.Errorf("%d uses, %d remembered; want %d and %d", i.Uses, len(i.Used), keptPlayers+10, keptPlayers)
	}
	if i.counted("p0") || !i.counted(PlayerID(fmt.Sprint("p", keptPlayers+9))) {
		t.Error("the oldest are forgotten first")
	}
}

func TestLaw10NoSeatAfterARevoke(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.hold("s1", "i1")
	sc.join("bob", "s2", "i1")
	sc.must(Revoke{"ada", "i1"})
	sc.refused(Revoked, Hold{Seat: "s3", Invite: "i1", Name: "Brave Otter"})
	sc.refused(Revoked, sc.joining("dora", "", "i1"))
	sc.refused(Revoked, sc.joining("dora", "s2", "i1")) // starting again needs a live link
	sc.wantPlayers("ada bob")
	sc.join("cleo", "s1", "i1") // held before
}

func TestLaw10NoSeatAfterAnExpiry(t *testing.T) {
	sc := newScene(t, 4)
	sc.must(MakeInvite{Player: "ada", ID: "i1", Expires: time.Minute})
	sc.hold("s1", "i1")
	sc.wait(time.Minute - time.Millisecond)
	sc.hold("s2", "i1")
	sc.wait(time.Millisecond)
	sc.refused(Expired, Hold{Seat: "s3", Invite: "i1", Name: "Brave Otter"})
	sc.refused(Expired, sc.joining("dora", "", "i1"))
	sc.join("cleo", "s2", "i1")
	sc.refused(NotFound, Revoke{"ada", "i1"}) // not live any more
}

func TestLaw10WhyALinkDiedIsKeptForADay(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.invite("ada", "i2", 0) // keeps the party
	sc.must(Revoke{"ada", "i1"})
	sc.wait(KeepDead - time.Millisecond)
	sc.must(Rename{"ada", "Ava"})
	sc.refused(Revoked, sc.joining("bob", "", "i1"))
	sc.wait(time.Millisecond)
	sc.must(Rename{"ada", "Ada"})
	sc.refused(NotFound, sc.joining("bob", "", "i1"))
}

func TestRevokingIsForTheMakerAndTheLeader(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.in("bob", "i1")
	sc.in("cleo", "i1")
	sc.invite("bob", "i2", 0)
	sc.invite("bob", "i3", 0)
	sc.refused(NotAllowed, Revoke{"cleo", "i2"})
	sc.refused(NotAllowed, Revoke{"bob", "i1"})
	sc.must(Revoke{"bob", "i2"})
	sc.must(Revoke{"ada", "i3"})
	sc.refused(NotFound, Revoke{"bob", "i2"}) // revoked already
	sc.refused(NotFound, Revoke{"bob", "i9"})
}

func TestInviteLimits(t *testing.T) {
	sc := newScene(t, 8)
	for _, bad := range []struct {
		code Code
		make MakeInvite
	}{
		{NotFound, MakeInvite{Player: "bob"}},
		{BadRequest, MakeInvite{MaxUses: -1}},
		{BadRequest, MakeInvite{MaxUses: MaxUses + 1}},
		{BadRequest, MakeInvite{Expires: MinExpiry - 1}},
		{BadRequest, MakeInvite{Expires: MaxExpiry + 1}},
		{BadRequest, MakeInvite{Expires: -time.Hour}},
		{TooLarge, MakeInvite{Message: strings.Repeat("x", MaxMessage+1)}},
	} {
		c := bad.make
		c.ID = "i0"
		if c.Player == "" {
			c.Player = "ada"
		}
		sc.refused(bad.code, c)
	}
	sc.must(MakeInvite{
		Player: "ada", ID: "i0", MaxUses: MaxUses, Expires: MaxExpiry, Message: strings.Repeat("x", MaxMessage),
	})
	if i := sc.s.Invite("i0"); i.Expires != sc.now.Add(MaxExpiry) || i.ByName != "Ada" || i.By != "ada" {
		t.Errorf("the link is %+v", i)
	}
	sc.must(MakeInvite{Player: "ada", ID: "i1"})
	if i := sc.s.Invite("i1"); i.Expires != sc.now.Add(DefaultExpiry) {
		t.Errorf("a link lives for %v, want %v", sc.now.Until(i.Expires), DefaultExpiry)
	}
}

func TestTooManyLiveInvites(t *testing.T) {
	sc := newScene(t, 8)
	id := 0
	next := func() InviteID { id++; return InviteID(fmt.Sprint("i", id)) }
	for range DefaultRules.LinksEach {
		sc.invite("ada", next(), 0)
	}
	sc.refused(TooMany, MakeInvite{Player: "ada", ID: next()})
	sc.must(Revoke{"ada", "i1"})
	sc.invite("ada", next(), 0)
	for _, p := range []PlayerID{"bob", "cleo", "dora"} {
		sc.in(p, "i2")
		for range DefaultRules.LinksEach {
			if len(sc.s.LiveInvites(sc.now)) == DefaultRules.Links {
				sc.refused(TooMany, MakeInvite{Player: p, ID: next()})
				return
			}
			sc.invite(p, next(), 0)
		}
	}
	t.Fatalf("%d live links, and no end", len(sc.s.LiveInvites(sc.now)))
}

func TestDeadInvitesStayBounded(t *testing.T) {
	sc := newScene(t, 8)
	sc.invite("ada", "i", 0)
	for n := range 3 * DefaultRules.Links {
		id := InviteID(fmt.Sprint("i", n))
		for _, c := range []Command{MakeInvite{Player: "ada", ID: id}, Revoke{"ada", id}} {
			events, err := Decide(sc.s, c, sc.now, sc.known)
			if err != nil {
				t.Fatal(err)
			}
			sc.s.Apply(sc.s.Seq+1, sc.s.Entry(sc.now, nil, events))
		}
	}
	if n := len(sc.s.Invites); n != MaxLinks {
		t.Errorf("%d links are kept, want %d", n, MaxLinks)
	}
	if i := sc.s.Invite("i"); i == nil || !i.Live(sc.now) {
		t.Error("the live link was forgotten with the dead ones")
	}
}

func TestAPageOfAForgottenInvite(t *testing.T) {
	sc := newScene(t, 8)
	sc.invite("ada", "i1", 0)
	sc.invite("ada", "i2", 0)
	sc.hold("s1", "i1")
	look := func(id InviteID, seat SeatID) Code {
		return sc.s.Invitation(Hold{Invite: id, Seat: seat}, sc.now, connected, nil).Problem
	}
	for _, test := range []struct {
		id   InviteID
		seat SeatID
		want Code
	}{{"i1", "", ""}, {"i9", "", NotFound}, {"i9", "s1", NotFound}, {"i2", "s1", ""}} {
		if got := look(test.id, test.seat); got != test.want {
			t.Errorf("link %s, seat %q: problem %q, want %q", test.id, test.seat, got, test.want)
		}
	}
	sc.must(Revoke{"ada", "i1"})
	sc.must(Revoke{"ada", "i2"})
	for _, test := range []struct {
		id   InviteID
		seat SeatID
		want Code
	}{{"i1", "", Revoked}, {"i1", "s1", ""}, {"i2", "s1", Revoked}} {
		if got := look(test.id, test.seat); got != test.want {
			t.Errorf("revoked: link %s, seat %q: problem %q, want %q", test.id, test.seat, got, test.want)
		}
	}
}

func TestWhatAPageShows(t *testing.T) {
	sc := newScene(t, 3)
	sc.must(MakeInvite{Player: "ada", ID: "i1", Message: "Come!", MaxUses: 2})
	sc.must(SetLanding{"ada", title("Meadow")})
	sc.must(Rename{"ada", "Ava"})
	sc.join("bob", "s1", "i1")
	sc.hold("s2", "i1")
	v := sc.s.Invitation(Hold{Invite: "i1"}, sc.now, connected, nil)
	if v.Problem != UsedUp || v.Inviter.Name != "" || v.Members != nil || v.Held != nil || v.Landing != nil || v.Message != "" {
		t.Errorf("a used up link shows more than why: %+v", v)
	}
	v = sc.s.Invitation(Hold{Invite: "i1", Seat: "s2"}, sc.now, connected, nil)
	if v.Problem != "" || v.Taken != 3 || v.Inviter.Name != "Ava" || len(v.Members) != 2 || len(v.Held) != 1 || v.Message != "Come!" {
		t.Errorf("to who holds a seat of it: %+v", v)
	}
	sc.invite("ada", "i2", 0)
	v = sc.s.Invitation(Hold{Invite: "i2"}, sc.now, connected, nil)
	if v.Problem != Full || len(v.Members) != 2 || !v.Members[0].Leader || v.Members[1].State != Loads {
		t.Errorf("a full party is shown with its people: %+v", v)
	}
}

func TestArrival(t *testing.T) {
	sc := newScene(t, 3)
	sc.invite("ada", "i1", 0)
	stage := func() Stage { return sc.s.Arrival("s1", connected).Stage }
	want := func(want Stage) {
		t.Helper()
		if got := stage(); got != want {
			t.Errorf("the seat is %s, want %s", got, want)
		}
	}
	want(Pressed)
	sc.hold("s1", "i1")
	want(HeldStage)
	sc.join("bob", "s1", "i1")
	want(LoadingNow)
	sc.must(Finalize{"bob"})
	want(Arrived)
}

func TestErrorsSayTheirCode(t *testing.T) {
	sc := newScene(t, 2)
	_, err := sc.do(Revoke{"ada", "i1"})
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Message() == Lookup(NotFound).Sentence || !strings.HasPrefix(err.Error(), "not_found: ") {
		t.Errorf("got %v, want not_found with a detail of its own", err)
	}
	if got := (&Error{Code: Full}).Message(); got != Lookup(Full).Sentence {
		t.Errorf("without a detail the sentence is %q", got)
	}
	if got := Lookup("no such code").Code; got != Internal {
		t.Errorf("an unknown code is told as %s", got)
	}
}

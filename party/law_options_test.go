package party

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func (sc *scene) inviteWith(o InviteOptions) {
	sc.must(MakeInvite{Player: "ada", ID: "i1", Options: o})
}

func coming(p PlayerID) Join {
	return Join{Player: p, Name: "N", Invite: "i1", Session: SessionID(p + "1"), Move: 5}
}

func TestLaw25ALinkForOnePlayer(t *testing.T) {
	sc := newScene(t, 4)
	sc.inviteWith(InviteOptions{For: "bob"})
	if v := sc.s.Invitation(Hold{Invite: "i1"}, sc.now, connected, nil); v.Problem != "" {
		t.Errorf("its page shows %q", v.Problem)
	}
	sc.refused(NotAllowed, Hold{Seat: "s1", Invite: "i1", Name: "X"})
	sc.refused(NotAllowed, coming("eve"))
	sc.must(coming("bob"))
	sc.must(Kick{Player: "ada", N: 2})
	sc.must(coming("bob"))
	if len(sc.s.Outcasts) != 0 {
		t.Error("who was invited by name is still kept out")
	}
	sc.must(Kick{Player: "ada", N: sc.s.LastN, Ban: true})
	sc.refused(Banned, coming("bob"))
}

// Whose a link is shows when the game starts: nobody waits in line or asks by it.
func TestLaw25APersonalLinkHoldsNoPlaceAtTheDoor(t *testing.T) {
	sc := newScene(t, 1)
	sc.inviteWith(InviteOptions{For: "bob"})
	sc.refused(NotAllowed, Queue{at("s2", "Cai")})
	sc.must(Change{Player: "ada", Approve: new(true)})
	sc.refused(NotAllowed, Ask{at("s2", "Cai")})
	if v := sc.s.Invitation(Hold{Invite: "i1", Seat: "s2"}, sc.now, connected, nil); v.CanAsk {
		t.Error("its page offers to ask")
	}
}

// In the game it is known who waits and asks.
func TestLaw25APersonalLinkAtTheDoorInTheGame(t *testing.T) {
	sc := newScene(t, 2)
	sc.inviteWith(InviteOptions{For: "bob"})
	sc.must(coming("bob"))
	sc.must(Kick{Player: "ada", N: sc.s.LastN})
	sc.must(MakeInvite{Player: "ada", ID: "i2"})
	eve := coming("eve")
	eve.Invite = "i2"
	sc.must(eve)
	bob, other := at("s2", "Bob"), at("s3", "Dee")
	bob.Player, other.Player = "bob", "dee"
	sc.refused(NotAllowed, Queue{other})
	sc.must(Queue{bob})
	sc.must(Leave{Player: "eve", Reason: ReasonLeft})
	sc.refused(TicketSpent, Join{Player: "dee", Name: "Dee", Seat: "s2", Invite: "i1", Session: "d1", Move: 6})
	sc.must(Join{Player: "bob", Name: "Bob", Seat: "s2", Invite: "i1", Session: "b1", Move: 6})
	sc.must(Leave{Player: "bob", Reason: ReasonLeft})

	sc.must(Change{Player: "ada", Openness: new(Locking)})
	sc.refused(NotAllowed, Ask{other})
	sc.must(Ask{bob})
	sc.must(AnswerAsk{"ada", sc.s.LastN, true})
	sc.must(Join{Player: "bob", Name: "Bob", Seat: "s2", Invite: "i1", Session: "b2", Move: 7})
}

// Who was taken out while it waited in the game is kept out as a player.
func TestLaw19AKickedSeatOfAPlayer(t *testing.T) {
	sc := newScene(t, 3)
	sc.invite("ada", "i1", 0)
	bob := at("s2", "Bob")
	bob.Player = "bob"
	sc.must(bob)
	sc.must(Kick{Player: "ada", N: sc.s.LastN})
	sc.refused(Banned, coming("bob"))
	sc.refused(Banned, Queue{bob})
}

func TestLaw25WhatALinkRequires(t *testing.T) {
	sc := newScene(t, 4)
	sc.inviteWith(InviteOptions{Requires: Needs{"version": "1.2"}})
	bob := coming("bob")
	bob.Has = Needs{"version": "1.1"}
	sc.refused(WrongVersion, bob)
	_, err := Decide(sc.s, bob, sc.now, sc.known)
	if text := err.Error(); !strings.Contains(text, `"1.2"`) || !strings.Contains(text, `"1.1"`) {
		t.Errorf("it is told %s", text)
	}
	bob.Has["version"] = "1.2"
	sc.must(bob)
}

func TestLaw25ALinkUntilNobodyIsLeft(t *testing.T) {
	sc := newScene(t, 4)
	sc.inviteWith(InviteOptions{UntilEmpty: true})
	sc.wait(40 * 24 * time.Hour)
	sc.join("bob", "", "i1")
	sc.must(Leave{Player: "ada", Reason: ReasonLeft})
	sc.must(Leave{Player: "bob", Reason: ReasonLeft})
	if !sc.s.Ended || sc.s.Invite("i1").Revoked == 0 {
		t.Error("the link outlived the party")
	}
}

func TestLaw25ALinkThatLeavesWithItsMaker(t *testing.T) {
	sc := newScene(t, 4)
	sc.inviteWith(InviteOptions{OnLeave: RevokeOnLeave})
	sc.join("bob", "", "i1")
	sc.must(Leave{Player: "ada", Reason: ReasonLeft})
	sc.refused(Revoked, coming("cai"))
}

func TestOptionsHaveLimits(t *testing.T) {
	sc := newScene(t, 4)
	for code, o := range map[Code]InviteOptions{
		BadRequest: {OnLeave: "stay"},
		TooLarge:   {Payload: json.RawMessage(`"` + strings.Repeat("x", MaxPayload) + `"`)},
	} {
		sc.refused(code, MakeInvite{Player: "ada", ID: "i1", Options: o})
	}
	sc.refused(TooLarge, MakeInvite{Player: "ada", ID: "i1", Options: InviteOptions{Requires: Needs{"": "1"}}})
}

func TestCounts(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.must(Count{"i1", 3, 1})
	sc.must(Count{"i1", 1, 0})
	sc.nothing(Count{"i9", 1, 1})
	if got := sc.s.Stats(sc.now)[0]; got.Opens != 4 || got.Starts != 1 {
		t.Errorf("counted %+v", got)
	}
}

package party

import "testing"

// led is a browser whose dead link led on to where ada is.
func led(seat SeatID, asks bool) Hold {
	return Hold{Seat: seat, Name: "Cai", Browser: "b" + string(seat), Led: Led{Maker: "ada", Died: Expired, Asks: asks}}
}

func (sc *scene) shown(of Hold) Invitation { return sc.s.Invitation(of, sc.now, connected, nil) }

// wantOnward checks what somebody with a dead link is offered, and that nobody
// is named to it.
func (sc *scene) wantOnward(of Hold, want Onward) {
	sc.t.Helper()
	v := sc.shown(of)
	if v.Onward != want || v.CanAsk != (want == OnwardAsk) || v.Problem != Expired {
		sc.t.Errorf("offered %q, asking %t, problem %q; want %q", v.Onward, v.CanAsk, v.Problem, want)
	}
	if v.Inviter.Name != "" || len(v.Members) > 0 || v.Taken != 0 || v.Match != nil || len(v.Landing) > 0 {
		sc.t.Errorf("a dead link tells %+v", v)
	}
}

func (sc *scene) opened(o Openness) {
	sc.t.Helper()
	sc.must(Change{Player: sc.s.Leader, Openness: &o})
}

func TestLaw28AnOpenPartyIsEntered(t *testing.T) {
	sc := newScene(t, 3)
	sc.wantOnward(led("s1", false), "")
	sc.refused(NotFound, led("s1", false)) // no seat is held without a way in
	sc.opened(Open)
	sc.wantOnward(led("s1", false), OnwardJoin)
	sc.refused(BadRequest, Ask{led("s1", true)})
	sc.must(led("s1", false))
	if v := sc.shown(led("s1", false)); v.Problem != "" || v.Inviter.Name != "Ada" {
		t.Errorf("who has a seat is shown problem %q, inviter %q", v.Problem, v.Inviter.Name)
	}
	sc.join("cai", "s1", "")
	sc.wantPlayers("ada cai")
	sc.hold("s2", "")
	sc.wantOnward(led("s3", true), "") // full
	sc.must(Kick{Player: "ada", N: sc.s.Member("cai").N})
	cai := led("s4", true)
	cai.Player = "cai"
	sc.wantOnward(cai, "") // kept out
	sc.refused(Banned, Ask{cai})
}

func TestLaw28AnotherIsAsked(t *testing.T) {
	sc := newScene(t, 3)
	sc.wantOnward(led("s1", true), OnwardAsk)
	sc.refused(Locked, Ask{led("s1", false)}) // the game does not want it
	sc.opened(Locking)
	sc.wantOnward(led("s1", true), "")
	sc.refused(Locked, Ask{led("s1", true)})
	sc.opened(Open)
	yes := true
	sc.must(Change{Player: "ada", Approve: &yes})
	sc.wantOnward(led("s1", true), OnwardAsk)
	sc.wantOnward(led("s1", false), "")
	sc.opened(InviteOnly)
	sc.must(Ask{led("s1", true)})
	sc.must(AnswerAsk{"ada", sc.s.Asks[0].N, false})
	sc.refused(RateLimited, Ask{led("s1", true)})
	if v := sc.shown(led("s1", true)); v.Onward != "" || v.CanAsk || v.Declined == 0 {
		t.Errorf("after a no it is offered %q, asking %t, declined until %d", v.Onward, v.CanAsk, v.Declined)
	}
	sc.must(Ask{led("s2", true)})
	sc.must(AnswerAsk{"ada", sc.s.Asks[0].N, true})
	if v := sc.shown(Hold{Seat: "s2"}); v.Problem != "" || v.Inviter.Name != "Ada" { // by its ticket
		t.Errorf("who was let in is asked to come to %q's party, problem %q", v.Inviter.Name, v.Problem)
	}
	sc.join("cai", "s2", "")
	sc.wantPlayers("ada cai")
	sc.must(Promote{"ada", "cai"})
	sc.must(Leave{Player: "ada", Reason: ReasonLeft})
	sc.wantOnward(led("s3", true), "") // ada is elsewhere
	sc.refused(NotFound, Ask{led("s3", true)})
}

func TestLaw28WhichLinksDiedOfThemselves(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 1)
	died := func(of Hold) bool { v := sc.shown(of); return v.Died && v.Maker == "ada" }
	one := Hold{Seat: "s9", Invite: "i1", Browser: "b9"}
	if died(one) {
		t.Error("a live link died")
	}
	sc.join("bob", "s1", "i1")
	if !died(one) {
		t.Error("a link that is used up did not die of itself")
	}
	sc.must(Kick{Player: "ada", N: sc.s.Member("bob").N})
	if v := sc.shown(Hold{Invite: "i1", Player: "bob"}); v.Died {
		t.Error("who is kept out is led on")
	}
	sc.must(Revoke{"ada", "i1"})
	if v := sc.shown(one); v.Died {
		t.Error("a link that was taken back leads on")
	}
}

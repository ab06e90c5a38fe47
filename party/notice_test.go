package party

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// checkNotices checks, in every story and history, that the notices of a log
// are numbered from 1 without a gap, and those in memory not at all.
func (sc *scene) checkNotices(before *State, e Entry, logged bool) {
	sc.t.Helper()
	told := before.Told
	for _, n := range e.Notices() {
		if !logged {
			break
		}
		if told++; n.Number != told {
			sc.t.Fatalf("%s has the number %d, want %d", n.Type, n.Number, told)
		}
		if !slices.Contains(NoticeTypes, n.Type) {
			sc.t.Fatalf("%s is not in the list of types", n.Type)
		}
	}
	if sc.s.Told != told {
		sc.t.Fatalf("%d notices are counted, want %d", sc.s.Told, told)
	}
}

// told runs a story and returns what a backend is told of it.
func told(t *testing.T, story func(*scene)) string {
	sc := newScene(t, 3)
	var list []string
	sc.told = func(seq uint64, e Entry) {
		if seq == 0 {
			return
		}
		for _, n := range e.Notices() {
			list = append(list, strings.TrimSpace(fmt.Sprintf("%d:%s %s", n.Number, n.Type, n.Reason)))
		}
	}
	story(sc)
	return strings.Join(list, "\n")
}

func TestNoticesTellTheWayOfAnInvite(t *testing.T) {
	got := told(t, func(sc *scene) {
		sc.must(SetMatch{Player: "ada", Match: &Match{ID: "m0"}}) // in memory: told nobody
		sc.invite("ada", "i1", 0)
		sc.hold("s1", "i1")
		sc.join("bob", "s1", "i1")
		sc.must(Finalize{"bob"})
		sc.hold("s2", "i1")
		sc.known.Closed["s2"] = sc.now
		sc.wait(DefaultRules.SeatClosed)
		sc.join("cid", "", "i1")
		sc.must(Leave{Player: "cid", Reason: ReasonFailed})
		sc.must(SetMatch{Player: "ada", Match: &Match{ID: "m1"}})
		sc.must(Rename{"bob", "Bo"}) // told nobody
		sc.must(Identify{Player: "bob", As: "ubob", Move: 9})
		sc.must(Leave{Player: "ada", Reason: ReasonLeft})
	})
	want := strings.Join([]string{
		"1:party.created", "2:invite.made", "3:invite.opened", "4:member.joined", "5:invite.accepted", "6:invite.finalized",
		"7:invite.opened", "8:invite.failed timeout", "9:member.joined", "10:invite.accepted", "11:member.left failed",
		"12:invite.failed failed", "13:match.changed", "14:member.identified", "15:member.left left", "16:leader.changed left",
	}, "\n")
	if got != want {
		t.Fatalf("told\n%s\nwant\n%s", got, want)
	}
}

// A party of one that goes back to memory and is shared again goes on counting
// and is not created twice.
func TestNoticesGoOnAfterMemory(t *testing.T) {
	got := told(t, func(sc *scene) {
		sc.invite("ada", "i1", 0)
		sc.must(Revoke{"ada", "i1"})
		sc.wait(AloneLimit)
		if sc.logged() {
			t.Fatal("it did not retire")
		}
		sc.invite("ada", "i2", 0)
	})
	if want := "1:party.created\n2:invite.made\n3:invite.made"; got != want {
		t.Fatalf("told\n%s\nwant\n%s", got, want)
	}
}

// No notice tells what only the log may hold.
func TestNoticesHoldNoSecret(t *testing.T) {
	e := entryOfEverything(t)
	for _, n := range e.Notices() {
		b, err := json.Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"hash", "bob1", "ada1", "rowser"} {
			if strings.Contains(string(b), secret) {
				t.Errorf("%s tells %q: %s", n.Type, secret, b)
			}
		}
	}
}

// A backend that knows the guest learns which of its players the guest is.
func TestNoticesTellWhomAGuestTurnedOutToBe(t *testing.T) {
	sc := newScene(t, 3)
	sc.invite("ada", "i1", 0)
	sc.join("guest", "s1", "i1")
	sc.join("uada", "s2", "i1")
	var list []Notice
	sc.told = func(_ uint64, e Entry) { list = append(list, e.Notices()...) }
	sc.must(Identify{Player: "guest", As: "uada", Session: "s9", Hash: "h9"})
	sc.must(Identify{Player: "ada", As: "ubob", Session: "s8", Hash: "h8"})
	var got []string
	for _, n := range list {
		got = append(got, fmt.Sprintln(n.Type, n.N, n.Reason, n.Former, n.Player))
	}
	want := []string{"member.left 2 replaced guest uada\n", "member.identified 1  ada ubob\n"}
	if !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

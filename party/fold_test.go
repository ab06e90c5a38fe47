package party

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fold changes a snapshot by one row of the table of events in
// docs/protocol.md, as any client does.
func fold(v *Snapshot, e EventView) {
	member := func() *MemberView {
		return &v.Members[slices.IndexFunc(v.Members, func(m MemberView) bool { return m.N == e.N })]
	}
	free := func(n int) {
		v.Held = slices.DeleteFunc(v.Held, func(x SeatView) bool { return x.N == n })
	}
	switch e.Type {
	case "held":
		free(e.Seat.N)
		v.Held = append(v.Held, *e.Seat)
	case "lapsed":
		free(e.N)
	case "joined":
		free(e.Member.N)
		at := slices.IndexFunc(v.Members, func(m MemberView) bool { return m.N == e.Before })
		if at < 0 {
			at = len(v.Members)
		}
		v.Members = slices.Insert(v.Members, at, *e.Member)
	case "finalized":
		member().State, member().Loading = In, nil
	case "left":
		v.Members = slices.DeleteFunc(v.Members, func(m MemberView) bool { return m.N == e.N })
	case "leader":
		v.Leader = *e.Leader
	case "data":
		v.Data, v.DataRev = *e.Data, e.Revision
	case "landing":
		v.Landing = *e.Landing
	case "invited":
		v.Invites = append(v.Invites, e.Invite.(InviteView))
	case "used":
		for i := range v.Invites {
			if v.Invites[i].ID == e.Invite.(InviteID) {
				v.Invites[i].Uses = e.Uses
			}
		}
	case "revoked":
		v.Invites = slices.DeleteFunc(v.Invites, func(i InviteView) bool { return i.ID == e.Invite.(InviteID) })
	case "renamed":
		member().Name = e.Name
	case "identified":
		old, id := member().ID, e.ID
		become := func(p *PlayerID) {
			if *p == old {
				*p = id
			}
		}
		become(&v.Leader)
		for i := range v.Members {
			become(&v.Members[i].ID)
			become(&v.Members[i].By)
		}
		for i := range v.Held {
			become(&v.Held[i].By)
			become(&v.Held[i].Player)
		}
		for i := range v.Asks {
			become(&v.Asks[i].Player)
		}
		for i := range v.Invites {
			become(&v.Invites[i].By)
			become(&v.Invites[i].For)
		}
		if v.Ready != nil {
			become(&v.Ready.By)
		}
		if v.Travel != nil {
			become(&v.Travel.By)
		}
	case "changed":
		v.Openness, v.Inviters, v.Size, v.Approve = e.Openness, e.Inviters, e.Size, *e.Approve
	case "queued":
		v.Line++
	case "unqueued":
		v.Line--
	case "asked":
		v.Asks = append(v.Asks, *e.Ask)
	case "askAnswered":
		v.Asks = slices.DeleteFunc(v.Asks, func(a AskView) bool { return a.N == e.N })
	case "castOut":
		v.Outcasts = append(slices.DeleteFunc(v.Outcasts, func(o OutcastView) bool { return o.N == e.Outcast.N }), *e.Outcast)
	case "readmitted":
		v.Outcasts = slices.DeleteFunc(v.Outcasts, func(o OutcastView) bool { return o.N == e.N })
	case "member":
		member().Data = *e.Data
	case "match":
		asked := *e.Match == nil || v.Match == nil || (*e.Match).ID != v.Match.ID
		v.Match = *e.Match
		for i := range v.Members {
			if asked {
				v.Members[i].Follow = ""
			}
			if asked && v.Match != nil && v.Members[i].ID == v.Leader {
				v.Members[i].Follow = Yes
			}
		}
	case "followed":
		member().Follow = e.Answer
	case "ready":
		v.Ready = new(e.Ready.(Ready))
	case "answered":
		v.Ready.Answers = replied(v.Ready.Answers, e.N, *e.Yes)
	case "readyEnded":
		v.Ready = nil
	case "travel":
		v.Travel = *e.Travel
	case "boarded":
		v.Travel.Answers = replied(v.Travel.Answers, e.N, *e.Yes)
	}
}

// checkFold checks that who saw the party before, and is told the entry, sees
// the party as it is now.
func (sc *scene) checkFold(before *State, e Entry) {
	sc.t.Helper()
	seen := before.View(sc.now, connected, nil)
	for _, row := range e.View() {
		fold(&seen, row)
	}
	seen.Revision = e.Rev
	if diff := cmp.Diff(toJSON(sc.t, sc.s.View(sc.now, connected, nil)), toJSON(sc.t, seen)); diff != "" {
		sc.t.Fatalf("told %s, a client sees another party (-server +client):\n%s", toJSON(sc.t, e.View()), diff)
	}
}

func TestEveryKindOfEventIsToldOrKept(t *testing.T) {
	private := map[string]bool{"counted": true, "founded": true, "resumed": true, "ended": true, "retired": true}
	for kind, decode := range decoders {
		event, err := decode([]byte("{}"))
		if err != nil || event.kind() != kind {
			t.Errorf("%s decodes to %T, %v", kind, event, err)
			continue
		}
		if rows := (Entry{Events: []Event{event}}).View(); (len(rows) == 0) != private[kind] {
			t.Errorf("%s is told as %v", kind, rows)
		}
	}
}

package party

// NoticeType names what a game's backend is told of.
type NoticeType string

// The types of notices.
const (
	PartyCreated     NoticeType = "party.created"
	PartyEnded       NoticeType = "party.ended"
	MemberJoined     NoticeType = "member.joined"
	MemberLeft       NoticeType = "member.left"
	MemberIdentified NoticeType = "member.identified"
	LeaderChanged    NoticeType = "leader.changed"
	MatchChanged     NoticeType = "match.changed"
	InviteMade       NoticeType = "invite.made"
	InviteOpened     NoticeType = "invite.opened"
	InviteAccepted   NoticeType = "invite.accepted"
	InviteFinalized  NoticeType = "invite.finalized"
	InviteFailed     NoticeType = "invite.failed"
)

// NoticeTypes lists all types of notices.
var NoticeTypes = []NoticeType{
	PartyCreated, PartyEnded, MemberJoined, MemberLeft, MemberIdentified, LeaderChanged, MatchChanged,
	InviteMade, InviteOpened, InviteAccepted, InviteFinalized, InviteFailed,
}

// Notice is what a game's backend is told of an entry: that something happened
// that matters to a game. It holds what its type needs.
type Notice struct {
	Type NoticeType
	// Number counts the party's notices from 1 without a gap, so that who gets
	// them can order them and see that one is missing.
	Number  uint64
	N       int         // of the member or held seat
	Member  *MemberView // with MemberJoined and InviteAccepted
	Members []MemberView
	Player  PlayerID // with MemberIdentified: who the member is now; with MemberLeft: the member that it turned out to be
	Former  PlayerID // and the guest it was
	Leader  *PlayerID
	Reason  Reason
	Match   *Match
	Invite  InviteID
	Made    *InviteView
	Uses    int
}

// Notices returns what a game's backend is told of the entry, in order.
func (e Entry) Notices() []Notice {
	var list []Notice
	for _, event := range e.Events {
		for _, n := range notices(event) {
			n.Number = e.First + uint64(len(list))
			list = append(list, n)
		}
	}
	return list
}

func notices(e Event) []Notice {
	switch e := e.(type) {
	case Founded:
		if e.State.Told > 0 {
			return nil // it had a log before
		}
		n := Notice{Type: PartyCreated, Leader: new(e.State.Leader)}
		for i := range e.State.Members {
			n.Members = append(n.Members, e.State.Members[i].view(Status{Presence: Connected}))
		}
		return []Notice{n}
	case EndedEvent:
		return []Notice{{Type: PartyEnded}}
	case SeatHeld:
		return []Notice{{Type: InviteOpened, N: e.Seat.N, Invite: e.Seat.Invite}}
	case SeatLapsed:
		why := e.Reason
		if why == "" {
			why = ReasonTimeout
		}
		return []Notice{{Type: InviteFailed, N: e.N, Reason: why}}
	case Joined:
		member := new(e.Member.view(Status{Presence: Connected}))
		list := []Notice{{Type: MemberJoined, N: e.Member.N, Member: member}}
		if e.Member.Invite != "" {
			list = append(list, Notice{Type: InviteAccepted, N: e.Member.N, Member: member, Invite: e.Member.Invite, Uses: e.Uses})
		}
		return list
	case Finalized:
		return []Notice{{Type: InviteFinalized, N: e.N}}
	case Left:
		list := []Notice{{Type: MemberLeft, N: e.N, Reason: e.Reason}}
		if e.As != "" {
			list[0].Player, list[0].Former = e.As, e.Player
		}
		if e.Reason == ReasonFailed {
			list = append(list, Notice{Type: InviteFailed, N: e.N, Reason: e.Reason})
		}
		return list
	case Identified:
		return []Notice{{Type: MemberIdentified, N: e.N, Player: e.As, Former: e.Player}}
	case Crowned:
		return []Notice{{Type: LeaderChanged, Leader: new(e.Leader), Reason: e.Reason}}
	case MatchSet:
		return []Notice{{Type: MatchChanged, Match: e.Match}}
	case Invited:
		return []Notice{{Type: InviteMade, Invite: e.Invite.ID, Made: new(e.Invite.View())}}
	}
	return nil
}

// Numbered returns the entry with the number of its first notice, if it has
// any. Entries of a party in memory are told nobody and are not numbered.
func (s *State) Numbered(e Entry) Entry {
	if len(e.Notices()) > 0 {
		e.First = s.Told + 1
	}
	return e
}

package party

// Presence is whether a member's connection stands.
type Presence string

// The presences of a member.
const (
	Connected    Presence = "connected"
	Reconnecting Presence = "reconnecting"
)

// Loading is what a loading member does, as it reported it.
type Loading struct {
	Phase    string   `json:"phase,omitempty"`
	Message  string   `json:"message,omitempty"`
	Progress *float64 `json:"progress,omitempty"` // 0 to 1
	Stalled  bool     `json:"stalled,omitempty"`  // no progress for StalledTime
}

// Status is what members see of a member and no log holds.
type Status struct {
	Presence Presence `json:"presence"`
	Loading  *Loading `json:"loading,omitempty"`
}

// Snapshot is a party as its members see it: the protocol's snapshot.
type Snapshot struct {
	ID       ID           `json:"id"`
	Game     GameID       `json:"game"`
	Revision uint64       `json:"revision"`
	Size     int          `json:"size"`
	Openness Openness     `json:"openness"`
	Leader   PlayerID     `json:"leader"`
	Members  []MemberView `json:"members"`
	Held     []SeatView   `json:"held"`
	Data     Data         `json:"data"`
	DataRev  uint64       `json:"dataRevision"`
	Landing  []Field      `json:"landing"`
	Invites  []InviteView `json:"invites"`
}

// MemberView is a member as the others see it.
type MemberView struct {
	ID     PlayerID `json:"id"`
	N      int      `json:"n"`
	Name   string   `json:"name"`
	Face   uint32   `json:"face"`
	State  Standing `json:"state"`
	Joined Time     `json:"joined"`
	Invite InviteID `json:"invite,omitempty"`
	By     PlayerID `json:"by,omitempty"`
	Status
}

// SeatView is a held seat as members see it.
type SeatView struct {
	N      int      `json:"n"`
	Name   string   `json:"name"`
	Face   uint32   `json:"face"`
	Invite InviteID `json:"invite"`
	By     PlayerID `json:"by"`
	Since  Time     `json:"since"`
}

// InviteView is a live link as members see it, without its code.
type InviteView struct {
	ID      InviteID `json:"id"`
	By      PlayerID `json:"by"`
	Made    Time     `json:"made"`
	Expires Time     `json:"expires"`
	MaxUses int      `json:"maxUses"`
	Uses    int      `json:"uses"`
	Message string   `json:"message"`
}

// View returns the party as its members see it at that time. status tells
// what no log holds; moved, if not nil, names players that a higher move has
// taken elsewhere: no view shows them (law 14).
func (s *State) View(now Time, status func(PlayerID) Status, moved func(*Member) bool) Snapshot {
	v := Snapshot{
		ID: s.ID, Game: s.Game, Revision: s.Revision, Size: s.Size, Openness: s.Openness, Leader: s.Leader,
		Members: []MemberView{}, Held: []SeatView{}, Data: s.Data, DataRev: s.DataRev,
		Landing: s.Landing, Invites: []InviteView{},
	}
	if v.Data == nil {
		v.Data = Data{}
	}
	if v.Landing == nil {
		v.Landing = []Field{}
	}
	for i := range s.Members {
		if m := &s.Members[i]; moved == nil || !moved(m) {
			v.Members = append(v.Members, m.view(status(m.Player)))
		}
	}
	for _, x := range s.Seats {
		v.Held = append(v.Held, x.view())
	}
	for _, i := range s.LiveInvites(now) {
		v.Invites = append(v.Invites, i.View())
	}
	return v
}

func (m *Member) view(st Status) MemberView {
	if m.State == In {
		st.Loading = nil
	}
	return MemberView{m.Player, m.N, m.Name, m.Face, m.State, m.Joined, m.Invite, m.By, st}
}

func (x Seat) view() SeatView {
	return SeatView{x.N, x.Name, x.Face, x.Invite, x.By, x.Since}
}

// View returns the link as members see it.
func (i *Invite) View() InviteView {
	return InviteView{i.ID, i.By, i.Made, i.Expires, i.MaxUses, i.Uses, i.Message}
}

// EventView is an event as members see it: one row of the protocol's table.
// Only the members of its type are set.
type EventView struct {
	Type     string      `json:"type"`
	N        int         `json:"n,omitempty"`
	Seat     *SeatView   `json:"seat,omitempty"`
	Member   *MemberView `json:"member,omitempty"`
	Leader   *PlayerID   `json:"leader,omitempty"`
	Reason   Reason      `json:"reason,omitempty"`
	Data     *Data       `json:"data,omitempty"`
	Revision uint64      `json:"revision,omitempty"`
	Landing  *[]Field    `json:"landing,omitempty"`
	Invite   any         `json:"invite,omitempty"` // InviteView when made, InviteID after
	Uses     int         `json:"uses,omitempty"`
	Name     string      `json:"name,omitempty"`
}

// Events returns what members see of an entry. before is the state without
// it; it is applied to a copy as the events are read.
func (s *State) Events(e Entry) []EventView {
	at := s.Clone()
	var views []EventView
	for _, event := range e.Events {
		views = append(views, at.event(event)...)
		at.evolve(event, e.At)
		if j, ok := event.(Joined); ok {
			if i := at.Invite(j.Member.Invite); i != nil {
				views = append(views, EventView{Type: "used", Invite: i.ID, Uses: i.Uses})
			}
		}
	}
	return views
}

func (s *State) event(e Event) []EventView {
	switch e := e.(type) {
	case SeatHeld:
		return []EventView{{Type: "held", Seat: new(e.Seat.view())}}
	case SeatLapsed:
		if x := s.Seat(e.Seat); x != nil {
			return []EventView{{Type: "lapsed", N: x.N}}
		}
	case Joined:
		return []EventView{{Type: "joined", Member: new(e.Member.view(Status{Presence: Connected}))}}
	case Finalized:
		if m := s.Member(e.Player); m != nil {
			return []EventView{{Type: "finalized", N: m.N}}
		}
	case Left:
		if m := s.Member(e.Player); m != nil {
			return []EventView{{Type: "left", N: m.N, Reason: e.Reason}}
		}
	case Crowned:
		return []EventView{{Type: "leader", Leader: new(e.Leader), Reason: e.Reason}}
	case DataSet:
		return []EventView{{Type: "data", Data: new(e.Data), Revision: s.DataRev + 1}}
	case LandingSet:
		return []EventView{{Type: "landing", Landing: new(e.Fields)}}
	case Invited:
		return []EventView{{Type: "invited", Invite: e.Invite.View()}}
	case InviteRevoked:
		return []EventView{{Type: "revoked", Invite: e.Invite}}
	case Renamed:
		if m := s.Member(e.Player); m != nil {
			return []EventView{{Type: "renamed", N: m.N, Name: e.Name}}
		}
	}
	return nil
}

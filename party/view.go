package party

// Presence is whether a member's connection stands.
type Presence string

// The presences of a member.
const (
	Connected    Presence = "connected"
	Away         Presence = "away" // connected, with the game out of sight
	Reconnecting Presence = "reconnecting"
)

// Loading is what a loading member does, as it reported it.
type Loading struct {
	Phase    string   `json:"phase,omitempty"`
	Message  string   `json:"message,omitempty"`
	Progress *float64 `json:"progress,omitempty"` // 0 to 1
	Stalled  bool     `json:"stalled,omitempty"`  // no progress for StalledTime
	Seconds  int      `json:"seconds,omitempty"`  // until it is there, as measured from its progress
}

// Status is what members see of a member and no log holds.
type Status struct {
	Presence Presence `json:"presence"`
	Loading  *Loading `json:"loading,omitempty"`
}

// Snapshot is a party as its members see it: the protocol's snapshot.
type Snapshot struct {
	ID       ID            `json:"id"`
	Game     GameID        `json:"game"`
	Revision uint64        `json:"revision"`
	Size     int           `json:"size"`
	Openness Openness      `json:"openness"`
	Inviters Inviters      `json:"inviters"`
	Leader   PlayerID      `json:"leader"`
	Members  []MemberView  `json:"members"`
	Held     []SeatView    `json:"held"`
	Data     Data          `json:"data"`
	DataRev  uint64        `json:"dataRevision"`
	Landing  []Field       `json:"landing"`
	Invites  []InviteView  `json:"invites"`
	Match    *Match        `json:"match,omitempty"`
	Ready    *Ready        `json:"ready,omitempty"`
	Travel   *TravelView   `json:"travel,omitempty"`
	Outcasts []OutcastView `json:"outcasts"`
	Approve  bool          `json:"approve"`
	Line     int           `json:"line"` // how many wait for a seat
	Asks     []AskView     `json:"asks"`
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
	Data   Data     `json:"data,omitempty"`
	Follow Answered `json:"follow,omitempty"`
	Status
}

// AskView is somebody who asks to be let in, as members see it.
type AskView struct {
	N      int      `json:"n"`
	Player PlayerID `json:"player,omitempty"` // "" of a browser: who plays there is not known yet
	Name   string   `json:"name"`
	Face   uint32   `json:"face"`
	Since  Time     `json:"since"`
	By     InviteID `json:"invite"`
}

func (v Visitor) view() AskView { return AskView{v.N, v.Player, v.Name, v.Face, v.Since, v.Invite} }

// TravelView is a travel as members see it.
type TravelView struct {
	ID      string   `json:"id"`
	To      GameID   `json:"to"`
	Title   string   `json:"title"` // of that game
	By      PlayerID `json:"by"`
	Since   Time     `json:"since"`
	Until   Time     `json:"until"`
	Answers []Reply  `json:"answers"`
}

func (t *Travel) view() *TravelView {
	if t == nil {
		return nil
	}
	return &TravelView{t.ID, t.To, t.Title, t.By, t.Since, t.Until, t.Answers}
}

// OutcastView is somebody who is kept out, as members see it.
type OutcastView struct {
	N      int    `json:"n"`
	Name   string `json:"name"`
	Banned bool   `json:"banned"`
}

// SeatView is a held seat as members see it.
type SeatView struct {
	N      int      `json:"n"`
	Player PlayerID `json:"player,omitempty"` // as of an AskView
	Name   string   `json:"name"`
	Face   uint32   `json:"face"`
	Invite InviteID `json:"invite"`
	By     PlayerID `json:"by"`
	Since  Time     `json:"since"`
	Offer  Time     `json:"offer,omitempty"` // free for who was next in line, until then
	LetIn  bool     `json:"letIn,omitempty"` // for who asked, and has not pressed Start since
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
	For     PlayerID `json:"for,omitempty"`
	OnLeave OnLeave  `json:"onLeave,omitempty"`
}

// InviteStats is a live link with what came of it so far.
type InviteStats struct {
	InviteView
	Opens  int `json:"opens"`
	Starts int `json:"starts"`
}

// Stats returns the live links with their counts, oldest first.
func (s *State) Stats(now Time) []InviteStats {
	list := []InviteStats{}
	for _, i := range s.LiveInvites(now) {
		list = append(list, InviteStats{i.View(), i.Opens, i.Starts})
	}
	return list
}

// View returns the party as its members see it at that time. status tells
// what no log holds; moved, if not nil, names players that a higher move has
// taken elsewhere: no view shows them (law 14).
func (s *State) View(now Time, status func(PlayerID) Status, moved func(*Member) bool) Snapshot {
	v := Snapshot{
		ID: s.ID, Game: s.Game, Revision: s.Revision, Size: s.Size, Openness: s.Openness, Leader: s.Leader,
		Members: []MemberView{}, Held: []SeatView{}, Data: s.Data, DataRev: s.DataRev,
		Landing: s.Landing, Invites: []InviteView{}, Inviters: s.inviters(), Match: s.Match, Ready: s.Ready, Outcasts: []OutcastView{},
		Approve: s.Approve, Line: len(s.Line), Asks: []AskView{}, Travel: s.Travel.view(),
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
	for _, a := range s.Asks {
		v.Asks = append(v.Asks, a.view())
	}
	for _, o := range s.Outcasts {
		v.Outcasts = append(v.Outcasts, o.view())
	}
	return v
}

func (o Outcast) view() OutcastView { return OutcastView{o.N, o.Name, o.Banned} }

func (m *Member) view(st Status) MemberView {
	if m.State == In {
		st.Loading = nil
	}
	return MemberView{m.Player, m.N, m.Name, m.Face, m.State, m.Joined, m.Invite, m.By, m.Data, m.Follow, st}
}

func (x Seat) view() SeatView {
	return SeatView{x.N, x.Player, x.Name, x.Face, x.Invite, x.By, x.Since, x.Offer, x.LetIn}
}

// View returns the link as members see it.
func (i *Invite) View() InviteView {
	return InviteView{i.ID, i.By, i.Made, i.Expires, i.MaxUses, i.Uses, i.Message, i.For, i.OnLeave}
}

// EventView is an event as members see it: one row of the protocol's table.
// Only the members of its type are set.
type EventView struct {
	Type     string       `json:"type"`
	N        int          `json:"n,omitempty"`
	Seat     *SeatView    `json:"seat,omitempty"`
	Member   *MemberView  `json:"member,omitempty"`
	Before   int          `json:"before,omitempty"` // joined: number of the member it stands before
	Leader   *PlayerID    `json:"leader,omitempty"`
	Reason   Reason       `json:"reason,omitempty"`
	Data     *Data        `json:"data,omitempty"`
	Revision uint64       `json:"revision,omitempty"`
	Landing  *[]Field     `json:"landing,omitempty"`
	Openness Openness     `json:"openness,omitempty"`
	Inviters Inviters     `json:"inviters,omitempty"`
	Size     int          `json:"size,omitempty"`
	Outcast  *OutcastView `json:"outcast,omitempty"`
	Approve  *bool        `json:"approve,omitempty"`
	Ask      *AskView     `json:"ask,omitempty"`
	By       PlayerID     `json:"by,omitempty"`
	Match    **Match      `json:"match,omitempty"` // null: in none
	Answer   Answered     `json:"answer,omitempty"`
	Ready    any          `json:"ready,omitempty"` // Ready when asked, bool when it ended
	Yes      *bool        `json:"yes,omitempty"`
	Travel   **TravelView `json:"travel,omitempty"` // null: over
	Invite   any          `json:"invite,omitempty"` // InviteView when made, InviteID after
	Uses     int          `json:"uses,omitempty"`
	Name     string       `json:"name,omitempty"`
	ID       PlayerID     `json:"id,omitempty"` // the player's new one
}

// View returns what members see of an entry: one row of the protocol's table
// for each event that concerns them.
func (e Entry) View() []EventView {
	var views []EventView
	for _, event := range e.Events {
		if v, ok := viewEvent(event); ok {
			views = append(views, v)
		}
		if j, ok := event.(Joined); ok && j.Member.Invite != "" {
			views = append(views, EventView{Type: "used", Invite: j.Member.Invite, Uses: j.Uses})
		}
	}
	return views
}

func viewEvent(e Event) (EventView, bool) {
	v := EventView{Type: e.kind()}
	switch e := e.(type) {
	case SeatHeld:
		v.Seat = new(e.Seat.view())
	case SeatLapsed:
		v.N, v.Reason = e.N, e.Reason
	case Changed:
		v.Openness, v.Inviters, v.Size, v.Approve = e.Openness, e.Inviters, e.Size, new(e.Approve)
	case Queued:
		v.N = e.Visitor.N
	case Unqueued:
		v.N = e.N
	case Asked:
		v.Ask = new(e.Visitor.view())
	case AskAnswered:
		v.N, v.Answer, v.By = e.N, e.Answer, e.By
	case CastOut:
		v.Outcast = new(e.Outcast.view())
	case Readmitted:
		v.N = e.N
	case MemberSet:
		v.N, v.Data = e.N, new(e.Data)
	case MatchSet:
		v.Match = new(e.Match)
	case Followed:
		v.N, v.Answer = e.N, e.Answer
	case ReadyAsked:
		v.Ready = e.Ready
	case ReadyAnswered:
		v.N, v.Yes = e.N, new(e.Yes)
	case ReadyEnded:
		v.Reason, v.Ready = e.Reason, e.Ready
	case Joined:
		v.Member, v.Before = new(e.Member.view(Status{Presence: Connected})), e.Before
	case TravelSet:
		v.Travel = new(e.Travel.view())
	case Boarded:
		v.N, v.Yes = e.N, new(e.Yes)
	case Finalized:
		v.N = e.N
	case Left:
		v.N, v.Reason = e.N, e.Reason
	case Crowned:
		v.Leader, v.Reason = new(e.Leader), e.Reason
	case DataSet:
		v.Data, v.Revision = new(e.Data), e.Revision
	case LandingSet:
		v.Landing = new(e.Fields)
	case Invited:
		v.Invite = e.Invite.View()
	case Adopted:
		v.Type, v.Invite = "invited", e.Invite.View()
	case InviteRevoked:
		v.Invite = e.Invite
	case Renamed:
		v.N, v.Name = e.N, e.Name
	case Identified:
		v.N, v.ID = e.N, e.As
	default:
		return v, false
	}
	return v, true
}

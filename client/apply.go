package client

import (
	"encoding/json"
	"slices"

	"partykit/party"
)

// Change is one row of an event frame, by its type in docs/protocol.md. Only the
// members of its type are set.
type Change struct {
	Type     string             `json:"type"`
	N        int                `json:"n"`
	ID       party.PlayerID     `json:"id"` // that the member n has now
	Seat     *party.SeatView    `json:"seat"`
	Member   *party.MemberView  `json:"member"`
	Before   int                `json:"before"` // number of the member it stands before; 0: the last place
	Leader   *party.PlayerID    `json:"leader"`
	Reason   party.Reason       `json:"reason"`
	Data     party.Data         `json:"data"` // the party's, or a member's own
	Revision uint64             `json:"revision"`
	Landing  []party.Field      `json:"landing"`
	Openness party.Openness     `json:"openness"`
	Inviters party.Inviters     `json:"inviters"`
	Size     int                `json:"size"`
	Outcast  *party.OutcastView `json:"outcast"`
	Match    *party.Match       `json:"match"` // nil: in none
	Answer   party.Answered     `json:"answer"`
	Ready    ReadyRef           `json:"ready"`
	Yes      bool               `json:"yes"`
	Travel   *party.TravelView  `json:"travel"` // nil: over
	Approve  bool               `json:"approve"`
	Ask      *party.AskView     `json:"ask"`
	By       party.PlayerID     `json:"by"` // who answered
	Invite   InviteRef          `json:"invite"`
	Uses     int                `json:"uses"`
	Name     string             `json:"name"`
}

// ReadyRef is a ready check in a change: whole when it was asked, and when it
// ended whether everybody said yes.
type ReadyRef struct {
	Asked *party.Ready
	All   bool
}

// UnmarshalJSON reads either form.
func (r *ReadyRef) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '{' {
		return json.Unmarshal(b, &r.Asked)
	}
	return json.Unmarshal(b, &r.All)
}

// InviteRef is a link in a change: whole when it was made, its id after.
type InviteRef struct {
	ID   party.InviteID
	Made *party.InviteView
}

// UnmarshalJSON reads either form.
func (r *InviteRef) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &r.ID)
	}
	if err := json.Unmarshal(b, &r.Made); err != nil || r.Made == nil {
		return err
	}
	r.ID = r.Made.ID
	return nil
}

type eventFrame struct {
	Seq    uint64     `json:"seq"`
	Rev    uint64     `json:"rev"`
	At     party.Time `json:"at"`
	Events []Change   `json:"events"`
}

// apply returns the party after an event frame. Nothing that p holds is changed.
func apply(p party.Snapshot, f eventFrame) party.Snapshot {
	p.Revision = f.Rev
	for _, c := range f.Events {
		c.apply(&p)
	}
	return p
}

// apply changes the parts of p by replacing them. What a later version of the
// protocol may add changes nothing.
func (c Change) apply(p *party.Snapshot) {
	switch c.Type {
	case "held":
		if c.Seat != nil {
			p.Held = append(without(p.Held, func(s party.SeatView) bool { return s.N == c.Seat.N }), *c.Seat)
		}
	case "lapsed":
		p.Held = without(p.Held, func(s party.SeatView) bool { return s.N == c.N })
	case "joined":
		if c.Member != nil {
			p.Held = without(p.Held, func(s party.SeatView) bool { return s.N == c.Member.N })
			at := slices.IndexFunc(p.Members, func(m party.MemberView) bool { return m.N == c.Before })
			if at < 0 {
				at = len(p.Members)
			}
			p.Members = slices.Insert(slices.Clone(p.Members), at, *c.Member)
		}
	case "finalized":
		p.Members = changed(p.Members, c.N, func(m *party.MemberView) { m.State, m.Loading = party.In, nil })
	case "left":
		p.Members = without(p.Members, func(m party.MemberView) bool { return m.N == c.N })
	case "leader":
		if c.Leader != nil {
			p.Leader = *c.Leader
		}
	case "data":
		p.Data, p.DataRev = c.Data, c.Revision
	case "landing":
		p.Landing = c.Landing
	case "invited":
		if c.Invite.Made != nil {
			p.Invites = append(slices.Clip(p.Invites), *c.Invite.Made)
		}
	case "used":
		p.Invites = slices.Clone(p.Invites)
		for i := range p.Invites {
			if p.Invites[i].ID == c.Invite.ID {
				p.Invites[i].Uses = c.Uses
			}
		}
	case "revoked":
		p.Invites = without(p.Invites, func(i party.InviteView) bool { return i.ID == c.Invite.ID })
	case "renamed":
		p.Members = changed(p.Members, c.N, func(m *party.MemberView) { m.Name = c.Name })
	case "identified":
		c.identified(p)
	case "changed":
		p.Openness, p.Inviters, p.Size, p.Approve = c.Openness, c.Inviters, c.Size, c.Approve
	case "queued":
		p.Line++
	case "unqueued":
		p.Line--
	case "asked":
		if c.Ask != nil {
			p.Asks = append(slices.Clip(p.Asks), *c.Ask)
		}
	case "askAnswered":
		p.Asks = without(p.Asks, func(a party.AskView) bool { return a.N == c.N })
	case "castOut":
		if c.Outcast != nil {
			p.Outcasts = append(without(p.Outcasts, func(o party.OutcastView) bool { return o.N == c.Outcast.N }), *c.Outcast)
		}
	case "readmitted":
		p.Outcasts = without(p.Outcasts, func(o party.OutcastView) bool { return o.N == c.N })
	case "member":
		p.Members = changed(p.Members, c.N, func(m *party.MemberView) { m.Data = c.Data })
	case "match":
		c.match(p)
	case "followed":
		p.Members = changed(p.Members, c.N, func(m *party.MemberView) { m.Follow = c.Answer })
	case "ready":
		p.Ready = c.Ready.Asked
	case "answered":
		if p.Ready != nil {
			ready := *p.Ready
			ready.Answers = c.reply(ready.Answers)
			p.Ready = &ready
		}
	case "readyEnded":
		p.Ready = nil
	case "travel":
		p.Travel = c.Travel
	case "boarded":
		if p.Travel != nil {
			travel := *p.Travel
			travel.Answers = c.reply(travel.Answers)
			p.Travel = &travel
		}
	}
}

// identified puts the member's new id where its former one stood.
func (c Change) identified(p *party.Snapshot) {
	m := memberN(p.Members, c.N)
	if m == nil {
		return
	}
	former := m.ID
	renamed := func(id *party.PlayerID) {
		if *id == former {
			*id = c.ID
		}
	}
	renamed(&p.Leader)
	p.Members, p.Held, p.Invites = slices.Clone(p.Members), slices.Clone(p.Held), slices.Clone(p.Invites)
	for i := range p.Members {
		renamed(&p.Members[i].ID)
		renamed(&p.Members[i].By)
	}
	for i := range p.Held {
		renamed(&p.Held[i].By)
		renamed(&p.Held[i].Player)
	}
	p.Asks = slices.Clone(p.Asks)
	for i := range p.Asks {
		renamed(&p.Asks[i].Player)
	}
	for i := range p.Invites {
		renamed(&p.Invites[i].By)
		renamed(&p.Invites[i].For)
	}
	if p.Ready != nil {
		ready := *p.Ready
		renamed(&ready.By)
		p.Ready = &ready
	}
	if p.Travel != nil {
		travel := *p.Travel
		renamed(&travel.By)
		p.Travel = &travel
	}
}

// reply adds the member's answer, in the place of its former one.
func (c Change) reply(list []party.Reply) []party.Reply {
	return append(without(list, func(r party.Reply) bool { return r.N == c.N }), party.Reply{N: c.N, Yes: c.Yes})
}

// match takes the match; a new one is a new question to all but the leader.
func (c Change) match(p *party.Snapshot) {
	same := p.Match != nil && c.Match != nil && p.Match.ID == c.Match.ID
	p.Match = c.Match
	if same {
		return
	}
	p.Members = slices.Clone(p.Members)
	for i := range p.Members {
		p.Members[i].Follow = ""
		if c.Match != nil && p.Members[i].ID == p.Leader {
			p.Members[i].Follow = party.Yes
		}
	}
}

func without[T any](list []T, drop func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), drop)
}

func changed(list []party.MemberView, n int, change func(*party.MemberView)) []party.MemberView {
	list = slices.Clone(list)
	if m := memberN(list, n); m != nil {
		change(m)
	}
	return list
}

func memberN(list []party.MemberView, n int) *party.MemberView {
	if i := slices.IndexFunc(list, func(m party.MemberView) bool { return m.N == n }); i >= 0 {
		return &list[i]
	}
	return nil
}

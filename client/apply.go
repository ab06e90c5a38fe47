package client

import (
	"encoding/json"
	"slices"

	"partykit/party"
)

// Change is one row of an event frame, by its type in docs/protocol.md. Only the
// members of its type are set.
type Change struct {
	Type     string            `json:"type"`
	N        int               `json:"n"`
	Seat     *party.SeatView   `json:"seat"`
	Member   *party.MemberView `json:"member"`
	Leader   *party.PlayerID   `json:"leader"`
	Reason   party.Reason      `json:"reason"`
	Data     party.Data        `json:"data"`
	Revision uint64            `json:"revision"`
	Landing  []party.Field     `json:"landing"`
	Invite   InviteRef         `json:"invite"`
	Uses     int               `json:"uses"`
	Name     string            `json:"name"`
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
			p.Held = append(slices.Clip(p.Held), *c.Seat)
		}
	case "lapsed":
		p.Held = without(p.Held, func(s party.SeatView) bool { return s.N == c.N })
	case "joined":
		if c.Member != nil {
			p.Held = without(p.Held, func(s party.SeatView) bool { return s.N == c.Member.N })
			p.Members = append(slices.Clip(p.Members), *c.Member)
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

package host

import (
	"encoding/json"
	"slices"

	"partykit/party"
	"partykit/protocol"
)

// applied makes a party from what a client was sent, by docs/protocol.md alone.
func applied(log []received) (p party.Snapshot) {
	member := func(n int) *party.MemberView {
		i := slices.IndexFunc(p.Members, func(m party.MemberView) bool { return m.N == n })
		if i < 0 {
			return &party.MemberView{}
		}
		return &p.Members[i]
	}
	for _, r := range log {
		switch r.text["t"] {
		case "welcome", "party":
			var f struct{ Party party.Snapshot }
			read(r.raw, &f)
			p = f.Party
		case "status":
			var f protocol.Status
			read(r.raw, &f)
			member(f.N).Status = f.Status
		case "event":
			var f struct {
				Rev    uint64
				Events []struct {
					party.EventView
					Invite json.RawMessage `json:"invite"`
					Ready  json.RawMessage `json:"ready"`
				}
			}
			read(r.raw, &f)
			p.Revision = f.Rev
			for _, e := range f.Events {
				var id party.InviteID
				if len(e.Invite) > 0 && e.Invite[0] == '"' {
					read(e.Invite, &id)
				}
				switch e.Type {
				case "held":
					p.Held = append(p.Held, *e.Seat)
				case "lapsed":
					p.Held = slices.DeleteFunc(p.Held, func(x party.SeatView) bool { return x.N == e.N })
				case "joined":
					p.Held = slices.DeleteFunc(p.Held, func(x party.SeatView) bool { return x.N == e.Member.N })
					p.Members = append(p.Members, *e.Member)
				case "finalized":
					member(e.N).State, member(e.N).Loading = party.In, nil
				case "left":
					p.Members = slices.DeleteFunc(p.Members, func(m party.MemberView) bool { return m.N == e.N })
				case "leader":
					p.Leader = *e.Leader
				case "data":
					p.Data, p.DataRev = *e.Data, e.Revision
				case "landing":
					p.Landing = *e.Landing
				case "invited":
					var i party.InviteView
					read(e.Invite, &i)
					p.Invites = append(p.Invites, i)
				case "used":
					for i := range p.Invites {
						if p.Invites[i].ID == id {
							p.Invites[i].Uses = e.Uses
						}
					}
				case "revoked":
					p.Invites = slices.DeleteFunc(p.Invites, func(i party.InviteView) bool { return i.ID == id })
				case "renamed":
					member(e.N).Name = e.Name
				case "identified": // a party frame follows
				default:
					together(&p, member, e.EventView, e.Ready)
				}
			}
		}
	}
	return p
}

// together applies what members do with one another.
func together(p *party.Snapshot, member func(int) *party.MemberView, e party.EventView, ready json.RawMessage) {
	switch e.Type {
	case "changed":
		p.Openness, p.Inviters, p.Size, p.Approve = e.Openness, e.Inviters, e.Size, *e.Approve
	case "castOut":
		p.Outcasts = append(slices.DeleteFunc(p.Outcasts, func(o party.OutcastView) bool { return o.N == e.Outcast.N }), *e.Outcast)
	case "readmitted":
		p.Outcasts = slices.DeleteFunc(p.Outcasts, func(o party.OutcastView) bool { return o.N == e.N })
	case "member":
		member(e.N).Data = *e.Data
	case "match":
		var match *party.Match // null is read as no member at all
		if e.Match != nil {
			match = *e.Match
		}
		asked := match == nil || p.Match == nil || match.ID != p.Match.ID
		p.Match = match
		for i := range p.Members {
			if asked {
				p.Members[i].Follow = ""
			}
			if asked && match != nil && p.Members[i].ID == p.Leader {
				p.Members[i].Follow = party.Yes
			}
		}
	case "followed":
		member(e.N).Follow = e.Answer
	case "ready":
		p.Ready = new(party.Ready)
		read(ready, p.Ready)
	case "answered":
		p.Ready.Answers = append(slices.DeleteFunc(p.Ready.Answers, func(r party.Reply) bool { return r.N == e.N }), party.Reply{N: e.N, Yes: *e.Yes})
	case "readyEnded":
		p.Ready = nil
	}
}

func read(b []byte, v any) {
	if err := json.Unmarshal(b, v); err != nil {
		panic(err)
	}
}

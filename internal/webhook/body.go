package webhook

import (
	"encoding/json"
	"fmt"
	"time"

	"partykit/internal/engine"
	"partykit/party"
)

// Body is what is posted.
type Body struct {
	Type      party.NoticeType `json:"type"`
	Timestamp time.Time        `json:"timestamp"` // when it happened
	Data      Data             `json:"data"`
}

// Data says what happened. Only the members of its type are there.
type Data struct {
	Game     string            `json:"game"`
	Party    string            `json:"party"`
	Number   uint64            `json:"number"`   // of the party's notices, from 1 without a gap
	Revision uint64            `json:"revision"` // of the party, after it
	Seq      uint64            `json:"seq"`      // its place in the order of the party
	N        int               `json:"n,omitempty"`
	Member   *Member           `json:"member,omitempty"`
	Members  []Member          `json:"members,omitempty"`
	ID       party.PlayerID    `json:"id,omitempty"`     // who a member is now
	Former   party.PlayerID    `json:"former,omitempty"` // the guest it was
	Leader   *party.PlayerID   `json:"leader,omitempty"` // "": nobody is left
	Reason   party.Reason      `json:"reason,omitempty"`
	Match    **party.Match     `json:"match,omitempty"`  // null: none
	Invite   party.InviteID    `json:"invite,omitempty"` // its id, never its code
	Made     *party.InviteView `json:"made,omitempty"`
	Uses     int               `json:"uses,omitempty"`
}

// Member is a member as a notice tells it.
type Member struct {
	ID     party.PlayerID `json:"id"`
	N      int            `json:"n"`
	Name   string         `json:"name"`
	State  party.Standing `json:"state"`
	Joined party.Time     `json:"joined"`
	Invite party.InviteID `json:"invite,omitempty"`
	By     party.PlayerID `json:"by,omitempty"`
}

func member(m party.MemberView) Member {
	return Member{m.ID, m.N, m.Name, m.State, m.Joined, m.Invite, m.By}
}

// compose returns the id and the body of a notice.
func compose(r engine.Record, e party.Entry, n party.Notice) (id string, body []byte, err error) {
	d := Data{
		Game: r.Ref.Game, Party: r.Ref.Party, Number: n.Number, Revision: e.Rev, Seq: r.Seq,
		N: n.N, ID: n.Player, Former: n.Former, Leader: n.Leader, Reason: n.Reason, Invite: n.Invite, Made: n.Made, Uses: n.Uses,
	}
	if n.Member != nil {
		d.Member = new(member(*n.Member))
	}
	for _, m := range n.Members {
		d.Members = append(d.Members, member(m))
	}
	if n.Type == party.MatchChanged {
		d.Match = new(n.Match)
	}
	// The time keeps apart what a log whose end was lost numbers again.
	id = fmt.Sprintf("%s-%d-%d", r.Ref.Party, n.Number, e.At)
	body, err = json.Marshal(Body{n.Type, time.UnixMilli(int64(e.At)).UTC(), d})
	return id, body, err
}

package conformance

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"partykit/client"
	"partykit/party"
)

// with is what acts are done with; README.md says which takes what.
type with struct {
	Replaces string          `json:"replaces"` // invite: what the story calls the link that ends by this one
	As       string          `json:"as"`       // invite: what the story calls the link; identify: an account
	Link     string          `json:"link"`     // a link by the story's name
	Spoken   json.RawMessage `json:"spoken"`
	Party    string          `json:"party"` // a player's
	Who      json.RawMessage `json:"who"`   // a player, or a number
	Name     string          `json:"name"`
	Has      party.Needs     `json:"has"`
	Account  string          `json:"account"`
	Way      string          `json:"way"` // a player's, to the other game
	Reason   string          `json:"reason"`
	Confirm  bool            `json:"confirm"`
	Onward   bool            `json:"onward"`
	Success  *bool           `json:"success"`
	Set      map[string]any  `json:"set"`
	Patch    map[string]any  `json:"patch"`
	If       *uint64         `json:"if"`
	Fields   []party.Field   `json:"fields"`
	Ban      bool            `json:"ban"`
	Yes      *bool           `json:"yes"`
	Text     string          `json:"text"`
	JSON     json.RawMessage `json:"json"`
	Bytes    string          `json:"bytes"` // in hexadecimal
	To       string          `json:"to"`
	Channel  *byte           `json:"channel"`
	Match    *party.Match    `json:"match"`
	Within   int             `json:"within"` // seconds
	Keep     bool            `json:"keep"`
	Phase    string          `json:"phase"`
	Message  string          `json:"message"`
	Progress *float64        `json:"progress"`
	Away     bool            `json:"away"`

	Expires  int             `json:"expires"` // seconds
	MaxUses  int             `json:"maxUses"`
	Until    string          `json:"until"`
	For      string          `json:"for"`
	OnLeave  party.OnLeave   `json:"onLeave"`
	Payload  json.RawMessage `json:"payload"`
	Requires party.Needs     `json:"requires"`

	Openness party.Openness `json:"openness"`
	Inviters party.Inviters `json:"inviters"`
	Size     int            `json:"size"`
	Approve  *bool          `json:"approve"`
}

// ofTheWire are the acts that concern the connection itself.
var ofTheWire = map[string]bool{"drop": true, "return": true, "reload": true, "close": true}

// acts is what a player can do.
var acts = map[string]func(ctx context.Context, c *cast, p *player, w with) error{
	"start": func(ctx context.Context, c *cast, p *player, w with) error {
		o := client.Options{URL: c.server, Game: gameID, Name: p.name, Has: w.Has}
		if w.Name != "" {
			o.Name = w.Name
		}
		if w.Account != "" {
			o.Identity = c.account(w.Account, p.name)
		}
		if w.Way != "" {
			o.Game, o.Origin, o.Ticket = otherID, origin, c.players[w.Way].way.Ticket
		}
		return p.begin(ctx, o)
	},
	"reload": func(ctx context.Context, _ *cast, p *player, _ with) error {
		o := p.kit.Saved()
		p.kit.Close()
		p.reading.Wait()
		return p.begin(ctx, o)
	},
	"close":  func(_ context.Context, _ *cast, p *player, _ with) error { p.kit.Close(); return nil },
	"drop":   func(_ context.Context, _ *cast, p *player, _ with) error { p.wire.drop(); return nil },
	"deafen": func(_ context.Context, _ *cast, p *player, _ with) error { p.wire.deafen(); return nil },
	"return": func(ctx context.Context, _ *cast, p *player, _ with) error { p.wire.restore(); return p.settle(ctx) },
	"away":   func(_ context.Context, _ *cast, p *player, w with) error { p.kit.Away(w.Away); return nil },

	"invite": func(ctx context.Context, c *cast, p *player, w with) error {
		o := client.InviteOptions{
			Expires: time.Duration(w.Expires) * time.Second, MaxUses: w.MaxUses, Message: w.Message, UntilEmpty: w.Until == "empty",
			OnLeave: w.OnLeave, Payload: w.Payload, Requires: w.Requires, Spoken: string(w.Spoken) == "true",
		}
		if w.For != "" {
			o.For = c.players[w.For].kit.You().ID
		}
		if w.Replaces != "" {
			o.Replaces = c.links[w.Replaces].ID
		}
		link, err := p.kit.Invite(ctx, o)
		if err == nil {
			c.links[w.As] = link
		}
		return err
	},
	"revoke": func(ctx context.Context, c *cast, p *player, w with) error {
		return p.kit.Revoke(ctx, c.links[w.Link].ID)
	},
	"join": func(ctx context.Context, c *cast, p *player, w with) error {
		o := client.JoinOptions{Code: c.code(w), Confirm: w.Confirm, Onward: w.Onward}
		if w.Party != "" {
			o.Party = c.players[w.Party].kit.Snapshot().ID
		}
		return p.kit.Join(ctx, o)
	},
	"leave": func(ctx context.Context, _ *cast, p *player, _ with) error { return p.kit.Leave(ctx) },
	"finalize": func(ctx context.Context, _ *cast, p *player, w with) error {
		return p.kit.Finalize(ctx, yes(w.Success))
	},
	"loading": func(_ context.Context, _ *cast, p *player, w with) error {
		p.kit.Loading(client.Loading{Phase: w.Phase, Message: w.Message, Progress: w.Progress})
		return nil
	},
	"rename": func(ctx context.Context, _ *cast, p *player, w with) error {
		_, err := p.kit.Rename(ctx, w.Name)
		return err
	},
	"identify": func(ctx context.Context, c *cast, p *player, w with) error {
		return p.kit.Identify(ctx, client.IdentifyOptions{Identity: c.account(w.Account, p.name), Confirm: w.Confirm})
	},

	"data": func(ctx context.Context, _ *cast, p *player, w with) error {
		var only []client.IfRevision
		if w.If != nil {
			only = append(only, client.IfRevision(*w.If))
		}
		set, values := p.kit.SetData, w.Set
		if w.Patch != nil {
			set, values = p.kit.PatchData, w.Patch
		}
		_, err := set(ctx, values, only...)
		return err
	},
	"landing": func(ctx context.Context, _ *cast, p *player, w with) error {
		_, err := p.kit.SetLanding(ctx, w.Fields)
		return err
	},
	"member": func(ctx context.Context, _ *cast, p *player, w with) error {
		if w.Patch != nil {
			return p.kit.PatchMemberData(ctx, w.Patch)
		}
		return p.kit.SetMemberData(ctx, w.Set)
	},

	"settings": func(ctx context.Context, _ *cast, p *player, w with) error {
		return p.kit.SetSettings(ctx, client.Settings{Openness: w.Openness, Inviters: w.Inviters, Size: w.Size, Approve: w.Approve})
	},
	"promote": func(ctx context.Context, c *cast, p *player, w with) error {
		return p.kit.Promote(ctx, c.number(p, w.Who))
	},
	"kick": func(ctx context.Context, c *cast, p *player, w with) error {
		if w.Ban {
			return p.kit.Ban(ctx, c.number(p, w.Who))
		}
		return p.kit.Kick(ctx, c.number(p, w.Who))
	},
	"readmit": func(ctx context.Context, c *cast, p *player, w with) error {
		return p.kit.Readmit(ctx, c.number(p, w.Who))
	},

	"wait":    func(ctx context.Context, c *cast, p *player, w with) error { return p.kit.WaitInLine(ctx, c.code(w)) },
	"ask":     func(ctx context.Context, c *cast, p *player, w with) error { return p.kit.AskToJoin(ctx, c.code(w)) },
	"go away": func(ctx context.Context, _ *cast, p *player, _ with) error { return p.kit.LeaveLine(ctx) },
	"admit": func(ctx context.Context, c *cast, p *player, w with) error {
		return p.kit.Admit(ctx, c.number(p, w.Who), yes(w.Yes))
	},

	"match": func(ctx context.Context, _ *cast, p *player, w with) error { return p.kit.SetMatch(ctx, w.Match) },
	"follow": func(ctx context.Context, _ *cast, p *player, w with) error {
		into := ""
		if match := p.kit.Snapshot().Match; match != nil {
			into = match.ID
		}
		return p.kit.Follow(ctx, into, yes(w.Yes))
	},
	"ask ready": func(ctx context.Context, _ *cast, p *player, w with) error {
		return p.kit.AskReady(ctx, client.ReadyOptions{Within: time.Duration(w.Within) * time.Second, Keep: w.Keep})
	},
	"answer": func(ctx context.Context, _ *cast, p *player, w with) error { return p.kit.AnswerReady(ctx, yes(w.Yes)) },
	"cancel": func(ctx context.Context, _ *cast, p *player, _ with) error { return p.kit.CancelReady(ctx) },

	"travel": func(ctx context.Context, _ *cast, p *player, w with) (err error) {
		p.way, err = p.kit.Travel(ctx, otherID, client.TravelOptions{Payload: w.Payload, Within: time.Duration(w.Within) * time.Second})
		return err
	},
	"call off": func(ctx context.Context, _ *cast, p *player, _ with) error { return p.kit.CancelTravel(ctx) },
	"board": func(ctx context.Context, _ *cast, p *player, w with) (err error) {
		travel := ""
		if t := p.kit.Snapshot().Travel; t != nil {
			travel = t.ID
		}
		p.way, err = p.kit.Board(ctx, travel, yes(w.Yes))
		return err
	},
	"report": func(ctx context.Context, c *cast, p *player, w with) error {
		return p.kit.Report(ctx, c.number(p, w.Who), w.Reason)
	},

	"chat": func(ctx context.Context, _ *cast, p *player, w with) error { return p.kit.Chat(ctx, w.Text) },
	"send": func(ctx context.Context, c *cast, p *player, w with) error {
		m := client.Outgoing{JSON: w.JSON != nil, Payload: w.JSON}
		if !m.JSON {
			b, err := hex.DecodeString(w.Bytes)
			if err != nil {
				return err
			}
			m.Payload = b
		}
		if w.To != "" {
			m.To = c.players[w.To].kit.You().N
		}
		if w.Channel != nil {
			p.kit.SendVolatile(*w.Channel, m)
			return nil
		}
		seq, err := p.kit.Send(ctx, m)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.sent[seq] = true
		return err
	},
}

// yes is what a story means that does not say no.
func yes(b *bool) bool { return b == nil || *b }

// code is what a player has of a link: its address, or what was read out.
func (c *cast) code(w with) string {
	var spoken string
	if json.Unmarshal(w.Spoken, &spoken) == nil && spoken != "" {
		return c.links[spoken].Spoken
	}
	return c.links[w.Link].URL
}

// number is a member's number as p sees it, or the number that the story names.
func (c *cast) number(p *player, who json.RawMessage) int {
	var n int
	if json.Unmarshal(who, &n) == nil {
		return n
	}
	var name string
	if json.Unmarshal(who, &name) == nil {
		if other := c.players[name]; other != nil {
			for _, m := range p.kit.Snapshot().Members {
				if m.ID == other.kit.You().ID {
					return m.N
				}
			}
		}
	}
	panic(fmt.Sprintf("%s knows no member %s", p.name, who))
}

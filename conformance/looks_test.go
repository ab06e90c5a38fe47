package conformance

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/go-cmp/cmp"

	"partykit/client"
)

// looks is what a step may say that a player sees and hears. Each waits until
// it is so.
var looks = map[string]func(ctx context.Context, c *cast, p *player, want json.RawMessage) error{
	"sees": func(ctx context.Context, c *cast, p *player, want json.RawMessage) error {
		return p.until(ctx, func() error { return c.fits(want, c.seen(p)) })
	},
	"hears": func(ctx context.Context, c *cast, p *player, want json.RawMessage) error {
		var list []any
		if err := json.Unmarshal(want, &list); err != nil {
			return err
		}
		return p.until(ctx, func() error {
			n := min(len(list), len(p.heard))
			if err := c.fits(want, p.heard[:n]); err != nil {
				return err
			}
			p.heard = p.heard[n:]
			return nil
		})
	},
	"moved": func(ctx context.Context, c *cast, p *player, want json.RawMessage) error {
		return p.until(ctx, func() error { return c.fits(want, p.moved) })
	},
	"at the door": func(ctx context.Context, c *cast, p *player, want json.RawMessage) error {
		return p.until(ctx, func() error { return c.fits(want, atDoor(p.door)) })
	},
	"ended": func(ctx context.Context, _ *cast, p *player, _ json.RawMessage) error {
		return p.until(ctx, func() error {
			if p.ended == nil {
				return fmt.Errorf("still runs")
			}
			return nil
		})
	},
	"log": func(ctx context.Context, c *cast, p *player, want json.RawMessage) error {
		return p.until(ctx, func() error { return c.fits(want, p.here().lines()) })
	},
}

// seen is the party as a player sees it, with who it is itself.
func (c *cast) seen(p *player) any {
	return struct {
		Party   any             `json:"party"`
		Acting  any             `json:"acting"`
		You     any             `json:"you"`
		Payload json.RawMessage `json:"payload,omitempty"`
		Chat    []string        `json:"chat"`
	}{p.kit.Snapshot(), client.Acting(p.kit.Snapshot()), p.kit.You(), p.kit.InvitePayload(), chat(p.kit)}
}

func chat(kit *client.Client) []string {
	lines := []string{}
	for _, line := range kit.ChatHistory() {
		lines = append(lines, line.Name+": "+line.Text)
	}
	return lines
}

func atDoor(d *client.Door) map[string]any {
	if d == nil {
		return nil
	}
	m := map[string]any{"problem": d.Problem, "canAsk": d.CanAsk, "line": d.Line, "stage": "closed"}
	if d.You != nil {
		m["stage"], m["place"], m["reason"] = d.You.Stage, d.You.Place, d.You.Reason
	}
	return m
}

// fits reports where what is there is not as the story wants it: of an object
// the members that are named, of a list all.
func (c *cast) fits(want json.RawMessage, there any) error {
	var w, g any
	if err := json.Unmarshal(want, &w); err != nil {
		return err
	}
	b, err := json.Marshal(there)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, &g); err != nil {
		return err
	}
	g = part(w, c.named(g))
	if diff := cmp.Diff(w, g); diff != "" {
		return fmt.Errorf("it is not so (-want +got):\n%s", diff)
	}
	return nil
}

// part is what there is, without what the story does not speak of. Nothing is
// the same as zero.
func part(want, there any) any {
	switch w := want.(type) {
	case map[string]any:
		t, ok := there.(map[string]any)
		if !ok {
			return there
		}
		found := map[string]any{}
		for k, v := range w {
			found[k] = part(v, t[k])
		}
		return found
	case []any:
		t, ok := there.([]any)
		if !ok {
			return there
		}
		found := slices.Clone(t)
		for i := range min(len(w), len(t)) {
			found[i] = part(w[i], t[i])
		}
		return found
	case nil:
		if there == "" {
			return nil
		}
	}
	return there
}

// named puts the story's names in the place of ids.
func (c *cast) named(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = c.named(v[k])
		}
	case []any:
		for i := range v {
			v[i] = c.named(v[i])
		}
	case string:
		for _, runs := range []bool{true, false} { // who has ended may live on in another connection
			for name, p := range c.players {
				if p.kit != nil && (p.kit.Err() == nil) == runs && string(p.kit.You().ID) == v {
					return name
				}
			}
		}
		for name, link := range c.links {
			if string(link.ID) == v {
				return name
			}
		}
	}
	return v
}

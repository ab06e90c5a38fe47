package host

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"partykit/internal/engine"
	"partykit/party"
)

// The log is the truth, compare-and-append the only fence.
func TestAPartyIsWhatItsLogSays(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, _ := w.pair("a")
		a.ok("data", map[string]any{"set": map[string]any{"level": "meadow"}})
		b.ok("rename", map[string]any{"name": "Bo"})
		node := w.hosts["a"].o.Node
		loaded, err := node.Load(t.Context(), ref("demo", party.ID(home)))
		if err != nil {
			t.Fatal(err)
		}
		folded, err := restore(loaded)
		if err != nil {
			t.Fatal(err)
		}
		w.on("a", home, func(p *live) {
			if diff := cmp.Diff(p.state, folded); diff != "" {
				t.Errorf("the log tells another party (-served +log):\n%s", diff)
			}
		})
	})
}

// Of two hosts that decide at once one loses the append,
// takes what the other wrote, and decides again.
func TestALostAppendIsDecidedAgain(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.host("b")
		a := w.hello("a", 1)
		home := a.lastParty()
		code := a.invite(nil)
		b := w.hello("b", 2)
		b.ok("join", map[string]any{"code": code})
		for i := range 20 { // both commands are under way before either comes back
			a.next++
			b.next++
			a.session.Text(nil, fmt.Appendf(nil, `{"t":"rename","id":%d,"name":"Ada%d"}`, a.next, i))
			b.session.Text(nil, fmt.Appendf(nil, `{"t":"rename","id":%d,"name":"Bob%d"}`, b.next, i))
			synctest.Wait()
		}
		for _, c := range []*client{a, b} {
			answers := 0
			for _, f := range c.frames() {
				if f["t"] == "ok" && f["name"] != nil {
					answers++
				}
				if f["t"] == "error" {
					t.Errorf("a rename failed: %v", f)
				}
			}
			if answers != 20 {
				t.Errorf("guest %d got %d answers to 20 renames", c.n, answers)
			}
		}
		records, err := w.hosts["a"].o.Node.Read(t.Context(), ref("demo", party.ID(home)), 0, engine.Event)
		if err != nil {
			t.Fatal(err)
		}
		renames := 0
		for _, r := range records {
			e, err := party.DecodeEntry(r.Data)
			if err != nil {
				t.Fatal(err)
			}
			for _, event := range e.Events {
				if _, ok := event.(party.Renamed); ok {
					renames++
				}
			}
		}
		if renames != 40 {
			t.Errorf("the log holds %d renames, want 40", renames)
		}
		w.sameEverywhere(home, "a", "b")
	})
}

// A command that is repeated applies once and answers the same,
// here, on another host and after a crash; one that is too old is told so.
func TestACommandAppliesOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, _, home, _ := w.pair("a")
		first := a.ok("invite", map[string]any{"maxUses": 3})
		id := a.next
		renamed := a.ok("rename", map[string]any{"name": "Ada"})
		again := func(c *client, where string) {
			t.Helper()
			got := c.redo(id, "invite", map[string]any{"maxUses": 3})
			for _, k := range []string{"code", "url", "seq"} {
				if got[k] != first[k] {
					t.Errorf("%s: %s of the repeated invite is %v, was %v", where, k, got[k], first[k])
				}
			}
			if got := c.redo(id+1, "rename", map[string]any{"name": "Ada"}); got["seq"] != renamed["seq"] {
				t.Errorf("%s: the repeated rename has sequence %v, had %v", where, got["seq"], renamed["seq"])
			}
		}
		again(a, "the same connection")
		a.drop()
		a = a.back("a")
		again(a, "a new connection")
		w.crash("a")
		w.host("b")
		a = a.back("b")
		again(a, "after a crash")
		w.on("b", home, func(p *live) {
			if n := len(p.state.Invites); n != 2 {
				t.Errorf("%d links were made of 2", n)
			}
		})
		for i := range 20 {
			a.ok("rename", map[string]any{"name": fmt.Sprint("Ada ", i)})
		}
		if got := a.redo(id, "invite", nil); got["code"] != string(party.StaleCommand) {
			t.Errorf("a command of 20 commands ago answered %v", got)
		}
	})
}

// What was answered is there after a crash. The engine's own tests
// cut the power.
func TestAcknowledgedIsDurable(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, _ := w.pair("a")
		for i := range 30 {
			a.ok("data", map[string]any{"patch": map[string]any{fmt.Sprint("k", i): i}})
			b.reliable(uint64(i+1), 0, fmt.Sprint("m", i))
		}
		acked := len(b.acks())
		w.crash("a")
		w.host("b")
		a.back("b")
		if acked != 30 {
			t.Errorf("%d of 30 messages were acknowledged", acked)
		}
		w.on("b", home, func(p *live) {
			if len(p.state.Data) != 30 {
				t.Errorf("%d of 30 acknowledged patches are there", len(p.state.Data))
			}
		})
	})
}

// Everybody sees one order, which keeps each sender's own.
func TestOneOrderForAll(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.host("b")
		a := w.hello("a", 1)
		code := a.invite(nil)
		b, c := w.hello("b", 2), w.hello("b", 3)
		b.ok("join", map[string]any{"code": code})
		c.ok("join", map[string]any{"code": code})
		d := w.hello("a", 4)
		d.ok("join", map[string]any{"code": code})
		from := d.seq()
		for i := range 12 { // events and messages of two senders on two hosts, all at once
			for _, x := range []*client{a, b} {
				x.next++
				x.session.Text(nil, fmt.Appendf(nil, `{"t":"rename","id":%d,"name":"N%d-%d"}`, x.next, x.n, i))
				x.reliable(uint64(i+1), 0, fmt.Sprintf("%d-%d", x.n, i))
			}
		}
		synctest.Wait()
		shared := func(x *client) (list []string) {
			for _, r := range x.received() {
				switch {
				case r.text["t"] == "event" && r.text["seq"].(float64) > from:
					e := r.text["events"].([]any)[0].(map[string]any)
					list = append(list, fmt.Sprintf("%v %v %v", r.text["seq"], e["type"], e["name"]))
				case r.message.Reliable:
					list = append(list, fmt.Sprintf("%d %s", r.message.ID, r.message.Payload))
				}
			}
			return list
		}
		want := shared(c)
		if len(want) != 48 {
			t.Fatalf("48 things happened, %d were shown:\n%s", len(want), strings.Join(want, "\n"))
		}
		if diff := cmp.Diff(want, shared(d)); diff != "" {
			t.Errorf("two members on two hosts saw different orders:\n%s", diff)
		}
		for _, x := range []string{"1", "2"} {
			var own []string
			for _, line := range want {
				if _, what, _ := strings.Cut(line, " "); strings.HasPrefix(what, x+"-") || strings.HasPrefix(what, "renamed N"+x+"-") {
					own = append(own, what)
				}
			}
			for i := range 12 {
				if len(own) != 24 || own[2*i] != fmt.Sprintf("renamed N%s-%d", x, i) || own[2*i+1] != fmt.Sprintf("%s-%d", x, i) {
					t.Fatalf("what %s sent came in another order: %v", x, own)
				}
			}
		}
	})
}

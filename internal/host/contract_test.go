package host

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"partykit/internal/engine"
	"partykit/internal/limit"
	"partykit/party"
)

// pair makes a party of two on one host: its leader, a member that is in, and
// its id.
func (w *world) pair(on string) (a, b *client, home, code string) {
	w.t.Helper()
	a = w.hello(on, 1)
	home, code = a.lastParty(), a.invite(nil)
	b = w.hello(on, 2)
	b.ok("join", map[string]any{"code": code})
	b.ok("finalize", map[string]any{"success": true})
	return a, b, home, code
}

// Contract 1: the log is the truth, compare-and-append the only fence.
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

// Contract 1 and 2: of two hosts that decide at once one loses the append,
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

// sameEverywhere checks that hosts hold one state.
func (w *world) sameEverywhere(id string, hosts ...string) {
	w.t.Helper()
	synctest.Wait()
	var first *party.State
	for _, h := range hosts {
		w.on(h, id, func(p *live) {
			if first == nil {
				first = p.state.Clone()
			} else if diff := cmp.Diff(first, p.state); diff != "" {
				w.t.Errorf("hosts %v tell different parties:\n%s", hosts, diff)
			}
		})
	}
}

// Contract 2: a command that is repeated applies once and answers the same,
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

// Contract 3: what was answered is there after a crash. The engine's own tests
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

// Contract 4: everybody sees one order, which keeps each sender's own.
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

// Contract 5: a host that missed entries reads them, before it shows what
// came after.
func TestAGapIsRead(t *testing.T) {
	for name, next := range map[string]func(*client){
		"seen by a message": func(a *client) { a.reliable(2, 0, "two") },
		"seen by an event":  func(a *client) { a.ok("rename", map[string]any{"name": "Ada"}) },
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				w.host("b")
				a := w.hello("a", 1)
				home, code := a.lastParty(), a.invite(nil)
				b := w.hello("b", 2)
				b.ok("join", map[string]any{"code": code})
				w.on("b", home, func(p *live) { // as if the subscription had dropped them
					p.follow.Stop()
					p.follow = nil
				})
				a.ok("data", map[string]any{"set": map[string]any{"level": "meadow"}})
				a.reliable(1, 0, "one")
				synctest.Wait()
				w.on("b", home, func(p *live) {
					if err := p.listen(); err != nil {
						t.Error(err)
					}
				})
				if err := w.hosts["b"].o.Node.Flush(t.Context()); err != nil {
					t.Fatal(err)
				}
				next(a)
				time.Sleep(time.Second)
				if got := b.messages(); len(got) == 0 || got[0] != "one" {
					t.Errorf("the messages are %v", got)
				}
				seq := 0.0
				for _, r := range b.received() {
					if r.text["t"] == "event" {
						seq = inOrder(t, seq, r.text["seq"].(float64))
					}
				}
				if !slices.Contains(b.events(), "data") {
					t.Errorf("the events are %v", b.events())
				}
				w.sameEverywhere(home, "a", "b")
			})
		})
	}
}

// Contract 7: a move is the one append in the new party; a crash after it and
// before the old one is told is finished by who reads next.
func TestAMoveIsFinishedByTheNextReader(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		_, b, old, _ := w.pair("a")
		c := w.hello("a", 3)
		home, code := c.lastParty(), c.invite(nil)

		// What a host does that ends between the two appends.
		h := w.hosts["a"]
		b.drop()
		l, err := h.linkOf(t.Context(), "demo", code, limit.Guesser{})
		if err != nil {
			t.Fatal(err)
		}
		state := func(id string) *party.State {
			t.Helper()
			loaded, err := h.o.Node.Load(t.Context(), ref("demo", party.ID(id)))
			if err != nil {
				t.Fatal(err)
			}
			s, err := restore(loaded)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		x, y := state(old), state(home)
		m := x.Members[1]
		events, err := party.Decide(y, party.Join{
			Player: m.Player, Name: m.Name, Face: m.Face, Seat: "s1", Invite: l.Invite, Move: m.Move + 1,
			From: x.ID, Session: m.Session, Hash: x.Session(m.Session).Hash,
		}, now(), party.Known{})
		if err != nil {
			t.Fatal(err)
		}
		entry := y.Entry(now(), nil, events)
		data, err := entry.Encode()
		if err != nil {
			t.Fatal(err)
		}
		w.crash("a")
		node, err := w.engine.Connect("between")
		if err != nil {
			t.Fatal(err)
		}
		wrote := make(chan error, 1)
		node.Append(ref("demo", y.ID), y.Seq, data, 24*time.Hour, func(_ uint64, err error) { wrote <- err })
		if err := <-wrote; err != nil {
			t.Fatal(err)
		}
		node.Close()

		w.host("b")
		w.wantParty("b", home, "*1:in:reconnecting 2:loading:reconnecting") // the next reader
		w.wantParty("b", old, "*1:in:reconnecting")
		w.on("b", old, func(p *live) {
			if len(p.state.Members) != 1 {
				t.Error("the lower membership is hidden and was not removed")
			}
		})
		// The player itself knows nothing of it, and is led to where it is.
		again := b.back("b")
		if got := again.lastParty(); got != home {
			t.Errorf("the player is in %s, not in the party it moved to", got)
		}
	})
}

// Contract 7: no view shows a membership with a lower number than the player
// has elsewhere, also before it is removed.
func TestNoViewShowsALowerMove(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		_, _, home, code := w.pair("a")
		h := w.hosts["a"]
		w.on("a", home, func(p *live) {
			m := p.state.Members[1]
			h.moved("demo", m.Player, whereabouts{"pelsewhere", m.Move + 1})
		})
		w.wantParty("a", home, "*1:in:connected")
		if v, err := h.Invitation(t.Context(), code, "", netip.Addr{}); err != nil || len(v.Members) != 1 {
			t.Errorf("the invite page shows %d members, %v", len(v.Members), err)
		}
		w.on("a", home, func(p *live) {
			m := p.state.Members[1]
			h.moved("demo", m.Player, whereabouts{"pelsewhere", m.Move - 1})
		})
		if got, _ := h.whereIs("demo", "nobody"); got.party != "" {
			t.Error("a player that never was here is somewhere")
		}
		w.wantParty("a", home, "*1:in:connected") // the higher move still wins
	})
}

// Contract 7: a reserved use lapses by itself, and gives its use back, when
// whoever reserved it is never heard of again.
func TestACrashAfterTheHoldGivesItsUseBack(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home := a.lastParty()
		code := a.invite(map[string]any{"maxUses": 1})
		w.press("a", code, "00000000000000000000000000000001")
		w.wantParty("a", home, "*1:in:connected (2)")
		w.crash("a")
		w.host("b")
		a.back("b")
		if _, err := w.hosts["b"].Start(t.Context(), code, "00000000000000000000000000000002", someone); failure(err).Code != party.UsedUp {
			t.Errorf("while the use is reserved, Start answers %v", err)
		}
		time.Sleep(party.DefaultRules.SeatClosed + time.Second)
		w.wantParty("b", home, "*1:in:connected")
		if _, err := w.hosts["b"].Start(t.Context(), code, "00000000000000000000000000000002", someone); err != nil {
			t.Errorf("the use was not given back: %v", err)
		}
	})
}

// Contract 8: presence and loading are told to a host that becomes interested,
// and are in no log.
func TestStatusesAreToldToANewListener(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.host("b")
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)
		b := w.hello("a", 2)
		b.ok("join", map[string]any{"code": code})
		_, before := w.entries(home)
		b.session.Text(nil, []byte(`{"t":"loading","phase":"downloading","progress":0.25}`))
		w.wantParty("b", home, "*1:in:connected 2:loading:connected")
		w.on("b", home, func(p *live) {
			l := p.status(p.state.Members[1].Player).Loading
			if l == nil || l.Phase != "downloading" || *l.Progress != 0.25 {
				t.Errorf("the new listener was told %+v", l)
			}
		})
		if _, after := w.entries(home); after != before {
			t.Errorf("a report made %d entries", after-before)
		}
		// A member that comes to the new host is not taken for lost by the old.
		b.drop()
		b.back("b")
		time.Sleep(party.DefaultRules.GraceLoad + time.Second)
		w.wantParty("a", home, "*1:in:connected 2:loading:connected")
		w.wantParty("b", home, "*1:in:connected 2:loading:connected")
	})
}

// entries counts what the log holds of a party.
func (w *world) entries(id string) (events, all int) {
	w.t.Helper()
	for _, h := range w.hosts {
		records, err := h.o.Node.Read(w.t.Context(), ref("demo", party.ID(id)), 0)
		if err != nil {
			w.t.Fatal(err)
		}
		return count(records, engine.Event), len(records)
	}
	return 0, 0
}

// Contract 9: a party of one is not stored and not followed.
func TestAloneCostsNothing(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		var alone []*client
		for n := range 20 {
			c := w.hello("a", n+1)
			c.ok("data", map[string]any{"set": map[string]any{"level": n}})
			c.ok("rename", map[string]any{"name": fmt.Sprint("Guest ", n)})
			c.reliable(1, 0, "to nobody")
			alone = append(alone, c)
		}
		for _, c := range alone {
			if _, all := w.entries(c.lastParty()); all != 0 {
				t.Fatalf("a party of one has %d entries", all)
			}
			w.on("a", c.lastParty(), func(p *live) {
				if p.follow != nil || len(p.remote.stops) != 0 || p.logged {
					t.Error("a party of one listens to the engine")
				}
			})
			c.drop()
		}
		time.Sleep(party.DefaultRules.GraceIn + keepIdle + time.Second)
		for _, c := range alone {
			if w.has("a", c.lastParty()) {
				t.Fatal("a party of one outlives its player")
			}
		}
	})
}

// Contract 9: the log ends after ten minutes alone without a live link, and
// begins again with the next.
func TestTheLogEndsAloneAndBeginsAgain(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home := a.lastParty()
		invite := a.ok("invite", nil)["invite"].(map[string]any)["id"]
		a.ok("data", map[string]any{"set": map[string]any{"level": "meadow"}})
		a.ok("revoke", map[string]any{"invite": invite})
		time.Sleep(party.AloneLimit - time.Second)
		logged := func() (l bool) { w.on("a", home, func(p *live) { l = p.logged }); return l }
		if !logged() {
			t.Fatal("the log ended early")
		}
		time.Sleep(2 * time.Second)
		if logged() {
			t.Fatal("the log goes on without need")
		}
		events, _ := w.entries(home)
		a.ok("rename", map[string]any{"name": "Ada"})
		if more, _ := w.entries(home); more != events {
			t.Error("a party of one wrote")
		}
		if a.lastParty() != home {
			t.Error("the player was moved")
		}
		a.drop()
		a = a.back("a")
		code := a.invite(nil)
		if !logged() {
			t.Fatal("the log did not begin again")
		}
		b := w.hello("a", 2)
		b.ok("join", map[string]any{"code": code})
		if v := b.snapshot(); v["data"].(map[string]any)["level"] != "meadow" {
			t.Errorf("the newcomer sees %v", v["data"])
		}
		w.crash("a")
		w.host("b")
		w.wantParty("b", home, "*1:in:reconnecting 2:loading:reconnecting")
	})
}

// snapshot is the last whole party the client was sent.
func (c *client) snapshot() (v map[string]any) {
	for _, f := range c.frames() {
		if p, ok := f["party"].(map[string]any); ok {
			v = p
		}
	}
	return v
}

// Contract 10: volatile messages go to members here without a hop, once to
// other hosts that listen, and nowhere when none does.
func TestVolatileMessagesStayLocal(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, code := w.pair("a")
		spy := w.spy(home)
		a.volatile(0, "here")
		if got := b.messages(); !cmp.Equal(got, []string{"here"}) {
			t.Fatalf("the member here got %v", got)
		}
		if n := spy(); n != 0 {
			t.Fatalf("%d publishes with nobody remote", n)
		}
		for _, name := range []string{"b", "c"} {
			w.host(name)
			x := w.hello(name, 10+len(w.hosts))
			x.ok("join", map[string]any{"code": code})
		}
		before := spy()
		a.volatile(0, "everywhere")
		if n := spy() - before; n != 1 {
			t.Errorf("%d publishes for two hosts that listen, want 1", n)
		}
		for _, name := range []string{"b", "c"} {
			w.on(name, home, func(p *live) {
				for _, s := range p.sessions {
					if got := s.conn.(*client).log; string(got[len(got)-1].message.Payload) != "everywhere" {
						t.Errorf("the member on %s did not get it", name)
					}
				}
			})
		}
		if _, all := w.entries(home); all == 0 {
			t.Fatal("no log")
		}
		if events, all := w.entries(home); events != all {
			t.Error("a volatile message is in the log")
		}
	})
}

// spy counts what is published about a party.
func (w *world) spy(id string) func() int {
	w.t.Helper()
	node, err := w.engine.Connect("spy")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(node.Close)
	n := 0
	if _, err := node.Subscribe("v.demo."+id, func([]byte) { n++ }); err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	if err := node.Flush(ctx); err != nil {
		w.t.Fatal(err)
	}
	return func() int { synctest.Wait(); return n }
}

package host

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
	"partykit/party"
	"partykit/protocol"
)

// failed counts the answers with a code.
func (c *client) failed(code party.Code) (n int) {
	for _, f := range c.frames() {
		if f["t"] == "error" && f["code"] == string(code) {
			n++
		}
	}
	return n
}

func TestLimitsAreAnsweredNotPunished(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, _, _ := w.pair("a")
		time.Sleep(time.Minute)
		for range 100 {
			a.next++
			a.session.Text(nil, fmt.Appendf(nil, `{"t":"invites","id":%d}`, a.next))
		}
		if n := a.failed(party.RateLimited); n != 40 {
			t.Errorf("of 100 commands at once %d were over the limit of 60", n)
		}
		for _, f := range a.frames() {
			if f["code"] == string(party.RateLimited) && !(f["retryAfter"].(float64) > 0) {
				t.Fatalf("a refusal does not say when to come again: %v", f)
			}
		}
		for i := range 60 {
			a.reliable(uint64(i+1), 0, "x")
		}
		if got := len(a.acks()); got != 50 {
			t.Errorf("of 60 messages at once %d were taken, want 50", got)
		}
		if n := a.failed(party.RateLimited); n != 50 {
			t.Errorf("%d refusals, want 10 of them for messages", n-40)
		}
		for range 200 {
			a.volatile(0, "v")
		}
		if got := len(b.messages()) - 50; got != 120 {
			t.Errorf("of 200 volatile messages at once %d were passed on, want 120", got)
		}
		if n := a.failed(party.RateLimited); n != 51 {
			t.Errorf("%d refusals of volatile messages within a second, want 1", n-50)
		}
		time.Sleep(2 * time.Second)
		a.ok("rename", map[string]any{"name": "Ada"})
		a.reliable(51, 0, "later") // a refused id is taken when it comes again
		if _, ok := a.acks()[51]; !ok || a.closedWith() != 0 {
			t.Errorf("after a pause the client is not served: acked %v, closed with %d", ok, a.closedWith())
		}
		for range 3000 {
			a.session.Text(nil, []byte(`{"t":"ping"}`))
		}
		if a.closedWith() != protocol.RateLimited {
			t.Errorf("abuse was closed with %d", a.closedWith())
		}
	})
}

func TestReportsAreCoalescedNeverRefused(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)
		b := w.hello("a", 2)
		b.ok("join", map[string]any{"code": code})
		count := func() (n int, last map[string]any) {
			for _, f := range a.frames() {
				if f["t"] == "status" && f["n"] == 2.0 && f["loading"] != nil {
					n++
					last = f["loading"].(map[string]any)
				}
			}
			return n, last
		}
		before, _ := count()
		for i := range 100 { // over one second
			b.session.Text(nil, fmt.Appendf(nil, `{"t":"loading","phase":"downloading","progress":%v}`, float64(i+1)/100))
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(time.Second)
		n, last := count()
		if n -= before; n < 4 || n > 5 || last["progress"] != 1.0 {
			t.Errorf("100 reports in a second were told %d times, the last as %v", n, last)
		}
		if len(b.failedAny()) != 0 {
			t.Errorf("a report was refused: %v", b.failedAny())
		}
		for range 12 { // the same again and again is no progress
			b.session.Text(nil, []byte(`{"t":"loading","phase":"downloading","progress":1}`))
			time.Sleep(time.Second)
		}
		if _, last := count(); last["stalled"] != true {
			t.Errorf("after 12 s without progress the others see %v", last)
		}
		time.Sleep(time.Hour)
		w.wantParty("a", home, "*1:in:connected 2:loading:connected") // a silent one is never dropped
		b.session.Text(nil, []byte(`{"t":"loading","progress":2}`))
		if b.failed(party.BadRequest) != 1 {
			t.Error("a progress of 2 was taken")
		}
	})
}

func (c *client) failedAny() (list []any) {
	for _, f := range c.frames() {
		if f["t"] == "error" {
			list = append(list, f)
		}
	}
	return list
}

func TestDataLimits(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, _ := w.pair("a")
		many := map[string]any{}
		for i := range party.MaxDataKeys + 1 {
			many[fmt.Sprint("k", i)] = i
		}
		for name, set := range map[string]map[string]any{
			"too many keys": many,
			"a long key":    {strings.Repeat("k", party.MaxDataKey+1): 1},
			"a long value":  {"k": strings.Repeat("v", party.MaxDataValue)},
			"too much in all": {
				"a": strings.Repeat("v", 4000), "b": strings.Repeat("v", 4000), "c": strings.Repeat("v", 4000),
				"d": strings.Repeat("v", 4000), "e": strings.Repeat("v", 4000),
			},
		} {
			for who, c := range map[string]*client{"the leader": a, "a waiting member": b} {
				if f := c.do("data", map[string]any{"set": set}); f["code"] != string(party.TooLarge) {
					t.Errorf("%s of %s: %v", name, who, f["code"])
				}
			}
		}
		a.fails(party.BadRequest, "data", nil)
		a.ok("data", map[string]any{"set": map[string]any{"level": "meadow"}})
		a.ok("data", map[string]any{"patch": map[string]any{"mode": "race"}})
		w.on("a", home, func(p *live) {
			if len(p.state.Data) != 2 {
				t.Errorf("the data is %s", p.state.Data)
			}
		})
	})
}

// Patches that are sent without waiting for each other all count.
func TestPatchesInARow(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, _, home, _ := w.pair("a")
		for i := range 10 {
			a.next++
			a.session.Text(nil, fmt.Appendf(nil, `{"t":"data","id":%d,"patch":{"k%d":%d}}`, a.next, i, i))
		}
		synctest.Wait()
		w.on("a", home, func(p *live) {
			if len(p.state.Data) != 10 {
				t.Errorf("of 10 patches %d are there", len(p.state.Data))
			}
		})
	})
}

func TestPartyTooLarge(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, code := w.pair("a")
		w.on("a", home, func(p *live) { // as after very many players of very many links
			i := &p.state.Invites[0]
			for n := range 6000 {
				i.Used = append(i.Used, party.Use{Player: party.PlayerID(fmt.Sprintf("g%032d", n)), Seat: party.SeatID(fmt.Sprintf("%026d", n))})
			}
			p.size = engine.MaxSnapshot
		})
		a.fails(party.PartyTooLarge, "data", map[string]any{"set": map[string]any{"level": "meadow"}})
		a.fails(party.PartyTooLarge, "invite", nil)
		c := w.hello("a", 3)
		c.fails(party.PartyTooLarge, "join", map[string]any{"code": code})
		b.ok("leave", nil) // what makes it smaller is always possible
		w.wantParty("a", home, "*1:in:connected")
	})
}

// Commands wait for an engine that does not answer, for 15 s, and nothing is
// lost or done twice when it does again.
func TestAnEngineThatDoesNotAnswer(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, _, home, _ := w.pair("a")
		release := w.holds("a", home)
		began := time.Now()
		a.next++
		id := a.next
		a.session.Text(nil, fmt.Appendf(nil, `{"t":"rename","id":%d,"name":"Ada"}`, id))
		a.reliable(1, 0, "x")
		a.next++
		a.session.Text(nil, fmt.Appendf(nil, `{"t":"invite","id":%d}`, a.next))
		time.Sleep(patience - 100*time.Millisecond)
		if n := len(a.failedAny()); n != 0 {
			t.Fatalf("answered after %v: %v", time.Since(began), a.failedAny())
		}
		time.Sleep(200 * time.Millisecond)
		if n := a.failed(party.Unavailable); n != 3 {
			t.Errorf("%d of 3 requests were answered unavailable by 15 s: %v", n, a.failedAny())
		}
		release()
		a.ok("rename", map[string]any{"name": "Ada"})
		a.reliable(1, 0, "x")
		if _, ok := a.acks()[1]; !ok {
			t.Error("the message is not taken any more")
		}
	})
}

// With the engine gone, a command is answered at once and a hello is not taken
// in beside its party; with the engine back, all that was acknowledged is there.
func TestTheEngineGoesAndComes(t *testing.T) {
	dir := t.TempDir()
	storyIn(t, dir, func(t *testing.T, w *world) {
		a, b, home, _ := w.pair("a")
		a.ok("data", map[string]any{"set": map[string]any{"level": "meadow"}})
		b.drop()
		if err := w.engine.Close(); err != nil {
			t.Fatal(err)
		}
		a.fails(party.Unavailable, "rename", map[string]any{"name": "Ada"})
		if _, err := w.tryHello("a", 2, resuming(b, b.seq())); failure(err).Code != party.Unavailable {
			t.Errorf("a hello without an engine: %v", err)
		}
		w.crash("a")
		w.engine = enginetest.OpenWith(w.t, engine.Options{Dir: dir})
		w.host("b")
		a, b = a.back("b"), b.back("b")
		if a.welcome()["t"] != "resumed" || b.welcome()["t"] != "resumed" {
			t.Errorf("after the engine came back: %v, %v", a.welcome(), b.welcome())
		}
		w.wantParty("b", home, "*1:in:connected 2:in:connected")
		w.on("b", home, func(p *live) {
			if len(p.state.Data) != 1 || p.state.Members[0].Name == "Ada" {
				t.Error("what was acknowledged is not what is there")
			}
		})
	})
}

func TestNewGuestsAreCounted(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.hosts["a"].o.NewGuest = func(string, netip.Addr) (bool, time.Duration) { return false, time.Second }
		if _, err := w.tryHello("a", 1); failure(err).Code != party.RateLimited || failure(err).RetryAfter != time.Second {
			t.Errorf("a new guest over the limit: %v", err)
		}
		token := w.keys.Issue("demo", guest(1), "Ada", time.Now())
		c := w.hello("a", 1, func(c *Caller) { c.Hello.Token = token })
		if name := c.welcome()["you"].(map[string]any)["name"]; name != "Ada" {
			t.Errorf("the known guest is called %v", name)
		}
		w.hello("a", 1) // one that is here is not new
	})
}

func TestCloseTellsEverybodyAndEndsAll(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, code := w.pair("a")
		page := w.open("a", code, 1)
		for i := range 30 { // under load
			a.next++
			a.session.Text(nil, fmt.Appendf(nil, `{"t":"rename","id":%d,"name":"Ada%d"}`, a.next, i))
			b.reliable(uint64(i+1), 0, "x")
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := w.hosts["a"].Close(ctx); err != nil {
			t.Fatal(err)
		}
		if a.closedWith() != protocol.GoingAway || b.closedWith() != protocol.GoingAway {
			t.Errorf("clients were closed with %d and %d", a.closedWith(), b.closedWith())
		}
		// All of these must return, and do nothing.
		page.Visible(true)
		page.Close()
		a.session.Text(nil, []byte(`{"t":"ping"}`))
		a.session.Gone()
		if _, err := w.tryHello("a", 3); failure(err).Code != party.Unavailable {
			t.Errorf("a hello after Close: %v", err)
		}
		if _, err := w.hosts["a"].Invitation(t.Context(), code, "", netip.Addr{}); failure(err).Code != party.Unavailable {
			t.Errorf("a page after Close: %v", err)
		}
		if _, err := w.hosts["a"].OpenPage(t.Context(), code, browser(2), someone); failure(err).Code != party.Unavailable {
			t.Errorf("a live page after Close: %v", err)
		}
		node := w.hosts["a"].o.Node
		loaded, err := node.Load(t.Context(), ref("demo", party.ID(home)))
		if err != nil || len(loaded.Events) != 0 {
			t.Errorf("%d events lie after the last snapshot, %v", len(loaded.Events), err)
		}
		w.host("b")
		if f := a.back("b").welcome(); f["t"] != "resumed" {
			t.Errorf("after the restart: %v", f)
		}
	})
}

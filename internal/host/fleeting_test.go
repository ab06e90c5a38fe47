package host

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"partykit/party"
)

// Presence and loading are told to a host that becomes interested,
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

// Volatile messages go to members here without a hop, once to
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

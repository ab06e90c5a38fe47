package host

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"partykit/internal/auth"
	"partykit/party"
)

func TestTheLeadersTools(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, code := w.pair("a")
		b.fails(party.NotAllowed, "promote", map[string]any{"n": 2})
		b.fails(party.NotAllowed, "settings", map[string]any{"size": 3})
		a.ok("settings", map[string]any{"openness": "locked"})
		c := w.hello("a", 3)
		c.fails(party.Locked, "join", map[string]any{"code": code})
		a.ok("settings", map[string]any{"openness": "open", "size": 3})
		c.ok("join", map[string]any{"party": home})
		w.wantParty("a", home, "*1:in:connected 2:in:connected 3:loading:connected")
		a.ok("promote", map[string]any{"n": 2})
		w.wantParty("a", home, "1:in:connected *2:in:connected 3:loading:connected")
		b.ok("kick", map[string]any{"n": 3})
		w.wantParty("a", home, "1:in:connected *2:in:connected")
		if c.lastParty() == home {
			t.Fatal("who was kicked is still there")
		}
		c.fails(party.Banned, "join", map[string]any{"code": code})
		b.ok("readmit", map[string]any{"n": 3})
		c.ok("join", map[string]any{"code": code})
	})
}

func TestAKickSticksToTheBrowser(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, _, home, code := w.pair("a")
		browser := auth.Browser()
		ticket, page := w.press("a", code, browser)
		defer page.Close()
		w.hello("a", 3, ticketed(ticket))
		a.ok("kick", map[string]any{"n": 3})
		w.wantParty("a", home, "*1:in:connected 2:in:connected")
		v, err := w.hosts["a"].Invitation(t.Context(), code, browser, netip.Addr{})
		if err != nil || v.Problem != party.Banned {
			t.Fatalf("the browser's page shows %q, %v", v.Problem, err)
		}
		if v, _ := w.hosts["a"].Invitation(t.Context(), code, auth.Browser(), netip.Addr{}); v.Problem != "" {
			t.Fatalf("everybody's page shows %q", v.Problem)
		}
	})
}

func TestMemberDataMatchAndReady(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, _, _ := w.pair("a")
		b.ok("member", map[string]any{"set": map[string]any{"hero": "owl"}})
		b.ok("member", map[string]any{"patch": map[string]any{"team": "red"}})
		a.ok("match", map[string]any{"match": map[string]any{"id": "m1", "connection": map[string]any{"ip": "::1"}, "joinable": true, "free": 2}})
		b.fails(party.NotFound, "follow", map[string]any{"into": "m0", "yes": true})
		b.ok("follow", map[string]any{"into": "m1", "yes": true})
		a.ok("ready", map[string]any{"within": 10})
		b.ok("answer", map[string]any{"yes": true})
		a.ok("answer", map[string]any{"yes": true})
		a.ok("ready", map[string]any{"within": 10})
		time.Sleep(11 * time.Second)
		got := strings.Join(b.events(), " ")
		want := "finalized member member match followed ready answered answered readyEnded ready readyEnded"
		if !strings.HasSuffix(got, want) {
			t.Fatalf("the friend saw %s, want …%s", got, want)
		}
	})
}

func TestDataByRevision(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, _, _, _ := w.pair("a")
		a.ok("data", map[string]any{"set": map[string]any{"level": "meadow"}, "if": 0})
		e := a.fails(party.RevisionConflict, "data", map[string]any{"patch": map[string]any{"level": "ruins"}, "if": 0})
		if e["dataRevision"] != 1.0 || e["data"].(map[string]any)["level"] != "meadow" {
			t.Fatalf("the conflict tells %v", e)
		}
		a.ok("data", map[string]any{"patch": map[string]any{"level": "ruins"}, "if": 1})
	})
}

// chatTexts is what a client was shown of the chat.
func (c *client) chatTexts() (texts []string) {
	for _, f := range c.frames() {
		if f["t"] == "chat" {
			texts = append(texts, f["text"].(string))
		}
	}
	return texts
}

func TestChat(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, _, code := w.pair("a")
		a.ok("chat", map[string]any{"text": "Hello\u202e!"})
		b.ok("chat", map[string]any{"text": "Hi."})
		for _, c := range []*client{a, b} {
			if got := strings.Join(c.chatTexts(), " "); got != "Hello! Hi." {
				t.Fatalf("the chat is %q", got)
			}
		}
		a.fails(party.TooLarge, "chat", map[string]any{"text": strings.Repeat("x", 501)})
		for _, nothing := range []string{"", "  ", "\u200b"} {
			a.fails(party.BadRequest, "chat", map[string]any{"text": nothing})
		}
		for range 4 {
			a.ok("chat", map[string]any{"text": "…"})
		}
		a.fails(party.RateLimited, "chat", map[string]any{"text": "…"})
		w.crash("a")
		w.host("b")
		b2 := w.hello("b", 2, resuming(b, b.seq()))
		b2.redo(3, "chat", map[string]any{"text": "Hi."}) // repeated: written once
		c := w.hello("b", 3)
		c.ok("join", map[string]any{"code": code})
		for _, f := range c.frames() {
			if f["t"] == "party" {
				if n := len(f["chat"].([]any)); n != 6 {
					t.Fatalf("a newcomer is told %d lines, want 6", n)
				}
			}
		}
	})
}

func TestAway(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, _, home, _ := w.pair("a")
		a.session.Text(nil, []byte(`{"t":"away","away":true}`))
		w.wantParty("a", home, "*1:in:away 2:in:connected")
		a.session.Text(nil, []byte(`{"t":"away"}`))
		w.wantParty("a", home, "*1:in:connected 2:in:connected")
	})
}

func TestTheActingLeader(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, _, code := w.pair("a")
		c := w.hello("a", 3)
		c.ok("join", map[string]any{"code": code})
		a.session.Gone()
		time.Sleep(time.Second)
		b.ok("data", map[string]any{"set": map[string]any{"level": "ruins"}})
		b.fails(party.NotAllowed, "promote", map[string]any{"n": 2})
		b.ok("kick", map[string]any{"n": 3})
	})
}

func TestTheTimeToArrivalIsMeasured(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		b := w.hello("a", 2)
		b.ok("join", map[string]any{"code": a.invite(nil)})
		for i := range 5 {
			b.session.Text(nil, fmt.Appendf(nil, `{"t":"loading","phase":"downloading","progress":%v}`, float64(i)/10))
			time.Sleep(time.Second)
		}
		frames := a.frames()
		last := frames[len(frames)-1]["loading"].(map[string]any)
		if got := last["seconds"]; got != 6.0 {
			t.Fatalf("at 40 %% after 4 s it takes another %v s, want 6", got)
		}
		b.session.Text(nil, []byte(`{"t":"loading","phase":"tutorial"}`))
		time.Sleep(time.Second)
		frames = a.frames()
		if last := frames[len(frames)-1]["loading"].(map[string]any); last["seconds"] != nil {
			t.Fatalf("a phase without progress takes %v s", last["seconds"])
		}
	})
}

package client

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"partykit/party"
)

// TestEachCallIsItsCommand compares each call with its row in docs/protocol.md.
func TestEachCallIsItsCommand(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		id := 0
		call := func(want, answer string, do func() (any, error), result any) {
			t.Helper()
			id++
			type outcome struct {
				value any
				err   error
			}
			done := make(chan outcome, 1)
			go func() { v, err := do(); done <- outcome{v, err} }()
			l.want(fmt.Sprintf(want, id))
			l.say(fmt.Sprintf(`{"t":"ok","id":%d,"seq":11%s}`, id, answer))
			got := <-done
			if diff := cmp.Diff(result, got.value); diff != "" || got.err != nil {
				t.Errorf("%s: %v (-want +got):\n%s", want, got.err, diff)
			}
		}
		ctx := t.Context()
		call(`{"t":"invites","id":%d}`, `,"invites":[{"id":"i1","uses":2,"opens":5,"starts":3}]`, func() (any, error) { return c.Invites(ctx) }, []party.InviteStats{{InviteView: party.InviteView{ID: "i1", Uses: 2}, Opens: 5, Starts: 3}})
		call(`{"t":"revoke","id":%d,"invite":"i1"}`, ``, func() (any, error) { return nil, c.Revoke(ctx, "i1") }, nil)
		call(`{"t":"data","id":%d,"set":{"a":1,"b":2}}`, `,"waiting":true`, func() (any, error) { return c.SetData(ctx, map[string]any{"a": 1, "b": 2}) }, true)
		call(`{"t":"data","id":%d,"patch":{"a":null,"c":[3]}}`, `,"waiting":true`, func() (any, error) { return c.PatchData(ctx, map[string]any{"a": nil, "c": []int{3}}) }, true)
		call(`{"t":"landing","id":%d,"fields":[]}`, ``, func() (any, error) { return c.SetLanding(ctx, nil) }, false)
		call(`{"t":"landing","id":%d,"fields":[{"id":"title","label":"","value":"Ruins"}]}`, ``, func() (any, error) { return c.SetLanding(ctx, []party.Field{{ID: "title", Value: "Ruins"}}) }, false)
		call(`{"t":"finalize","id":%d,"success":false}`, ``, func() (any, error) { return nil, c.Finalize(ctx, false) }, nil)
		call(`{"t":"rename","id":%d,"name":"Ada"}`, `,"name":"Ada 2"`, func() (any, error) { return c.Rename(ctx, "Ada") }, "Ada 2")

		call(`{"t":"board","id":%d,"yes":true,"travel":"tone"}`, `,"ticket":"abc","url":"https://moon.example/#partykit=abc"`, func() (any, error) { return c.Board(ctx, "tone", true) }, Way{"abc", "https://moon.example/#partykit=abc"})

		own := c.Saved().Own
		if diff := cmp.Diff(party.Data{"b": []byte("2"), "c": []byte("[3]")}, own.Data); diff != "" {
			t.Errorf("what was set and is said again after a reconnect (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]party.Field{{ID: "title", Value: "Ruins"}}, own.Landing); diff != "" {
			t.Errorf("the landing info, likewise (-want +got):\n%s", diff)
		}

		go c.SendVolatile(5, Outgoing{To: 2, JSON: true, Payload: []byte(`1`)})
		if got := l.hear(); got != "\x01\x05\x01\x021" {
			t.Errorf("a volatile message is %q", got)
		}
	})
}

func TestCommandsAreNumberedAndAnswered(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		go c.Invite(t.Context(), InviteOptions{Expires: time.Hour, MaxUses: 3, Message: "hi"})
		l.want(`{"t":"invite","id":1,"expires":3600,"maxUses":3,"message":"hi"}`)
		joined := make(chan error)
		go func() { joined <- c.Join(t.Context(), JoinOptions{Code: "abc"}) }()
		l.want(`{"t":"join","id":2,"code":"abc"}`)
		l.say(`{"t":"error","id":2,"code":"confirm_required","message":"ask","invite":{"from":"Ada","game":"demo","size":2}}`)
		err, _ := errors.AsType[*Error](<-joined)
		if err == nil || err.Code != party.ConfirmRequired || err.Invite == nil || err.Invite.From != "Ada" {
			t.Errorf("join failed with %+v", err)
		}
		set := make(chan bool)
		go func() { waiting, _ := c.SetData(t.Context(), nil); set <- waiting }()
		l.want(`{"t":"data","id":3,"set":{}}`)
		l.say(`{"t":"ok","id":3,"seq":0,"waiting":true}`)
		if !<-set {
			t.Error("the set should wait")
		}
		if d := c.Saved().Own.Data; d == nil || len(d) != 0 {
			t.Errorf("own data is %v; want the empty set that was made", d)
		}
		l.say(`{"t":"ok","id":1,"seq":11,"invite":{"id":"i1"},"code":"c","url":"https://host.example/join/c"}`)
	})
}

func TestNotMoreThan16CommandsWait(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		for range 20 {
			go c.Leave(t.Context())
		}
		for range 16 {
			l.hear()
		}
		heard := make(chan string, 1)
		go func() { heard <- l.hear() }()
		synctest.Wait()
		if len(heard) > 0 {
			t.Fatalf("a 17th command came: %s", <-heard)
		}
		l.say(`{"t":"ok","id":5}`)
		if got := <-heard; got != `{"t":"leave","id":17}` {
			t.Errorf("heard %s", got)
		}
	})
}

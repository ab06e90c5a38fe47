package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"partykit/party"
)

// What each call says, as the protocol has it.
func TestToolsSpeakTheProtocol(t *testing.T) {
	for _, x := range []struct {
		call  func(context.Context, *Client) error
		frame string
	}{
		{func(ctx context.Context, c *Client) error {
			return c.SetSettings(ctx, Settings{Openness: party.Locking})
		},
			`{"t":"settings","id":1,"openness":"locked"}`},
		{func(ctx context.Context, c *Client) error {
			return c.SetSettings(ctx, Settings{Inviters: party.LeaderOnly, Size: 4})
		}, `{"t":"settings","id":1,"inviters":"leader","size":4}`},
		{func(ctx context.Context, c *Client) error { return c.SetSettings(ctx, Settings{Approve: new(false)}) }, `{"t":"settings","id":1,"approve":false}`},
		{func(ctx context.Context, c *Client) error { return c.WaitInLine(ctx, "7KM-2Q9") }, `{"t":"wait","id":1,"code":"7KM-2Q9"}`},
		{func(ctx context.Context, c *Client) error { return c.AskToJoin(ctx, "7KM-2Q9") }, `{"t":"ask","id":1,"code":"7KM-2Q9"}`},
		{func(ctx context.Context, c *Client) error { return c.LeaveLine(ctx) }, `{"t":"wait","id":1}`},
		{func(ctx context.Context, c *Client) error { return c.Admit(ctx, 7, false) }, `{"t":"admit","id":1,"n":7,"yes":false}`},
		{func(ctx context.Context, c *Client) error {
			_, err := c.Invite(ctx, InviteOptions{
				UntilEmpty: true, For: "g2", OnLeave: party.RevokeOnLeave, Payload: json.RawMessage(`{"a":1}`), Requires: party.Needs{"version": "2"}, Spoken: true, Replaces: "i0",
			})
			return err
		}, `{"t":"invite","id":1,"for":"g2","spoken":true,"until":"empty","onLeave":"revoke","replaces":"i0","payload":{"a":1},"requires":{"version":"2"}}`},
		{func(ctx context.Context, c *Client) error {
			_, err := c.Invite(ctx, InviteOptions{OnLeave: party.FollowOnLeave})
			return err
		}, `{"t":"invite","id":1,"onLeave":"follow"}`},
		{func(ctx context.Context, c *Client) error { return c.Report(ctx, 2, "Shouts at everybody") }, `{"t":"report","id":1,"n":2,"reason":"Shouts at everybody"}`},
		{func(ctx context.Context, c *Client) error {
			_, err := c.Travel(ctx, "moonfall", TravelOptions{Payload: json.RawMessage(`{"a":1}`), Within: 20 * time.Second})
			return err
		}, `{"t":"travel","id":1,"payload":{"a":1},"within":20,"to":"moonfall"}`},
		{func(ctx context.Context, c *Client) error { return c.CancelTravel(ctx) }, `{"t":"travel","id":1}`},
		{func(ctx context.Context, c *Client) error { _, err := c.Board(ctx, "tone", false); return err }, `{"t":"board","id":1,"yes":false,"travel":"tone"}`},
		{func(ctx context.Context, c *Client) error { return c.Promote(ctx, 2) }, `{"t":"promote","id":1,"n":2}`},
		{func(ctx context.Context, c *Client) error { return c.Kick(ctx, 2) }, `{"t":"kick","id":1,"n":2}`},
		{func(ctx context.Context, c *Client) error { return c.Ban(ctx, 2) }, `{"t":"kick","id":1,"n":2,"ban":true}`},
		{func(ctx context.Context, c *Client) error { return c.Readmit(ctx, 2) }, `{"t":"readmit","id":1,"n":2}`},
		{func(ctx context.Context, c *Client) error { return c.SetMemberData(ctx, nil) }, `{"t":"member","id":1,"set":{}}`},
		{func(ctx context.Context, c *Client) error {
			return c.PatchMemberData(ctx, map[string]any{"hero": nil})
		}, `{"t":"member","id":1,"patch":{"hero":null}}`},
		{func(ctx context.Context, c *Client) error {
			_, err := c.SetData(ctx, map[string]any{"level": 2}, IfRevision(0))
			return err
		}, `{"t":"data","id":1,"set":{"level":2},"if":0}`},
		{func(ctx context.Context, c *Client) error {
			_, err := c.PatchData(ctx, map[string]any{"level": 2}, IfRevision(7))
			return err
		}, `{"t":"data","id":1,"patch":{"level":2},"if":7}`},
		{func(ctx context.Context, c *Client) error {
			return c.SetMatch(ctx, &party.Match{ID: "m1", Connection: json.RawMessage(`{"ip":"::1"}`), Joinable: true, Free: 2})
		}, `{"t":"match","id":1,"match":{"id":"m1","connection":{"ip":"::1"},"joinable":true,"free":2,"since":0}}`},
		{func(ctx context.Context, c *Client) error { return c.SetMatch(ctx, nil) }, `{"t":"match","id":1}`},
		{func(ctx context.Context, c *Client) error { return c.Follow(ctx, "m1", false) }, `{"t":"follow","id":1,"into":"m1","yes":false}`},
		{func(ctx context.Context, c *Client) error {
			return c.AskReady(ctx, ReadyOptions{Within: 10 * time.Second, Keep: true})
		}, `{"t":"ready","id":1,"within":10,"keep":true}`},
		{func(ctx context.Context, c *Client) error { return c.AnswerReady(ctx, true) }, `{"t":"answer","id":1,"yes":true}`},
		{func(ctx context.Context, c *Client) error { return c.CancelReady(ctx) }, `{"t":"cancel","id":1}`},
		{func(ctx context.Context, c *Client) error { return c.Chat(ctx, "Hello!") }, `{"t":"chat","id":1,"text":"Hello!"}`},
		{func(ctx context.Context, c *Client) error { return c.Join(ctx, JoinOptions{Party: "ptwo"}) }, `{"t":"join","id":1,"party":"ptwo"}`},
	} {
		t.Run(x.frame, func(t *testing.T) {
			bubble(t, func(t *testing.T, s *server) {
				c, l := dialed(t, s, s.options())
				done := make(chan error)
				go func() { done <- x.call(t.Context(), c) }()
				l.want(x.frame)
				l.say(`{"t":"error","id":1,"code":"not_allowed","message":"no"}`)
				if err := <-done; CodeOf(err) != party.NotAllowed {
					t.Errorf("the call ends with %v", err)
				}
			})
		})
	}
}

func TestConflictTellsTheData(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		failed := make(chan error)
		go func() { _, err := c.SetData(t.Context(), nil, IfRevision(3)); failed <- err }()
		l.hear()
		l.say(`{"t":"error","id":1,"code":"revision_conflict","message":"It changed.","data":{"level":"ruins"},"dataRevision":4}`)
		err, _ := errors.AsType[*Error](<-failed)
		if err == nil || err.Revision != 4 || string(err.Data["level"]) != `"ruins"` {
			t.Errorf("failed with %+v", err)
		}
		if c.Saved().Own.Data != nil {
			t.Error("what was refused would be stated again")
		}
	})
}

func TestChatHasAHistory(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		line := func(seq int) string {
			return fmt.Sprintf(`{"t":"chat","seq":%d,"n":1,"name":"Ada","text":"line %d","at":5}`, seq, seq)
		}
		l.say(line(11))
		l.say(line(11)) // was seen
		e, _ := c.Next(t.Context())
		if diff := cmp.Diff(Event(ChatLine{11, 1, "Ada", "line 11", 5}), e); diff != "" {
			t.Errorf("event (-want +got):\n%s", diff)
		}
		for seq := 12; seq < 12+party.ChatKept; seq++ {
			l.say(line(seq))
		}
		synctest.Wait()
		history := c.ChatHistory()
		if len(history) != party.ChatKept || history[0].Seq != 12 {
			t.Errorf("the history has %d lines from %d", len(history), history[0].Seq)
		}
		l.say(`{"t":"party","reason":"kicked","seq":3,"you":{"id":"gb","name":"Bob","n":1},"party":{"id":"ptwo","game":"demo","members":[]},"chat":[{"seq":2,"n":9,"name":"Cy","text":"before","at":1}]}`)
		synctest.Wait()
		if diff := cmp.Diff([]ChatLine{{2, 9, "Cy", "before", 1}}, c.ChatHistory()); diff != "" {
			t.Errorf("history after a move (-want +got):\n%s", diff)
		}
	})
}

func TestAwayIsSaidAgain(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		go c.Away(true)
		l.want(`{"t":"away","away":true}`)
		l.ws.CloseNow()
		l = <-s.lines
		l.hear()
		c.Away(false) // nobody hears it
		l.say(`{"t":"resumed","epoch":"e1","session":"sone","resume":"r2","seq":10,"applied":{"command":0,"message":0}}`)
		l.want(`{"t":"away"}`)
	})
}

func TestActing(t *testing.T) {
	for about, want := range map[string]struct{ members, acting string }{
		"the leader is there":          {"a in connected, b in connected", ""},
		"the leader is out of sight":   {"a in away, b in connected", ""},
		"the first that is in":         {"a in reconnecting, b loading connected, c in away, d in connected", "c"},
		"nobody is in":                 {"a in reconnecting, b loading reconnecting, c loading connected, d loading connected", "c"},
		"nobody is connected":          {"a in reconnecting, b in reconnecting", ""},
		"who stands before the leader": {"b in connected, a in reconnecting", "b"},
	} {
		p := party.Snapshot{Leader: "a"}
		for m := range strings.SplitSeq(want.members, ", ") {
			f := strings.Fields(m)
			p.Members = append(p.Members, party.MemberView{
				ID: party.PlayerID(f[0]), State: party.Standing(f[1]), Status: party.Status{Presence: party.Presence(f[2])},
			})
		}
		if got := Acting(p); got != party.PlayerID(want.acting) {
			t.Errorf("%s: %q acts, want %q", about, got, want.acting)
		}
	}
}

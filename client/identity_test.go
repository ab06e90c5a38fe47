package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"partykit/party"
	"partykit/protocol"
)

// tokens is an Identity that never gives the same token twice.
func tokens(name string) Identity {
	n := 0
	return func(context.Context) (string, error) { n++; return fmt.Sprintf("%s-%d", name, n), nil }
}

func (l *line) hello() (h protocol.Hello) {
	l.t.Helper()
	if err := json.Unmarshal([]byte(l.hear()), &h); err != nil {
		l.t.Fatal(err)
	}
	return h
}

func TestEveryHelloShowsAFreshToken(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		o := s.options()
		o.Token, o.Identity = "guest", tokens("ada")
		dialed := make(chan *Client, 1)
		go func() { c, _ := Dial(t.Context(), o); dialed <- c }()
		l := <-s.lines
		if h := l.hello(); h.Identity != "ada-1" || h.Key != o.Key || h.Token != "guest" {
			t.Errorf("the first hello is %+v", h)
		}
		l.say(`{"t":"welcome","v":1,"server":"test","epoch":"e1","you":{"id":"gb","name":"Bob","n":2},"token":"","session":"s1","resume":"r1","seq":1,"party":` + twoMembers + `}`)
		c := <-dialed
		t.Cleanup(func() { s.Close(); c.Close() })
		l.ws.CloseNow()
		l = <-s.lines
		if h := l.hello(); h.Identity != "ada-2" || h.Token != "guest" || h.Resume == nil {
			t.Errorf("after a lost connection the hello is %+v", h)
		}
	})
}

func TestWithoutATokenThereIsNoHello(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		o := s.options()
		loggedOut := errors.New("logged out")
		o.Identity = func(context.Context) (string, error) { return "", loggedOut }
		if _, err := Dial(t.Context(), o); !errors.Is(err, loggedOut) {
			t.Errorf("Dial failed with %v", err)
		}
	})
}

func TestIdentify(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		done := make(chan error)
		go func() { done <- c.Identify(t.Context(), IdentifyOptions{Identity: tokens("bob")}) }()
		l.want(`{"t":"identify","id":1,"token":"bob-1"}`)
		l.say(`{"t":"error","id":1,"code":"confirm_required","message":"ask","invite":{"from":"Ada","game":"demo","size":2}}`)
		if err, _ := errors.AsType[*Error](<-done); err == nil || err.Code != party.ConfirmRequired || err.Invite.From != "Ada" {
			t.Fatalf("failed with %v", err)
		}
		if c.Saved().Identity != nil {
			t.Error("a refused identity stays")
		}

		go func() {
			done <- c.Identify(t.Context(), IdentifyOptions{Identity: tokens("bob"), Confirm: true})
		}()
		l.want(`{"t":"identify","id":2,"confirm":true,"token":"bob-1"}`)
		l.say(`{"t":"event","seq":11,"rev":4,"at":1,"events":[{"type":"identified","n":2,"id":"ibob"}]}`)
		synctest.Wait()
		if you := c.You(); you.ID != "ibob" {
			t.Errorf("after the event this player is %+v", you)
		}
		l.ws.CloseNow() // before the answer
		l = <-s.lines
		if h := l.hello(); h.Identity != "bob-2" {
			t.Errorf("the next hello is %+v", h)
		}
		l.say(`{"t":"resumed","epoch":"e1","session":"sone","resume":"r2","seq":11,"applied":{"command":2,"message":0}}`)
		l.want(`{"t":"identify","id":2,"confirm":true,"token":"bob-1"}`)
		l.say(`{"t":"ok","id":2,"seq":11,"you":{"id":"ibob","name":"Bob","n":2}}`)
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestThePartyToldAnewIsNoMove(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		go c.WaitInLine(t.Context(), "7KM-2Q9")
		l.want(`{"t":"wait","id":1,"code":"7KM-2Q9"}`)
		l.say(`{"t":"ok","id":1}`)
		l.say(`{"t":"party","reason":"identified","seq":11,"you":{"id":"gb","name":"Bob","n":2},"party":` + twoMembers + `}`)
		l.say(`{"t":"door","problem":"full","line":1,"you":{"name":"Bob","face":2,"stage":"line","place":1}}`)
		if e, _ := c.Next(t.Context()); e != (Moved{"identified", "pone", 11}) {
			t.Errorf("the first event is %#v", e)
		}
		want := Door{Problem: party.Full, Line: 1, You: &party.Arrival{Person: party.Person{Name: "Bob", Face: 2}, Stage: party.InLine, Place: 1}}
		if e, _ := c.Next(t.Context()); !cmp.Equal(Event(want), e) {
			t.Errorf("at the other party's door: %s", cmp.Diff(Event(want), e))
		}
	})
}

func TestToken(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		got := make(chan PlayerToken)
		go func() { token, _ := c.Token(t.Context()); got <- token }()
		l.want(`{"t":"token","id":1}`)
		l.say(`{"t":"ok","id":1,"token":"jwt","until":1700000000000}`)
		if token := <-got; token != (PlayerToken{"jwt", 1700000000000}) {
			t.Errorf("the token is %+v", token)
		}
	})
}

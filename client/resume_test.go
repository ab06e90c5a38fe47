package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"partykit/party"
	"partykit/protocol"
)

func TestLostConnectionResumesAndSendsAgain(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		go c.Leave(t.Context())
		l.want(`{"t":"leave","id":1}`)
		sent := make(chan uint64)
		go func() { seq, _ := c.Send(t.Context(), Outgoing{To: 1, Payload: []byte("x")}); sent <- seq }()
		l.want("\x02\x00\x01\x01x")
		l.say(`{"t":"event","seq":12,"rev":4,"at":1,"events":[{"type":"data","data":{"level":"ruins"},"revision":2}]}`)
		synctest.Wait()
		l.ws.CloseNow()

		l = <-s.lines
		var hello protocol.Hello
		json.Unmarshal([]byte(l.hear()), &hello)
		want := &protocol.Resume{Session: "sone", Token: "r-sone", Epoch: "e1", Seq: 12}
		if diff := cmp.Diff(want, hello.Resume); diff != "" || hello.Token != "tok" || hello.Party != "pone" {
			t.Fatalf("the second hello is %+v\n%s", hello, diff)
		}
		l.say(`{"t":"resumed","epoch":"e1","session":"sone","resume":"r2","seq":12,"applied":{"command":0,"message":0}}`)
		l.want(`{"t":"leave","id":1}`)
		l.want("\x02\x00\x01\x01x")
		l.say(`{"t":"event","seq":12,"rev":4,"at":1,"events":[{"type":"data","data":{"level":"twice"},"revision":2}]}`) // was seen
		l.sayBinary(protocol.AppendMessage(nil, protocol.Message{Reliable: true, ID: 13, Peer: 1, Payload: []byte("hi")}))
		l.sayBinary(protocol.AppendAck(nil, 1, 14))
		if seq := <-sent; seq != 14 {
			t.Errorf("the message's sequence is %d", seq)
		}
		if got := string(c.Snapshot().Data["level"]); got != `"ruins"` {
			t.Errorf("the level is %s: a change was applied twice", got)
		}
		if r := c.Saved().Resume; r.Token != "r2" || r.Seq != 13 {
			t.Errorf("the next hello resumes %+v", r)
		}
		var kinds []string
		for range 4 {
			e, _ := c.Next(t.Context())
			kinds = append(kinds, fmt.Sprintf("%T", e))
		}
		if diff := cmp.Diff([]string{"client.Changed", "client.Disconnected", "client.Connected", "client.Message"}, kinds); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

// A number that the server knows answers as it did before: what starts again
// with what was saved must not use one twice.
func TestSavedOptionsGoOnWithTheirNumbers(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		go c.Leave(t.Context())
		l.want(`{"t":"leave","id":1}`)
		go c.Send(t.Context(), Outgoing{Payload: []byte("x")})
		l.want("\x02\x00\x01\x00x")
		saved := c.Saved()
		go c.Close()
		again := make(chan *Client)
		go func() { c, _ := Dial(t.Context(), saved); again <- c }()
		l = <-s.lines
		l.hear()
		l.say(welcome("sone", 12))
		c = <-again
		t.Cleanup(c.Close)
		go c.Leave(t.Context())
		l.want(`{"t":"leave","id":2}`)
		go c.Send(t.Context(), Outgoing{Payload: []byte("y")})
		l.want("\x02\x00\x02\x00y")
	})
}

func TestLostSessionIsTold(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		failed := make(chan error)
		go func() { failed <- c.Leave(t.Context()) }()
		l.hear()
		l.ws.CloseNow()
		l = <-s.lines
		l.hear()
		l.say(welcome("stwo", 20))
		if err := <-failed; !errors.Is(err, ErrSessionLost) {
			t.Errorf("the command failed with %v", err)
		}
		go c.Leave(t.Context())
		l.want(`{"t":"leave","id":1}`)
	})
}

func TestMoveReplacesTheParty(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		l.say(`{"t":"party","reason":"joined","seq":3,"you":{"id":"gb","name":"Bob 2","n":7},"party":{"id":"ptwo","game":"demo","members":[]}}`)
		e, _ := c.Next(t.Context())
		if e != (Moved{party.ReasonJoined, "ptwo", 3}) || c.Snapshot().ID != "ptwo" || c.You().N != 7 {
			t.Errorf("%#v, now in %s as %+v", e, c.Snapshot().ID, c.You())
		}
		if o := c.Saved(); o.Party != "ptwo" || o.Resume.Seq != 3 {
			t.Errorf("the next hello would name %s at %d", o.Party, o.Resume.Seq)
		}
	})
}

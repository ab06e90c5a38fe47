package client

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"partykit/party"
)

const resumed = `{"t":"resumed","epoch":"e1","session":"sone","resume":"r2","seq":10,"applied":{"command":9,"message":0}}`

func TestThePlaceInLineIsTakenUpAgain(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		done := make(chan error, 1)
		go func() { done <- c.WaitInLine(t.Context(), "code") }()
		l.want(`{"t":"wait","id":1,"code":"code"}`)
		l.say(`{"t":"ok","id":1,"seq":10}`)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		l.say(`{"t":"door","problem":"full","line":3,"you":{"name":"Ada","face":1,"stage":"line","place":2}}`)
		e, _ := c.Next(t.Context())
		want := Door{Problem: party.Full, Line: 3, You: &party.Arrival{Person: party.Person{Name: "Ada", Face: 1}, Stage: party.InLine, Place: 2}}
		if diff := cmp.Diff(Event(want), e); diff != "" {
			t.Errorf("event (-want +got):\n%s", diff)
		}
		l.ws.CloseNow()
		l = <-s.lines
		l.hear()
		l.say(resumed)
		l.want(`{"t":"wait","id":2,"code":"code"}`)
		l.say(`{"t":"error","id":2,"code":"revoked","message":"The link was taken back."}`)
		for {
			e, ok := c.Next(t.Context())
			if f, is := e.(Failed); is && f.Err.Code == party.Revoked {
				break
			}
			if !ok {
				t.Fatal("nobody said that the line is gone")
			}
		}
	})
}

// A place that is about to be taken up again when the player leaves the line is
// not: numbered after the leaving, it would put the player back there unseen.
func TestWhoLeavesTheLineIsNotPutBackIntoIt(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		go c.WaitInLine(t.Context(), "code")
		l.want(`{"t":"wait","id":1,"code":"code"}`)
		l.say(`{"t":"ok","id":1,"seq":10}`)
		synctest.Wait()
		for range maxCommands {
			go c.Chat(t.Context(), "hi")
			l.hear()
		}
		l.ws.CloseNow()
		l = <-s.lines
		l.hear()
		l.say(resumed)
		for range maxCommands {
			l.hear()
		}
		synctest.Wait() // to knock again waits for room
		left := make(chan error, 1)
		go func() { left <- c.LeaveLine(t.Context()) }()
		synctest.Wait()
		l.say(`{"t":"ok","id":2,"seq":11}`)
		l.want(`{"t":"wait","id":18}`)
		l.say(`{"t":"ok","id":18,"seq":12}`)
		if err := <-left; err != nil {
			t.Fatal(err)
		}
		go c.Chat(t.Context(), "the room is free again")
		l.want(`{"t":"chat","id":19,"text":"the room is free again"}`)
	})
}

func TestWhoIsGoneFromTheDoorDoesNotComeAgain(t *testing.T) {
	for about, end := range map[string]string{
		"declined": `{"t":"door","you":{"name":"Ada","face":1,"stage":"gone","reason":"declined"}}`,
		"moved":    `{"t":"party","reason":"joined","seq":10,"you":{"id":"ga","name":"Ada","n":1},"party":{"id":"ptwo","game":"demo","members":[]}}`,
	} {
		t.Run(about, func(t *testing.T) {
			bubble(t, func(t *testing.T, s *server) {
				c, l := dialed(t, s, s.options())
				go c.AskToJoin(t.Context(), "code")
				l.want(`{"t":"ask","id":1,"code":"code"}`)
				l.say(`{"t":"ok","id":1,"seq":10}`)
				l.say(end)
				l.say(`{"t":"door","you":{"name":"Ada","face":1,"stage":"asking"}}`) // late
				synctest.Wait()
				l.ws.CloseNow()
				l = <-s.lines
				l.hear()
				l.say(resumed)
				go c.Chat(t.Context(), "here")
				l.want(`{"t":"chat","id":2,"text":"here"}`)
				l.say(`{"t":"ok","id":2,"seq":11}`)
			})
		})
	}
}

func TestThePayloadComesWithTheParty(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		l.say(`{"t":"party","reason":"joined","seq":10,"you":{"id":"ga","name":"Ada","n":1},"party":{"id":"ptwo","game":"demo","members":[{"id":"ga","n":1,"state":"loading"}]},"payload":{"door":"east"}}`)
		synctest.Wait()
		if got := string(c.InvitePayload()); got != `{"door":"east"}` {
			t.Errorf("the payload is %s", got)
		}
		l.say(`{"t":"event","seq":11,"rev":2,"at":1,"events":[{"type":"finalized","n":1}]}`)
		synctest.Wait()
		if c.InvitePayload() != nil {
			t.Error("the payload outlives the loading")
		}
		l.say(`{"t":"party","reason":"left","seq":0,"you":{"id":"ga","name":"Ada","n":1},"party":{"id":"pthree","game":"demo","members":[]}}`)
		synctest.Wait()
		if c.InvitePayload() != nil {
			t.Error("the payload goes on to another party")
		}
	})
}

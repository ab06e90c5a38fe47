package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partykit/party"
	"partykit/protocol"
)

func TestHelloSaysWhatIsKnown(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		o := s.options()
		o.Token, o.Name, o.Party, o.Page = "tok", "Ada", "pone", "http://localhost/"
		o.Resume = &protocol.Resume{Session: "s", Token: "r", Epoch: "e", Seq: 4}
		o.Own = protocol.Own{Data: party.Data{}, Landing: nil}
		go Dial(t.Context(), o)
		l := <-s.lines
		l.want(`{"t":"hello","v":1,"key":"9f86d081884c7d659a2feaa0c55ad015","token":"tok","name":"Ada","party":"pone","resume":{"session":"s","token":"r","epoch":"e","seq":0},"sdk":"go/1","page":"http://localhost/","own":{"data":{}}}`)
		l.say(`{"t":"error","code":"bad_name","message":"no"}`)

		o.Ticket = "ticket"
		go Dial(t.Context(), o)
		l = <-s.lines
		var hello protocol.Hello
		json.Unmarshal([]byte(l.hear()), &hello)
		if hello.Resume != nil || hello.Ticket != "ticket" {
			t.Errorf("a ticket begins a session: %+v", hello)
		}
		l.say(`{"t":"error","code":"bad_name","message":"no"}`)
	})
}

func TestDialFailsWithTheServersCode(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		s.refuse = func(w http.ResponseWriter) bool {
			w.WriteHeader(403)
			fmt.Fprint(w, `{"type":"https://host.example/docs/errors#origin_not_allowed","detail":"Add it.","code":"origin_not_allowed"}`)
			return true
		}
		_, err := Dial(t.Context(), s.options())
		if CodeOf(err) != party.OriginNotAllowed || !errors.Is(err, &Error{Code: party.OriginNotAllowed}) {
			t.Errorf("the upgrade failed with %v", err)
		}
		s.refuse = nil
		failed := make(chan error)
		go func() { _, err := Dial(t.Context(), s.options()); failed <- err }()
		l := <-s.lines
		l.hear()
		l.say(`{"t":"error","code":"kit_not_activated","message":"Ask ops","docs":"https://d","retryAfter":1.5}`)
		want := &Error{Code: party.KitNotActivated, Message: "Ask ops", Docs: "https://d", RetryAfter: 1500 * time.Millisecond}
		if diff := cmp.Diff(error(want), <-failed); diff != "" {
			t.Errorf("the hello's refusal (-want +got):\n%s", diff)
		}
	})
}

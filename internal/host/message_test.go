package host

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"partykit/internal/engine"
	"partykit/party"
)

func FuzzStored(f *testing.F) {
	f.Add(stored{flags: 1, id: 7, from: 1, to: 2, session: "sabc", payload: []byte("hi")}.encode())
	f.Add(stored{id: 1 << 52, from: 1 << 30, session: "s"}.encode())
	f.Add([]byte{storedVersion, 0, 1, 1, 0, 200})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := decodeStored(b)
		if err != nil {
			return
		}
		again, err := decodeStored(m.encode())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m, again, cmp.AllowUnexported(stored{})); diff != "" {
			t.Error(diff)
		}
	})
}

// A message on its way when its sender moves on is acknowledged all the same,
// and sent again after the move it does not reach the new party.
func TestAMessageSentBeforeAMove(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, _, _ := w.pair("a")
		c := w.hello("a", 3)
		code := c.invite(nil)
		b.reliable(1, 0, "to the old ones")
		b.next++
		b.session.Text(nil, []byte(`{"t":"leave","id":3}`))
		b.session.Text(nil, []byte(`{"t":"join","id":4,"code":"`+code+`"}`))
		synctest.Wait()
		if _, ok := b.acks()[1]; !ok {
			t.Error("the message was not acknowledged")
		}
		b.drop()
		b = b.back("a")
		b.reliable(1, 0, "to the old ones") // the acknowledgement was lost
		b.reliable(2, 0, "to the new ones")
		if got := a.messages(); !cmp.Equal(got, []string{"to the old ones"}) {
			t.Errorf("the old party got %v", got)
		}
		if got := c.messages(); !cmp.Equal(got, []string{"to the new ones"}) {
			t.Errorf("the new party got %v", got)
		}
	})
}

func TestMessagesToOneMember(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, _, code := w.pair("a")
		c := w.hello("a", 3)
		c.ok("join", map[string]any{"code": code})
		a.volatile(3, "v")
		a.reliable(1, 3, "r")
		a.reliable(2, 9, "nobody")
		a.reliable(3, 1, "myself")
		if got := c.messages(); !cmp.Equal(got, []string{"v", "r"}) {
			t.Errorf("the receiver got %v", got)
		}
		if got := append(a.messages(), b.messages()...); len(got) != 0 {
			t.Errorf("others got %v", got)
		}
		if n := a.failed(party.NotFound); n != 2 {
			t.Errorf("%d of 2 messages to nobody were answered", n)
		}
	})
}

// Law 5 where the heir is on another host than the one that decides: its
// waiting set takes effect at once.
func TestAnHeirOnAnotherHost(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.host("b")
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)
		a.ok("data", map[string]any{"set": map[string]any{"level": "meadow"}})
		b := w.hello("b", 2)
		b.ok("join", map[string]any{"code": code})
		b.ok("data", map[string]any{"patch": map[string]any{"level": "ruins"}})
		b.ok("landing", map[string]any{"fields": []any{map[string]any{"id": "title", "value": "Ruins"}}})
		a.ok("leave", nil)
		time.Sleep(time.Second)
		for _, host := range []string{"a", "b"} {
			w.on(host, home, func(p *live) {
				if got := string(p.state.Data["level"]); got != `"ruins"` || len(p.state.Landing) != 1 || p.state.Landing[0].Value != "Ruins" {
					t.Errorf("on %s the heir's sets are %s and %v", host, p.state.Data, p.state.Landing)
				}
			})
		}
		w.on("a", a.lastParty(), func(p *live) { // who left keeps what it had set
			if got := string(p.state.Data["level"]); got != `"meadow"` {
				t.Errorf("alone, the former leader has %s", p.state.Data)
			}
		})
	})
}

// A message of which its first host never heard whether it was written is sent
// again by another, and both are in the log: it is shown once, live and to who
// comes back, and acknowledged at its first place.
func TestAMessageThatIsInTheLogTwice(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, _ := w.pair("a")
		c := w.hello("a", 3)
		c.ok("join", map[string]any{"code": a.invite(nil)})
		c.drop()
		b.reliable(1, 0, "once")
		seq := b.acks()[1]
		var again stored
		w.on("a", home, func(p *live) {
			again = stored{id: 1, from: 2, session: p.sessions[p.state.Members[1].Player].id, payload: []byte("once")}
		})
		for range 2 {
			w.hosts["a"].o.Node.Send(ref("demo", party.ID(home)), engine.Message, "", again.encode(), func(_ uint64, err error) {
				if err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		b.reliable(2, 0, "after")
		if got := b.acks(); len(got) != 2 || got[1] != seq {
			t.Errorf("acknowledged %v, the first at %d", got, seq)
		}
		for range 2 { // from memory, then from the log
			c = c.back("a")
			if got := append(c.messages(), a.messages()...); !cmp.Equal(got, []string{"once", "after", "once", "after"}) {
				t.Errorf("shown were %v", got)
			}
			c.drop()
			c.log = c.log[:1]
			w.on("a", home, func(p *live) { p.newest.stop() })
		}
	})
}

// Messages of the game's backend have no ids: alike is not the same.
func TestMessagesOfTheBackendAreNotTheSame(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, _, home, _ := w.pair("a")
		for range 3 {
			if _, err := w.hosts["a"].Tell(t.Context(), "demo", party.ID(home), "", Message{Payload: []byte("gift")}); err != nil {
				t.Fatal(err)
			}
		}
		if got := a.messages(); !cmp.Equal(got, []string{"gift", "gift", "gift"}) {
			t.Errorf("shown were %v", got)
		}
	})
}

// Who comes back may have seen some of the messages that were written together,
// and gets the others.
func TestComingBackAmongMessagesWrittenTogether(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, _ := w.pair("a")
		places, together := []float64{b.seq()}, false // behind none of them, behind the first …
		var sent []string
		for id := range uint64(12) {
			sent = append(sent, fmt.Sprint("m", id))
			a.reliable(id+1, 0, sent[id])
		}
		acks := a.acks()
		for id := range uint64(12) {
			places = append(places, float64(acks[id+1]))
			together = together || acks[id+1] == acks[id]+1
		}
		if !together {
			t.Fatalf("none were written together: %v", acks)
		}
		for _, forget := range []bool{false, true} {
			for seen, place := range places {
				b.drop()
				w.on("a", home, func(p *live) {
					if forget {
						p.newest.stop()
					}
				})
				b = w.hello("a", 2, resuming(b, place))
				if got := b.messages(); !slices.Equal(got, sent[seen:]) {
					t.Errorf("behind %d messages, forgotten %v, came %v", seen, forget, got)
				}
			}
		}
	})
}

package host

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
	"partykit/internal/game"
	"partykit/protocol"
)

// deaf has a party miss what the log shows while fn runs.
func (w *world) deaf(host, id string, fn func()) {
	w.t.Helper()
	w.on(host, id, func(p *live) { p.follow.Stop() })
	fn()
	synctest.Wait()
	w.on(host, id, func(p *live) {
		var err error
		if p.follow, err = p.h.o.Node.Follow(p.ref, p.arrived); err != nil {
			w.t.Error(err)
		}
	})
}

// losesBeforeAnEvent has a party miss a message of its leader, and then show an
// event. It returns the newest sequence before the two.
func (w *world) losesBeforeAnEvent(a *client, home string) (before uint64) {
	w.on("a", home, func(p *live) { before = p.last })
	w.deaf("a", home, func() { a.reliable(1, 0, "one") })
	a.ok("data", map[string]any{"set": map[string]any{"level": "meadow"}})
	return before
}

// A message that was lost on its way from the log, and noticed only when an event
// behind it was shown, is read nevertheless: its sender gets its acknowledgement,
// and who has seen the event is told a gap rather than served out of order.
func TestAMessageThatWasLostBeforeAnEvent(t *testing.T) {
	for name, notice := range map[string]func(w *world, home string, before uint64, b *client){
		"the engine tells": func(w *world, home string, before uint64, _ *client) {
			w.on("a", home, func(p *live) { p.take(engine.Record{Ref: p.ref, Kind: engine.Gap, Seq: before}) })
		},
		"the next message shows it": func(_ *world, _ string, _ uint64, b *client) { b.reliable(1, 0, "two") },
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				a, b, home, _ := w.pair("a")
				before := w.losesBeforeAnEvent(a, home)
				if len(a.acks()) != 0 || b.seq() <= float64(before) {
					t.Fatal("the message was not lost before the event")
				}
				notice(w, home, before, b)
				for _, c := range []*client{a, b} {
					if got := c.closedWith(); got != protocol.SlowReader {
						t.Errorf("who saw the event goes on, its connection closed with %d", got)
					}
				}
				if got := b.messages(); len(got) != 0 {
					t.Errorf("behind the event came %v", got)
				}
				a, b = a.back("a"), b.back("a")
				if a.welcome()["gap"] != true || b.welcome()["gap"] != true {
					t.Errorf("who saw the event is told no gap: %v", b.welcome())
				}
				a.reliable(1, 0, "one") // again, as no acknowledgement came
				if a.acks()[1] == 0 {
					t.Error("the message was not acknowledged")
				}
				a.reliable(2, 0, "three")
				if got := b.messages(); !slices.Equal(got, []string{"three"}) {
					t.Errorf("afterwards came %v", got)
				}
				b.drop()
				if b = b.back("a"); b.welcome()["t"] != "resumed" {
					t.Errorf("who was told the gap is told it again: %v", b.welcome())
				}
			})
		})
	}
}

// That members saw what comes behind a loss outlives the host that noticed it:
// who serves them next tells them the gap, and no second time.
func TestAGapIsToldByWhoeverServesNext(t *testing.T) {
	for name, next := range map[string]func(*world) string{
		"started again": func(w *world) string {
			w.crash("a")
			time.Sleep(10 * time.Millisecond) // no process starts sooner
			w.host("a")
			return "a"
		},
		"another host": func(w *world) string { w.host("b"); return "b" },
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				a, b, home, _ := w.pair("a")
				before := w.losesBeforeAnEvent(a, home)
				w.on("a", home, func(p *live) { p.take(engine.Record{Ref: p.ref, Kind: engine.Gap, Seq: before}) })
				if got := b.closedWith(); got != protocol.SlowReader {
					t.Fatalf("its connection closed with %d", got)
				}
				on := next(w)
				a, b = a.back(on), b.back(on)
				if a.welcome()["gap"] != true || b.welcome()["gap"] != true {
					t.Errorf("who saw the event is told no gap: %v", b.welcome())
				}
				b.drop()
				if b = b.back(on); b.welcome()["t"] != "resumed" {
					t.Errorf("who was told the gap is told it again: %v", b.welcome())
				}
				a.reliable(2, 0, "two")
				if got := b.messages(); !slices.Equal(got, []string{"two"}) {
					t.Errorf("afterwards came %v", got)
				}
			})
		})
	}
}

// A gap that could not be marked in the log is marked when that can be written
// again.
func TestAGapIsMarkedWhenThereIsStorageAgain(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, _ := w.pair("a")
		w.losesBeforeAnEvent(a, home)
		h := w.hosts["a"]
		node, gone := h.o.Node, enginetest.Connect(t, w.engine, "gone")
		gone.Close()
		w.on("a", home, func(p *live) {
			h.o.Node = gone
			p.tear()
		})
		time.Sleep(1500 * time.Millisecond) // tried twice, in vain
		w.on("a", home, func(p *live) {
			if !p.marking || p.needless() {
				t.Errorf("it is still to be marked %t; the party may go %t", p.marking, p.needless())
			}
			h.o.Node = node
		})
		time.Sleep(2 * time.Second)
		w.on("a", home, func(p *live) {
			if p.marking {
				t.Error("it is marked and marked again")
			}
		})
		w.crash("a")
		w.host("a")
		a, b = a.back("a"), b.back("a")
		if a.welcome()["gap"] != true || b.welcome()["gap"] != true {
			t.Errorf("who saw what came behind a loss is told no gap: %v", b.welcome())
		}
	})
}

// What was lost and is told before anything behind it was shown comes late, and
// in its order: nobody is told a gap.
func TestAMessageThatWasLostLast(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, _ := w.pair("a")
		w.deaf("a", home, func() { a.reliable(1, 0, "one") })
		w.on("a", home, func(p *live) { p.take(engine.Record{Ref: p.ref, Kind: engine.Gap, Seq: p.last}) })
		a.ok("data", map[string]any{"set": map[string]any{"level": "meadow"}})
		if got := b.messages(); !slices.Equal(got, []string{"one"}) || a.acks()[1] == 0 || b.closedWith() != 0 {
			t.Errorf("came %v, acknowledged is %v, closed with %d", got, a.acks(), b.closedWith())
		}
	})
}

// More than the log holds was lost on its way: nobody is shown a part of it as if
// it were all.
func TestMoreIsLostThanTheLogHolds(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, _ := w.pair("a")
		w.set(func(s *game.Settings) { s.ReliableBurst = 5000 })
		time.Sleep(time.Second)
		w.deaf("a", home, func() {
			for i := range heldEach + 5 {
				a.reliable(uint64(i+1), 0, "x")
				synctest.Wait() // an entry for each
			}
		})
		w.on("a", home, func(p *live) { p.take(engine.Record{Ref: p.ref, Kind: engine.Gap, Seq: p.last}) })
		if b.closedWith() != protocol.SlowReader || len(b.messages()) != 0 {
			t.Errorf("its connection closed with %d, after %d messages", b.closedWith(), len(b.messages()))
		}
		if b = b.back("a"); b.welcome()["gap"] != true {
			t.Errorf("who missed more than was held is told no gap: %v", b.welcome())
		}
	})
}

// The entry of a command that is under way may be one that only a snapshot still
// shows: the command is answered, and the party goes on.
func TestASnapshotStandsForWhatIsUnderWay(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.host("b")
		a, _, home, code := w.pair("a")
		w.hello("b", 3).ok("join", map[string]any{"code": code})
		var id uint64
		w.deaf("a", home, func() {
			id = a.begin("data", map[string]any{"set": map[string]any{"level": "meadow"}})
			w.on("b", home, func(p *live) { p.save(nil) })
			synctest.Wait()
			w.on("a", home, func(p *live) {
				l, err := p.h.o.Node.Load(t.Context(), p.ref)
				if err != nil || p.inflight == nil || l.Covered <= p.state.Seq {
					t.Fatalf("covered is %d of %d, under way %v: %v", l.Covered, p.state.Seq, p.inflight, err)
				}
				p.caughtUp(p.last, engine.Loaded{Snapshot: l.Snapshot, Covered: l.Covered, Last: l.Last}, nil, nil)
			})
		})
		a = a.back("a")
		if got := a.redo(id, "data", map[string]any{"set": map[string]any{"level": "meadow"}}); got["t"] != "ok" {
			t.Errorf("it was answered %v", got)
		}
		a.ok("rename", map[string]any{"name": "Ada"})
	})
}

// A host that missed entries reads them, before it shows what
// came after.
func TestAGapIsRead(t *testing.T) {
	for name, next := range map[string]func(*client){
		"seen by a message": func(a *client) { a.reliable(2, 0, "two") },
		"seen by an event":  func(a *client) { a.ok("rename", map[string]any{"name": "Ada"}) },
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				w.host("b")
				a := w.hello("a", 1)
				home, code := a.lastParty(), a.invite(nil)
				b := w.hello("b", 2)
				b.ok("join", map[string]any{"code": code})
				w.on("b", home, func(p *live) { // as if the subscription had dropped them
					p.follow.Stop()
					p.follow = nil
				})
				a.ok("data", map[string]any{"set": map[string]any{"level": "meadow"}})
				a.reliable(1, 0, "one")
				synctest.Wait()
				w.on("b", home, func(p *live) {
					if err := p.listen(); err != nil {
						t.Error(err)
					}
				})
				if err := w.hosts["b"].o.Node.Flush(t.Context()); err != nil {
					t.Fatal(err)
				}
				next(a)
				time.Sleep(time.Second)
				if got := b.messages(); len(got) == 0 || got[0] != "one" {
					t.Errorf("the messages are %v", got)
				}
				seq := 0.0
				for _, r := range b.received() {
					if r.text["t"] == "event" {
						seq = inOrder(t, seq, r.text["seq"].(float64))
					}
				}
				if !slices.Contains(b.events(), "data") {
					t.Errorf("the events are %v", b.events())
				}
				w.sameEverywhere(home, "a", "b")
			})
		})
	}
}

package host

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"partykit/internal/game"
	"partykit/party"
	"partykit/protocol"
)

// cut is how a connection is lost and how long the player is away.
type cut struct {
	name     string
	away     time.Duration
	halfOpen bool // the old connection still stands when the new one comes
	crash    bool // of the host
}

// Resume after every kind of cut: everything missed, in order, each once, or
// the seat is gone and the player is told.
func TestResumeAfterEveryCut(t *testing.T) {
	for _, c := range []cut{
		{name: "1 s", away: time.Second},
		{name: "29 s", away: 29 * time.Second},
		{name: "59 s", away: 59 * time.Second},
		{name: "61 s", away: 61 * time.Second},
		{name: "half-open", away: time.Second, halfOpen: true},
		{name: "crash", away: 5 * time.Second, crash: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				a, b, home, _ := w.pair("a")
				seen := b.seq()
				if !c.halfOpen {
					b.drop()
				}
				a.ok("data", map[string]any{"set": map[string]any{"level": "meadow"}})
				a.reliable(1, 0, "to all")
				a.reliable(2, 2, "to you")
				a.ok("rename", map[string]any{"name": "Ada"})
				where := "a"
				if c.crash {
					w.crash("a")
					w.host("b")
					where = "b"
				}
				time.Sleep(c.away)
				if c.halfOpen { // what was on its way when the line went dead
					b.log = b.log[:slices.IndexFunc(b.log, func(r received) bool { return r.text["seq"] == seen })+1]
				}
				other := func(c *Caller) { c.Address = someone } // the address changed
				d := w.hello(where, 2, resuming(b, seen), other)
				if c.away > party.DefaultRules.GraceIn {
					if f := d.welcome(); f["t"] != "welcome" || f["lost"] != true || d.lastParty() == home {
						t.Fatalf("after %v away the answer is %v", c.away, f)
					}
					return
				}
				if f := d.welcome(); f["t"] != "resumed" || f["seq"] != seen {
					t.Fatalf("not resumed after %v: %v", seen, f)
				}
				var missed []string
				last := seen
				for _, r := range d.received() {
					switch {
					case r.text["t"] == "event":
						missed = append(missed, r.text["events"].([]any)[0].(map[string]any)["type"].(string))
						last = inOrder(t, last, r.text["seq"].(float64))
					case r.message.Reliable:
						missed = append(missed, string(r.message.Payload))
						last = inOrder(t, last, float64(r.message.ID))
					}
				}
				if want := []string{"data", "to all", "to you", "renamed"}; !cmp.Equal(missed, want) {
					t.Errorf("missed were %v, want %v", missed, want)
				}
				if c.halfOpen && b.closedWith() != protocol.Replaced {
					t.Errorf("the old connection was closed with %d", b.closedWith())
				}
				w.on(where, home, func(p *live) {
					if _, away := p.absent[p.state.Members[1].Player]; away {
						t.Error("the player counts as away")
					}
				})
			})
		})
	}
}

func inOrder(t *testing.T, before, seq float64) float64 {
	t.Helper()
	if seq <= before {
		t.Errorf("sequence %v came after %v", seq, before)
	}
	return seq
}

// A resume token is rotated without ever locking an honest client out: the one
// before stays good until a frame came under the new one.
func TestALostAnswerLocksNobodyOut(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		_, b, home, _ := w.pair("a")
		b.drop()
		lost := b.back("a") // this answer never arrives at the client
		lost.drop()
		second := b.back("a")
		if f := second.welcome(); f["t"] != "resumed" {
			t.Fatalf("the token before was refused: %v", f)
		}
		second.session.Text(nil, []byte(`{"t":"ping"}`))
		synctest.Wait()
		second.drop()
		third := b.back("a")
		if f := third.welcome(); f["t"] != "welcome" || f["session"] == b.welcome()["session"] {
			t.Fatalf("a token long replaced still opens the session: %v", f)
		}
		if third.welcome()["gap"] != true {
			t.Error("what it missed is not given and no gap is told")
		}
		if third.lastParty() != home {
			t.Errorf("the player lost its party with the session")
		}
		w.wantParty("a", home, "*1:in:connected 2:in:connected")
	})
}

func TestTheTokenBeforeSurvivesACrash(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		_, b, _, _ := w.pair("a")
		b.drop()
		b.back("a") // the answer is lost, and then the host
		w.crash("a")
		w.host("b")
		c := b.back("b")
		if f := c.welcome(); f["t"] != "resumed" {
			t.Fatalf("the token before was refused: %v", f)
		}
		c.next = 20
		c.ok("rename", map[string]any{"name": "Bo"})
		w.crash("b")
		w.host("c")
		if f := b.back("c").welcome(); f["t"] != "welcome" {
			t.Errorf("a token is good although a command came under the one after: %v", f)
		}
	})
}

// A set that waits stands in no log: sent again after a restart it waits again,
// also when the log knows a later command of the session.
func TestAWaitingSetSentAgainAfterARestart(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		_, b, _, _ := w.pair("a")
		set := map[string]any{"set": map[string]any{"level": "ruins"}}
		b.ok("data", set)
		id := b.next
		b.ok("rename", map[string]any{"name": "Bo"})
		w.crash("a")
		w.host("b")
		c := b.back("b")
		if f := c.redo(id, "data", set); f["t"] != "ok" || f["waiting"] != true {
			t.Errorf("the set was answered %v", f)
		}
	})
}

func TestGaps(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		_, b, _, _ := w.pair("a")
		b.drop()
		other := func(c *Caller) { c.Hello.Resume.Epoch = "another" }
		c := b.back("a", other)
		if f := c.welcome(); f["t"] != "welcome" || f["gap"] != true || f["lost"] != false {
			t.Errorf("another epoch answers %v", f)
		}
		c.drop()
		beyond := func(x *Caller) { x.Hello.Resume.Seq += 1000 }
		c = c.back("a", beyond)
		if f := c.welcome(); f["t"] != "welcome" || f["gap"] != true {
			t.Errorf("a sequence that was never given answers %v", f)
		}
	})
}

// More than the log holds: the gap is told, and a snapshot stands in.
func TestTooMuchMissedIsAGap(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, _, _ := w.pair("a")
		b.drop()
		w.set(func(s *game.Settings) { s.ReliableBurst = 5000 })
		time.Sleep(time.Second)
		for i := range heldEach + 5 {
			a.reliable(uint64(i+1), 0, "x")
		}
		synctest.Wait()
		if got := len(a.acks()); got != heldEach+5 {
			t.Fatalf("%d messages were acknowledged", got)
		}
		c := b.back("a")
		if f := c.welcome(); f["t"] != "welcome" || f["gap"] != true {
			t.Errorf("the answer is %v", f)
		}
		if len(c.messages()) != 0 {
			t.Error("a part of what was missed was shown as if it were all")
		}
	})
}

// An old message that expired is no gap and no endless reading.
func TestResumeAfterTheNewestEntryExpired(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, _, code := w.pair("a")
		c := w.hello("a", 3)
		c.ok("join", map[string]any{"code": code})
		c.ok("finalize", map[string]any{"success": true})
		a.reliable(1, 3, "for the third alone")
		time.Sleep(6 * time.Minute)
		b.drop()
		if f := b.back("a").welcome(); f["t"] != "resumed" {
			t.Errorf("the answer is %v", f)
		}
	})
}

func TestANewcomerSeesNothingFromBefore(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, _, code := w.pair("a")
		a.reliable(1, 0, "before")
		a.reliable(2, 2, "for b alone")
		c := w.hello("a", 3)
		c.ok("join", map[string]any{"code": code})
		a.reliable(3, 0, "after")
		if got := c.messages(); !cmp.Equal(got, []string{"after"}) {
			t.Errorf("the newcomer got %v", got)
		}
		at := c.seq()
		c.drop()
		a.reliable(4, 2, "for b again")
		c = w.hello("a", 3, resuming(c, 1)) // as if it had been here always
		if got := c.messages(); len(got) != 0 {
			t.Errorf("the newcomer was replayed %v", got)
		}
		if f := c.welcome(); f["t"] != "welcome" || f["gap"] != false {
			t.Errorf("a resume from before the joining answers %v", f)
		}
		c.drop()
		c = w.hello("a", 3, resuming(c, at))
		if got := c.messages(); len(got) != 0 {
			t.Errorf("messages of two others were replayed: %v", got)
		}
		if got := b.messages(); !cmp.Equal(got, []string{"before", "for b alone", "after", "for b again"}) {
			t.Errorf("b got %v", got)
		}
	})
}

// A sequence belongs to a party: of another one nothing is replayed.
func TestNothingIsReplayedOfAnotherParty(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		_, b, _, _ := w.pair("a")
		c := w.hello("a", 3)
		home, code := c.lastParty(), c.invite(nil)
		b.ok("join", map[string]any{"code": code, "confirm": true})
		seq := b.seq() // as if it stood so high in the party before
		c.ok("rename", map[string]any{"name": "Cleo"})
		b.drop()
		d := w.hello("a", 2, resuming(b, seq), func(c *Caller) { c.Hello.Party = "pother" })
		if f := d.welcome(); f["t"] != "welcome" || f["gap"] != false || d.lastParty() != home {
			t.Errorf("the answer is %v", f)
		}
		if d.welcome()["session"] != b.welcome()["session"] {
			t.Error("the session was lost with the party")
		}
	})
}

var resends = flag.Int("resends", 1, "how many parties have their commands sent again and again")

// Commands and messages that are sent up to five times, across reconnects and
// crashes, apply once and answer the same.
func TestResentUpToFiveTimes(t *testing.T) {
	for range *resends {
		resend(t, uint64(time.Now().UnixNano()))
	}
	t.Logf("proved: %d commands and as many messages, each sent up to five times, took effect once", 48**resends)
}

func resend(t *testing.T, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 0))
	defer func() {
		if t.Failed() {
			t.Logf("the seed was %d", seed)
		}
	}()
	story(t, func(t *testing.T, w *world) {
		a, b, home, _ := w.pair("a")
		host := "a"
		answers, acks := map[float64]any{}, map[uint64]uint64{}
		check := func(c *client) {
			t.Helper()
			for _, f := range c.frames() {
				if f["t"] == "error" {
					t.Fatalf("an error: %v", f)
				}
				if f["t"] == "ok" && f["id"].(float64) > 100 {
					id := f["id"].(float64)
					if was, ok := answers[id]; ok && was != f["seq"] {
						t.Fatalf("command %v answered %v, then %v", id, was, f["seq"])
					}
					answers[id] = f["seq"]
				}
			}
			for id, seq := range c.acks() {
				if was, ok := acks[id]; ok && was != seq {
					t.Fatalf("message %d was acknowledged at %d, then at %d", id, was, seq)
				}
				acks[id] = seq
			}
		}
		command := func(id uint64) {
			b.session.Text(nil, fmt.Appendf(nil, `{"t":"rename","id":%d,"name":"Bo%d"}`, 100+id, id))
		}
		message := func(id uint64) { b.reliable(id, 0, fmt.Sprint("m", id)) }
		const rounds = 12
		for round := range uint64(rounds) {
			// What the last round lost is sent again first, then four new ones,
			// then all of them up to four times more, shuffled.
			first := round*4 + 1
			var again []func()
			for id := first; id < first+4; id++ {
				command(id)
				message(id)
				for range random.IntN(5) {
					again = append(again, func() { command(id) }, func() { message(id) })
				}
			}
			random.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
			for i, send := range again {
				send()
				if i == len(again)/2 {
					if random.IntN(2) == 0 {
						synctest.Wait()
					}
					old := b
					switch random.IntN(4) {
					case 0: // half-open
					case 1:
						w.crash(host)
						host = fmt.Sprint("h", round)
						w.host(host)
					default:
						b.session.Gone()
					}
					b = b.back(host)
					check(old)
					for id := first; id < first+4; id++ { // as a client does: unanswered ones in order
						command(id)
						message(id)
					}
				}
			}
			time.Sleep(3 * time.Second)
			check(b)
		}
		if len(answers) != 4*rounds || len(acks) != 4*rounds {
			t.Errorf("%d commands and %d messages of %d were answered", len(answers), len(acks), 4*rounds)
		}
		a.back(host)
		records, err := w.hosts[host].o.Node.Read(t.Context(), ref("demo", party.ID(home)), 0)
		if err != nil {
			t.Fatal(err)
		}
		times := map[string]int{}
		for _, r := range records {
			if m, err := decodeStored(r.Data); err == nil {
				times[string(m.payload)]++
			} else if e, err := party.DecodeEntry(r.Data); err == nil {
				if n, ok := e.Events[0].(party.Renamed); ok {
					times[n.Name]++
				}
			}
		}
		for id := range 4 * rounds {
			for _, what := range []string{fmt.Sprint("Bo", id+1), fmt.Sprint("m", id+1)} {
				if times[what] != 1 {
					t.Errorf("%s is %d times in the log", what, times[what])
				}
			}
		}
	})
}

// Of two connections that resume one session at the same time one has it, and the
// other is told so.
func TestTwoConnectionsResumeAtOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		_, b, home, _ := w.pair("a")
		b.drop()
		again := resuming(b, b.seq())
		release := w.holds("a", home) // so that both wait to be written
		var both [2]*client
		var errs [2]error
		var all sync.WaitGroup
		for i := range both {
			all.Go(func() { both[i], errs[i] = w.greet("a", 2, again) })
		}
		synctest.Wait()
		release()
		all.Wait()
		if both[0] == nil || both[1] == nil {
			t.Fatalf("told %v", errs)
		}
		open, other, err := both[0], both[1], errs[0]
		if open.closedWith() != 0 {
			open, other, err = both[1], both[0], errs[1]
		}
		if err != nil || open.closedWith() != 0 || other.closedWith() != protocol.Replaced {
			t.Fatalf("they were closed with %d and %d, told %v", open.closedWith(), other.closedWith(), errs)
		}
		open.next = b.next
		open.ok("rename", map[string]any{"name": "Bo"})
		w.wantParty("a", home, "*1:in:connected 2:in:connected")
	})
}

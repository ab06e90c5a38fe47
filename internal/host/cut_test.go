package host

import (
	"bytes"
	"context"
	"flag"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"partykit/internal/engine"
	"partykit/party"
)

// evening is a busy party of three: the friend whose wire is cut, the one who
// leads at first on the same host, and one on another host.
type evening struct {
	t                   *testing.T
	w                   *world
	leader, far, friend *pilot
	code                string
}

// The members' numbers, in the order in which they join.
const (
	farN    = 2
	friendN = 3
)

// effects are what the log holds exactly once, however often it was sent.
var effects = []string{
	`"from":"the leader"`, `"from":"the friend"`, `"from":"the new leader"`, `"hero":"owl"`, `"name":"Bo the Friend"`,
	"message one", "message two", "message to you", "hello from the friend", "hello from the leader", `"id":"match1"`,
	`"max":3`,
}

// script is the evening, step by step. In a step several send at once, so that
// answers and what others do cross on the friend's wire.
func (e *evening) script() []func() {
	friend, leader, far := e.friend, e.leader, e.far
	set := func(from string) map[string]any { return map[string]any{"set": map[string]any{"from": from}} }
	return []func(){
		friend.connect,
		func() { friend.do("join", map[string]any{"code": e.code}) },
		func() { friend.do("finalize", map[string]any{"success": true}) },
		func() {
			friend.do("data", set("the friend")) // waits
			leader.do("data", set("the leader"))
			friend.do("member", map[string]any{"set": map[string]any{"hero": "owl"}})
		},
		func() {
			friend.send(0, "message one")
			far.send(friendN, "message for you")
			friend.send(farN, "message to you")
			far.send(1, "message for the leader")
			friend.send(0, "message two")
		},
		func() {
			friend.do("rename", map[string]any{"name": "Bo the Friend"})
			friend.do("chat", map[string]any{"text": "hello from the friend"})
			leader.do("chat", map[string]any{"text": "hello from the leader"})
		},
		func() { leader.do("promote", map[string]any{"n": friendN}) },
		func() {
			friend.do("data", set("the new leader"))
			far.send(0, "message to all")
			friend.do("match", map[string]any{"match": map[string]any{"id": "match1", "joinable": true}})
			friend.do("invite", map[string]any{"maxUses": 3})
		},
		func() { far.do("follow", map[string]any{"into": "match1", "yes": true}) },
	}
}

// damages are the ways in which a wire is lost. Each is what happens to a wire
// that was cut, and how the friend comes back.
var damages = []struct {
	name string
	deaf bool // what the friend sends still arrives
	away func(*evening)
}{
	{"reset", false, func(e *evening) {
		e.friend.gone()
		e.meanwhile()
	}},
	{"half-open", false, (*evening).meanwhile},
	{"slow reader", true, func(e *evening) {
		e.meanwhile()
		e.friend.gone()
	}},
	{"going away", false, func(e *evening) {
		e.meanwhile()
		ctx, cancel := context.WithTimeout(e.t.Context(), 10*time.Second)
		defer cancel()
		old := e.w.hosts["a"]
		if err := old.Close(ctx); err != nil {
			e.t.Error(err)
		}
		old.o.Node.Close()
		e.restarted()
	}},
	{"kill", false, func(e *evening) {
		e.w.crash("a")
		e.meanwhile()
		e.restarted()
	}},
}

// meanwhile something happens that the friend misses.
func (e *evening) meanwhile() {
	e.far.send(0, "meanwhile")
	synctest.Wait()
}

// restarted starts the host again over the same store, and brings the leader
// back.
func (e *evening) restarted() {
	time.Sleep(10 * time.Millisecond) // no process starts sooner
	e.w.host("a")
	e.leader.connect()
}

func (p *pilot) gone() {
	if p.session != nil {
		p.session.Gone()
	}
	synctest.Wait()
}

var allCuts = flag.Bool("cuts.all", false, "cut every wire that comes back once more, at each of the first ends of its frames")

// A client whose wire is cut at any end of any frame, in any way, and once more
// while it resumes, ends with exactly the log of its party from where it came
// in, in order, and so do the others; what it asked for was done once.
func TestACutAnywhere(t *testing.T) {
	var runs, resumes atomic.Int64
	t.Cleanup(func() {
		t.Logf("proved: %d evenings, cut at every end of every frame in every way, and %d resumes: each client's log is its party's", runs.Load(), resumes.Load())
	})
	for _, damage := range damages {
		t.Run(damage.name, func(t *testing.T) {
			t.Parallel()
			story(t, func(t *testing.T, w *world) {
				w.host("b")
				guests := 0
				tell := func(cuts ...int) *pilot {
					e := &evening{t: t, w: w}
					e.found(guests)
					guests += 3
					e.friend.cuts, e.friend.deaf = cuts, damage.deaf
					for _, step := range e.script() {
						step()
						for e.friend.lost() {
							damage.away(e)
							e.friend.connect()
						}
						time.Sleep(200 * time.Millisecond)
					}
					e.check(cuts)
					runs.Add(1)
					resumes.Add(int64(e.friend.resumes))
					return e.friend
				}
				ends := tell().ends
				if ends < 60 {
					t.Fatalf("the evening has %d ends of frames only", ends)
				}
				for k := range ends {
					tell(k)
					for again := range 9 { // and once more while it comes back
						if *allCuts || k%4 == 0 && again == k%9 {
							tell(k, again)
						}
					}
					if t.Failed() {
						return
					}
				}
			})
		})
	}
}

// found makes the party of the leader and the one far away.
func (e *evening) found(first int) {
	e.leader = &pilot{w: e.w, n: first + 1, on: "a", answers: map[uint64]string{}}
	e.far = &pilot{w: e.w, n: first + 2, on: "b", answers: map[uint64]string{}}
	e.friend = &pilot{w: e.w, n: first + 3, on: "a", answers: map[uint64]string{}}
	e.leader.connect()
	e.leader.do("invite", nil)
	synctest.Wait()
	var made struct{ Code string }
	read([]byte(e.leader.answers[1]), &made)
	e.code = made.Code
	e.far.connect()
	e.far.do("join", map[string]any{"code": e.code})
	e.far.do("finalize", map[string]any{"success": true})
	synctest.Wait()
}

// check holds all three to the log, and the log to what was done.
func (e *evening) check(cuts []int) {
	e.t.Helper()
	synctest.Wait()
	records, err := e.w.hosts["b"].o.Node.Read(e.t.Context(), ref("demo", party.ID(e.leader.home)), 0)
	if err != nil {
		e.t.Fatal(err)
	}
	for name, p := range map[string]*pilot{"leader": e.leader, "far": e.far, "friend": e.friend} {
		if p.home != e.leader.home {
			e.t.Errorf("cut at %v the %s is in %s, the others in %s", cuts, name, p.home, e.leader.home)
		} else if diff := p.check(records); diff != "" {
			e.t.Errorf("cut at %v the %s did not see what is in the log (-log +seen):\n%s", cuts, name, diff)
		}
		p.gone()
	}
	var log []byte
	for _, r := range records {
		m, _ := decodeStored(r.Data)
		l, _ := decodeLine(r)
		switch r.Kind {
		case engine.Message:
			log = append(log, m.payload...)
		case engine.Chat:
			log = append(log, l.Text...)
		default:
			log = append(log, r.Data...)
		}
	}
	for _, what := range effects {
		if n := bytes.Count(log, []byte(what)); n != 1 {
			e.t.Errorf("cut at %v %s is %d times in the log", cuts, what, n)
		}
	}
}

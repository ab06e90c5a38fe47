package host

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"partykit/party"
	"partykit/protocol"
)

var (
	storySeed  = flag.Uint64("story.seed", 0, "replay the random story of this seed")
	storySteps = flag.Int("story.steps", 150, "steps of a random story")
	storyCount = flag.Int("story.count", 3, "how many random stories to tell, on one host and on two")
)

// Random stories of several players, browsers and hosts, with the invariants of
// a party checked all the way.
func TestRandomStories(t *testing.T) {
	for range *storyCount {
		seed := *storySeed
		if seed == 0 {
			seed = uint64(time.Now().UnixNano())
		}
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Logf("replay with -story.seed=%d", seed)
			story(t, func(t *testing.T, w *world) { tell(t, w, seed, *storySteps, "a") })
			story(t, func(t *testing.T, w *world) {
				w.host("b")
				tell(t, w, seed, *storySteps, "a", "b")
			})
		})
	}
	if t.Failed() {
		return
	}
	t.Logf("proved: %d random stories of %d steps keep every invariant, on one host and on two", *storyCount, *storySteps)
}

// actor is a player of a random story, with all that its connections saw.
type actor struct {
	*client
	host string
	sub  string     // as which its game named it, once it did
	log  []received // of the connections before
}

// player is the id it has now.
func (a *actor) player() party.PlayerID {
	if a.sub != "" {
		return party.PlayerID(player(a.sub))
	}
	return party.PlayerID(guest(a.n))
}

type tale struct {
	t      *testing.T
	w      *world
	random *rand.Rand
	actors []*actor
	codes  []string
	pages  map[int]*Page
	hosts  []string
	done   []string // for the failure's story
}

// tell tells a story of a seed. Players keep to their host, and a host that is
// not alone does not crash.
func tell(t *testing.T, w *world, seed uint64, steps int, hosts ...string) {
	g := w.games["demo"]
	g.Settings.PartySize = 3
	w.games["demo"] = g
	w.naming()
	s := &tale{t: t, w: w, random: rand.New(rand.NewPCG(seed, 0)), pages: map[int]*Page{}, hosts: hosts}
	defer func() {
		if t.Failed() {
			t.Logf("the story:\n%s", strings.Join(s.done, "\n"))
		}
		for _, p := range s.pages {
			p.Close()
		}
	}()
	for n := range 6 {
		on := hosts[n%len(hosts)]
		s.actors = append(s.actors, &actor{client: w.hello(on, n+1), host: on})
	}
	for range steps {
		s.step()
		if s.random.IntN(4) == 0 {
			s.settle()
			s.check()
		}
		if t.Failed() {
			return
		}
	}
	for _, a := range s.actors { // everybody comes back, and sees the same
		if !a.here() {
			s.back(a)
		}
	}
	s.settle()
	s.check()
	s.checkViews()
}

func (s *tale) settle() {
	time.Sleep(2500 * time.Millisecond)
	synctest.Wait()
}

func (s *tale) note(format string, args ...any) {
	s.done = append(s.done, fmt.Sprintf("%s %s", time.Now().Format("15:04:05.000"), fmt.Sprintf(format, args...)))
}

func (a *actor) here() bool { return a.session != nil && a.closedWith() == 0 }

// back brings an actor again, most often with all it knows.
func (s *tale) back(a *actor, change ...func(*Caller)) {
	old := a.client
	if s.random.IntN(5) > 0 {
		change = append([]func(*Caller){resuming(old, old.seq())}, change...)
	}
	if a.sub != "" {
		token := named(a.sub, "")
		change = append(change, func(c *Caller) { c.Hello.Identity = token })
	}
	next, err := s.w.tryHello(a.host, old.n, change...)
	if err != nil {
		s.t.Fatalf("guest %d comes back: %v", old.n, err)
	}
	a.log = append(a.log, old.received()...)
	a.client = next
	if next.welcome()["session"] == old.welcome()["session"] {
		next.next = old.next
	}
	s.note("guest %d is back on %s: %v", a.n, a.host, next.welcome()["t"])
}

func (s *tale) command(a *actor, kind string, members map[string]any) {
	a.next++
	frame := map[string]any{"t": kind, "id": a.next}
	for k, v := range members {
		frame[k] = v
	}
	s.note("guest %d: %s %v", a.n, kind, members)
	a.session.Text(nil, protocol.Encode(frame))
}

func (s *tale) step() {
	a := s.actors[s.random.IntN(len(s.actors))]
	if !a.here() {
		s.back(a)
		return
	}
	code := ""
	if len(s.codes) > 0 {
		code = s.codes[s.random.IntN(len(s.codes))]
	}
	switch s.random.IntN(19) {
	case 0:
		f := a.do("invite", map[string]any{"maxUses": s.random.IntN(3)})
		if c, ok := f["code"].(string); ok {
			s.codes = append(s.codes, c)
		}
		s.note("guest %d: invite", a.n)
	case 1, 2, 3:
		s.command(a, "join", map[string]any{"code": code, "confirm": true})
	case 4:
		s.command(a, "leave", nil)
	case 5:
		s.command(a, "finalize", map[string]any{"success": s.random.IntN(4) > 0})
	case 6:
		s.command(a, "data", map[string]any{"set": map[string]any{"by": a.n}})
	case 7:
		s.command(a, "rename", map[string]any{"name": fmt.Sprint("N", s.random.IntN(3))})
	case 8:
		s.note("guest %d: a message", a.n)
		a.reliable(a.next*100+uint64(s.random.IntN(50)), 0, fmt.Sprint("from ", a.n))
	case 9:
		s.note("guest %d: lost", a.n)
		a.session.Gone()
		synctest.Wait()
		a.Close(1)
	case 10:
		n := s.random.IntN(4)
		if p := s.pages[n]; p != nil {
			s.note("browser %d closes", n)
			p.Close()
			delete(s.pages, n)
		} else if p, err := s.w.hosts[s.hosts[0]].OpenPage(s.t.Context(), code, browser(n), home4(n)); err == nil {
			s.note("browser %d opens", n)
			s.pages[n] = p
			p.Visible(true)
		}
	case 11:
		n := s.random.IntN(4)
		ticket, err := s.w.hosts[s.hosts[len(s.hosts)-1]].Start(s.t.Context(), code, browser(n), home4(n))
		s.note("browser %d starts: %v", n, err)
		if err == nil && s.random.IntN(2) == 0 {
			a.session.Gone()
			s.back(a, ticketed(ticket))
		}
	case 12:
		s.note("time passes")
		time.Sleep([]time.Duration{16 * time.Second, 61 * time.Second, 125 * time.Second}[s.random.IntN(3)])
	case 13:
		invites := a.do("invites", nil)["invites"]
		if list, _ := invites.([]any); len(list) > 0 {
			s.command(a, "revoke", map[string]any{"invite": list[s.random.IntN(len(list))].(map[string]any)["id"]})
		}
	case 14:
		if s.random.IntN(4) == 0 && len(s.hosts) == 1 {
			s.crash()
		}
	case 15, 16, 17:
		s.together(a)
	case 18:
		sub := fmt.Sprint("sub", a.n)
		if f := a.do("identify", map[string]any{"token": named(sub, ""), "confirm": true}); f["t"] == "ok" {
			a.sub = sub
		}
		s.note("guest %d: identify", a.n)
	}
}

// together has members do what concerns the others; who may not is told so.
func (s *tale) together(a *actor) {
	n := 1 + s.random.IntN(6)
	switch s.random.IntN(10) {
	case 0:
		openness := []party.Openness{party.InviteOnly, party.InviteOnly, party.Open, party.Locking}[s.random.IntN(4)]
		s.command(a, "settings", map[string]any{"openness": openness})
	case 1:
		s.command(a, "settings", map[string]any{"size": 1 + s.random.IntN(3)})
	case 2:
		s.command(a, "kick", map[string]any{"n": n, "ban": s.random.IntN(4) == 0})
	case 3:
		s.command(a, "readmit", map[string]any{"n": n})
	case 4:
		s.command(a, "promote", map[string]any{"n": n})
	case 5:
		s.command(a, "member", map[string]any{"set": map[string]any{"hero": n}})
	case 6:
		s.command(a, "match", map[string]any{"match": map[string]any{"id": fmt.Sprint("m", n%2), "free": n}})
	case 7:
		s.command(a, "follow", map[string]any{"into": fmt.Sprint("m", n%2), "yes": n > 2})
	case 8:
		s.command(a, "ready", map[string]any{"keep": n > 3})
	case 9:
		s.command(a, "answer", map[string]any{"yes": n > 2})
	}
}

// crash ends the host and starts another.
func (s *tale) crash() {
	s.note("the host crashes")
	for _, p := range s.pages {
		p.Close()
	}
	clear(s.pages)
	s.w.crash("a")
	for _, a := range s.actors {
		a.Close(1)
	}
	time.Sleep(10 * time.Millisecond) // no process starts sooner
	s.w.host("a")
}

// check holds the hosts to what must always be so.
func (s *tale) check() {
	s.t.Helper()
	for _, h := range s.hosts {
		s.checkHost(h)
	}
	for _, a := range s.actors {
		s.checkOrder(a)
	}
}

func (s *tale) checkHost(host string) {
	s.t.Helper()
	where := map[party.PlayerID]party.ID{}
	for _, l := range s.w.hosts[host].loops {
		done := make(chan bool)
		l.Post(everyGame, func() {
			defer close(done)
			for _, p := range l.parties {
				p.rouse()
				if p.state != nil {
					s.checkParty(p, where)
				}
			}
		})
		<-done
	}
	for _, a := range s.actors {
		if a.host == host && a.here() && where[a.player()] != party.ID(a.lastParty()) {
			s.t.Errorf("I5: guest %d believes to be in %s and is in %s", a.n, a.lastParty(), where[a.player()])
		}
	}
}

func (s *tale) checkParty(p *live, where map[party.PlayerID]party.ID) {
	st := p.state
	if st.Taken() > st.Size {
		s.t.Errorf("I2: %d places of %d are taken", st.Taken(), st.Size)
	}
	if len(st.Members) > 0 && st.Member(st.Leader) == nil {
		s.t.Errorf("I4: party %s is led by %q, who is no member", st.ID, st.Leader)
	}
	if len(st.Members) == 0 && st.Leader != "" {
		s.t.Errorf("I4: the empty party %s is led", st.ID)
	}
	for _, m := range p.view().Members {
		if other, twice := where[m.ID]; twice {
			s.t.Errorf("I5: a player is in %s and in %s", other, st.ID)
		}
		where[m.ID] = st.ID
	}
	for id := range p.sessions {
		if st.Member(id) == nil {
			s.t.Errorf("party %s serves a session of somebody who is no member", st.ID)
		}
	}
	for _, i := range st.Invites {
		used := i.Uses
		for _, seat := range st.Seats {
			if seat.Invite == i.ID && !slices.ContainsFunc(i.Used, func(u party.Use) bool { return u.Seat == seat.ID }) {
				used++
			}
		}
		if i.MaxUses > 0 && used > i.MaxUses {
			s.t.Errorf("I8: %d of %d uses of a link are taken", used, i.MaxUses)
		}
	}
	for page := range p.pages.open { // I3: who is told full is told so truly
		if v := p.invitation(page.link, party.Hold{Seat: page.seat}); v.Problem == party.Full && st.Taken() < st.Size {
			s.t.Errorf("I3: full with %d of %d", st.Taken(), st.Size)
		}
	}
}

// checkOrder holds what one connection saw to rising sequences (I6), and its
// answers to one for each command (I7).
func (s *tale) checkOrder(a *actor) {
	seq := 0.0
	answers := map[float64]string{}
	for _, r := range a.received() {
		switch r.text["t"] {
		case "welcome", "resumed", "party":
			seq = r.text["seq"].(float64)
		case "event":
			if v := r.text["seq"].(float64); v != 0 && v <= seq && v != seq {
				s.t.Errorf("I6: guest %d saw %v after %v", a.n, v, seq)
			} else {
				seq = max(seq, v)
			}
		case "ok", "error":
			if id, ok := r.text["id"].(float64); ok {
				if was, again := answers[id]; again && was != string(r.raw) {
					s.t.Errorf("I7: command %v of guest %d was answered %s, then %s", id, a.n, was, r.raw)
				}
				answers[id] = string(r.raw)
			}
		}
		if r.message.Reliable {
			seq = inOrder(s.t, seq, float64(r.message.ID))
		}
	}
}

// checkViews holds every client's own view, made from a snapshot and what came
// after it, to the host's (I10), and all hosts' states to their logs.
func (s *tale) checkViews() {
	s.t.Helper()
	for _, a := range s.actors {
		var want party.Snapshot
		s.w.on(a.host, a.lastParty(), func(p *live) { want = p.view() })
		got := applied(append(slices.Clone(a.log), a.received()...))
		got.Invites = slices.DeleteFunc(got.Invites, func(i party.InviteView) bool { return i.Expires <= now() })
		var same party.Snapshot
		if err := json.Unmarshal(protocol.Encode(want), &same); err != nil {
			s.t.Fatal(err)
		}
		for _, p := range []*party.Snapshot{&same, &got} { // nobody is told its own status
			for i := range p.Members {
				if m := &p.Members[i]; m.ID == a.player() {
					m.Status = party.Status{}
				}
			}
		}
		if diff := cmp.Diff(same, got); diff != "" {
			s.t.Errorf("I10: guest %d sees another party (-host +client):\n%s", a.n, diff)
		}
	}
}

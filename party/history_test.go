package party

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"partykit/internal/names"
)

// history is one long random life of a party, told to the party and to the
// model at the same time.
type history struct {
	*scene
	r     *rapid.T
	m     *model
	links []InviteID
	sent  []CommandID
	snap  int // the log entry before which a snapshot is taken
}

// The people, browsers and names of the histories. They are few, so that
// everybody meets everybody, and everything happens more than once.
var (
	guests   = []PlayerID{"ada", "bob", "cleo", "dora"}
	named    = []PlayerID{"iris", "judy"} // by their game
	people   = append(slices.Clone(guests), named...)
	browsers = []SeatID{"x", "y", "z"}
	given    = []string{"Ada", "ada", "Bob", "Cleo 2", "Cleo"}
	pauses   = []time.Duration{
		0, time.Millisecond, time.Second, 14 * time.Second, 15 * time.Second, 30 * time.Second, 45 * time.Second,
		time.Minute, 90 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour, 23 * time.Hour,
	}
)

func TestHistoriesAgreeWithTheModel(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		size := rapid.IntRange(1, 4).Draw(r, "size")
		h := &history{scene: newScene(r, size), r: r, m: newModel(size)}
		h.snap = rapid.IntRange(1, 50).Draw(r, "snapshot")
		for range rapid.IntRange(1, 120).Draw(r, "steps") {
			h.step()
			h.agree()
			h.invariants()
			h.checkDue()
		}
		h.checkLog(h.snap)
	})
}

// tell does a command in both worlds, as the next one of the player's session.
func (h *history) tell(p PlayerID, c Command) {
	var by *CommandID
	if member := h.s.Member(p); member != nil {
		h.counter[member.Session]++
		by = &CommandID{member.Session, h.counter[member.Session]}
	}
	if own, ok := c.(SetData); ok { // a host keeps only what is within the limits
		own.Data, _ = own.Data.Clean()
		c = own
	}
	entries := h.s.Revision
	events, err := h.doAs(c, by)
	want := h.m.do(c, h.now, h.known)
	if codeOf(err) != want || err != nil && want == "" {
		h.t.Fatalf("%T%+v: the party says %v, the model %q", c, c, err, want)
	}
	if err != nil && h.s.Revision != entries {
		h.t.Fatalf("law 17: a refused %T changed the party", c)
	}
	if len(events) > 0 {
		h.m.applied(by, h.now)
		if by != nil {
			h.sent = append(h.sent, *by)
		}
	}
}

// elapse lets time pass as under a host that ticks whenever something is due.
func (h *history) elapse(d time.Duration) {
	end := h.now.Add(d)
	for {
		h.checkDue()
		due := NextDue(h.s, h.known)
		if due == 0 || due > end {
			h.now = end
			return
		}
		h.now = max(h.now, due)
		h.tell("", Tick{})
		h.agree()
	}
}

// again sends a command that was applied before (law 12).
func (h *history) again() {
	if len(h.sent) == 0 {
		return
	}
	id := rapid.SampledFrom(h.sent).Draw(h.r, "again")
	got := "new"
	answer, err := h.s.Repeated(id)
	switch {
	case codeOf(err) == StaleCommand:
		got = "stale"
	case answer != nil && answer.Counter == id.Counter:
		got = "answered"
	}
	if want := h.m.repeated(id); got != want {
		h.t.Fatalf("%v again: the party finds it %s, the model %s", id, got, want)
	}
}

// outline is what party and model are compared by.
type outline struct {
	Leader          PlayerID
	Members         []modelMember
	Seats           []modelSeat
	Links           []modelLink
	Sessions        []modelSession
	Data, Landing   string
	InMemory, Ended bool

	Size                int
	Openness            Openness
	LeaderOnly, Approve bool
	Outcasts            []modelOutcast
	Line, Asks          []modelVisitor
	Match               string
	Ready               *modelReady
}

func (h *history) agree() {
	s, m := h.s, h.m
	got := outline{Leader: s.Leader, Data: text(s.Data), InMemory: !h.logged(), Ended: s.Ended}
	if len(s.Landing) > 0 {
		got.Landing = s.Landing[0].Value
	}
	for _, x := range s.Members {
		got.Members = append(got.Members, modelMember{x.Player, x.N, x.Name, x.State == Loads, x.Invite, x.Seat, x.Session, x.Move, x.Browser, text(x.Data), x.Follow})
	}
	for _, x := range s.Seats {
		got.Seats = append(got.Seats, modelSeat{x.ID, x.Player, x.N, x.Name, x.Invite, x.Browser, x.Home, x.Offer, x.LetIn, 0})
	}
	for _, x := range s.Invites {
		if x.Uses != len(x.Used) {
			h.t.Fatalf("link %s counts %d uses and remembers %v", x.ID, x.Uses, x.Used)
		}
		got.Links = append(got.Links, modelLink{ID: x.ID, By: x.By, For: x.For, Max: x.MaxUses, Revoked: x.Revoked != 0, Uses: x.Used})
	}
	for _, x := range s.Sessions {
		y := modelSession{ID: x.ID, Player: x.Player, High: x.High}
		for _, a := range x.Answers {
			y.Answers = append(y.Answers, a.Counter)
		}
		got.Sessions = append(got.Sessions, y)
	}
	got.Size, got.Openness, got.LeaderOnly, got.Approve = s.Size, s.Openness, s.Inviters == LeaderOnly, s.Approve
	for _, x := range s.Outcasts {
		got.Outcasts = append(got.Outcasts, modelOutcast{x.N, x.Player, x.Browser, x.Name, x.Banned})
	}
	for _, x := range s.Line {
		got.Line = append(got.Line, modelVisitor{x.Seat, x.Player, x.N, x.Name, x.Invite, x.Browser, x.Home, 0})
	}
	for _, x := range s.Asks {
		got.Asks = append(got.Asks, modelVisitor{x.Seat, x.Player, x.N, x.Name, x.Invite, x.Browser, x.Home, 0})
	}
	if s.Match != nil {
		got.Match = s.Match.ID
	}
	if r := s.Ready; r != nil {
		got.Ready = &modelReady{By: r.By, Keep: r.Keep, Answers: map[int]bool{}}
		for _, a := range r.Answers {
			got.Ready.Answers[a.N] = a.Yes
		}
	}
	want := outline{
		m.leader, m.members, m.seats, m.links, m.sessions, m.data, m.landing, m.inMemory, m.ended,
		m.size, m.openness, m.leaders, m.approve, m.outcasts, m.line, m.asks, m.match, m.ready,
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(),
		cmpopts.IgnoreUnexported(modelSeat{}, modelLink{}, modelSession{}, modelVisitor{}, modelReady{})); diff != "" {
		h.t.Fatalf("the party is not what the model says (-model +party):\n%s", diff)
	}
}

// invariants checks what must hold of any party, whatever the model thinks.
func (h *history) invariants() {
	s := h.s
	if taken := len(s.Members) + len(s.Seats); taken > s.Size {
		h.t.Fatalf("law 3: %d places of %d are taken", taken, s.Size)
	}
	if (len(s.Members) > 0) != (s.Leader != "") || s.Leader != "" && s.Member(s.Leader) == nil {
		h.t.Fatalf("law 1: %q leads %s", s.Leader, h.players())
	}
	players, called, numbers := map[PlayerID]bool{}, map[string]bool{}, map[int]bool{}
	came := map[InviteID]int{}
	for _, m := range s.Members {
		players[m.Player], called[names.Key(m.Name)], numbers[m.N] = true, true, true
		came[m.Invite]++
	}
	for _, x := range s.Seats {
		called[names.Key(x.Name)], numbers[x.N] = true, true
	}
	if len(players) != len(s.Members) {
		h.t.Fatalf("law 2: somebody is a member twice: %s", h.players())
	}
	if len(called) != s.Taken() || len(numbers) != s.Taken() {
		h.t.Fatalf("law 15: a name or number is there twice: %s", toJSON(h.t, s))
	}
	for _, i := range s.Invites {
		if i.MaxUses > 0 && (s.used(&i) > i.MaxUses || came[i.ID] > i.MaxUses) {
			h.t.Fatalf("law 9: link %s for %d has %d uses and brought in %d members",
				i.ID, i.MaxUses, s.used(&i), came[i.ID])
		}
	}
	if s.Ended && s.Taken() > 0 {
		h.t.Fatalf("law 11: an ended party has somebody in it")
	}
	joined := slices.IsSortedFunc(s.Members, func(a, b Member) int { return int(a.Joined - b.Joined) })
	if !joined {
		h.t.Fatalf("law 2: members do not stand in the order of joining")
	}
}

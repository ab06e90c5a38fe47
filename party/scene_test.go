package party

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// start is when every test begins.
const start Time = 1_700_000_000_000

// tester is what testing.T and rapid.T have in common.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// scene is one party with its clock, what a host knows about it, and its log.
// Whatever is done in a scene is checked against what must hold for every
// command: see do.
type scene struct {
	t     tester
	s     *State
	now   Time
	known Known
	log   [][]byte // encoded entries since the party was founded
	first uint64   // the place of the first of them

	counter map[SessionID]uint64
	moves   uint64
	told    func(seq uint64, e Entry) // if set, hears of every entry; seq is 0 in memory
}

// newScene begins with ada alone in memory.
func newScene(t tester, size int) *scene {
	ada := Member{Player: "ada", Name: "Ada", Face: 1, Session: "ada1"}
	return &scene{
		t: t, s: Solo("p1", "demo", size, ada, "hash", Own{}, start), now: start,
		known:   Known{Absent: map[PlayerID]Absence{}, Closed: map[SeatID]Time{}, Own: map[PlayerID]Own{}},
		counter: map[SessionID]uint64{}, moves: 1,
	}
}

// do decides and applies a command, as a host does: a party in memory is
// founded by the first link. It checks that Decide changes nothing that it was
// given, that the entry survives its encoding, and the rule of revisions.
func (sc *scene) do(c Command) ([]Event, error) {
	sc.t.Helper()
	return sc.doAs(c, nil)
}

func (sc *scene) doAs(c Command, by *CommandID) ([]Event, error) {
	sc.t.Helper()
	before, known := toJSON(sc.t, sc.s), toJSON(sc.t, sc.known)
	events, err := Decide(sc.s, c, sc.now, sc.known)
	if diff := cmp.Diff(before, toJSON(sc.t, sc.s)); diff != "" {
		sc.t.Fatalf("Decide(%T) changed the state it was given:\n%s", c, diff)
	}
	if diff := cmp.Diff(known, toJSON(sc.t, sc.known)); diff != "" {
		sc.t.Fatalf("Decide(%T) changed what it was told:\n%s", c, diff)
	}
	if err != nil && len(events) > 0 {
		sc.t.Fatalf("Decide(%T) refused with %v and yet says %v", c, err, events)
	}
	if len(events) > 0 {
		sc.append(events, by)
	}
	return events, err
}

func (sc *scene) append(events []Event, by *CommandID) {
	sc.t.Helper()
	before := sc.s.Clone()
	seq, logged := before.Seq, sc.logged() || shares(events)
	if logged {
		seq = max(before.Seq, 99) + 1 // the log of a party that was founded before goes on
	}
	if logged && !sc.logged() {
		events = append([]Event{sc.s.Found()}, events...)
		sc.log, sc.first = nil, seq
	}
	entry := before.Entry(sc.now, by, events)
	if logged {
		entry = before.Numbered(entry)
	}
	encoded, err := entry.Encode()
	if err != nil {
		sc.t.Fatalf("encode: %v", err)
	}
	decoded, err := DecodeEntry(encoded)
	if err != nil {
		sc.t.Fatalf("decode: %v", err)
	}
	replayed := reload(sc.t, sc.s)
	was := toJSON(sc.t, before)
	horizon := before.HorizonWith(sc.now, events)
	sc.s.Apply(seq, entry)
	if after := sc.s.Horizon(sc.now); after != horizon {
		sc.t.Fatalf("a party is to be kept until %d, and after that was foreseen to be until %d", after, horizon)
	}
	if diff := cmp.Diff(was, toJSON(sc.t, before)); diff != "" {
		sc.t.Fatalf("a clone shares what Apply changed:\n%s", diff)
	}
	replayed.Apply(seq, decoded)
	sc.same("a stored entry does to a stored state what it did in memory", replayed)
	if logged {
		sc.log = append(sc.log, encoded)
	}
	sc.checkRevision(before, entry)
	sc.checkFold(before, entry)
	sc.checkNotices(before, entry, logged)
	if !logged {
		seq = 0
	}
	if sc.told != nil {
		sc.told(seq, entry)
	}
}

// logged reports whether the party has a log: not in memory, also not again.
func (sc *scene) logged() bool { return sc.s.Seq != 0 && !sc.s.Retired }

// shares reports whether events must be seen by others: they begin a log.
func shares(events []Event) bool {
	return makes[Invited](events) || slices.ContainsFunc(only[Changed](events), func(c Changed) bool { return c.Openness == Open })
}

// checkRevision is law 13: what members see changed, and the revision with it.
func (sc *scene) checkRevision(before *State, e Entry) {
	sc.t.Helper()
	was, is := before.Revision, sc.s.Revision
	a, b := before.Clone(), sc.s.Clone()
	a.Revision, b.Revision = 0, 0
	look := func(s *State) string { return toJSON(sc.t, s.View(sc.now, connected, nil)) }
	changed := look(a) != look(b) || before.Ended != sc.s.Ended
	switch {
	case changed && is != was+1:
		sc.t.Fatalf("law 13: members see a change, revision went from %d to %d:\n%s", was, is, look(b))
	case !changed && is != was:
		sc.t.Fatalf("law 13: members see no change, revision went from %d to %d: %s", was, is, toJSON(sc.t, e))
	}
}

// must does a command that is expected to be accepted.
func (sc *scene) must(c Command) []Event {
	sc.t.Helper()
	events, err := sc.do(c)
	if err != nil {
		sc.t.Fatalf("%T%+v: %v", c, c, err)
	}
	return events
}

// refused does a command that is expected to be refused with code.
func (sc *scene) refused(code Code, c Command) {
	sc.t.Helper()
	rev := sc.s.Revision
	_, err := sc.do(c)
	if codeOf(err) != code {
		sc.t.Fatalf("%T%+v: got %v, want %s", c, c, err, code)
	}
	if sc.s.Revision != rev {
		sc.t.Fatalf("law 17: a refused %T changed the revision", c)
	}
}

// nothing does a command that is expected to find everything as it should be.
func (sc *scene) nothing(c Command) {
	sc.t.Helper()
	if events := sc.must(c); len(events) > 0 {
		sc.t.Fatalf("%T%+v: got %s, want nothing to do", c, c, toJSON(sc.t, events))
	}
}

// wait lets time pass and does what becomes due when it is due.
func (sc *scene) wait(d time.Duration) {
	sc.t.Helper()
	end := sc.now.Add(d)
	for range 1000 {
		sc.checkDue()
		due := NextDue(sc.s, sc.known)
		if due == 0 || due > end {
			sc.now = end
			return
		}
		sc.now = max(sc.now, due)
		sc.must(Tick{})
	}
	sc.t.Fatalf("something is always due: %s", toJSON(sc.t, sc.s))
}

// checkDue checks that NextDue is honest: a tick before it does nothing, a
// tick at it does something.
func (sc *scene) checkDue() {
	sc.t.Helper()
	tick := func(at Time) []Event {
		events, err := Decide(sc.s, Tick{}, at, sc.known)
		if err != nil {
			sc.t.Fatalf("a tick failed: %v", err)
		}
		return events
	}
	due := NextDue(sc.s, sc.known)
	if due == 0 {
		if events := tick(sc.now.Add(1000 * time.Hour)); len(events) > 0 {
			sc.t.Fatalf("nothing is ever due, but a late tick does %s", toJSON(sc.t, events))
		}
		return
	}
	if events := tick(due - 1); len(events) > 0 {
		sc.t.Fatalf("a tick before it is due does %s", toJSON(sc.t, events))
	}
	if len(tick(due)) == 0 {
		sc.t.Fatalf("due at %d, but a tick then does nothing: %s", due-start, toJSON(sc.t, sc.s))
	}
}

// checkLog checks that the log alone, and a snapshot with the log after it,
// give the party as it is.
func (sc *scene) checkLog(snapshot int) {
	sc.t.Helper()
	if !sc.logged() {
		return // nobody reads the log again
	}
	replayed := &State{}
	for i, b := range sc.log {
		if i == snapshot {
			replayed = reload(sc.t, replayed)
		}
		entry, err := DecodeEntry(b)
		if err != nil {
			sc.t.Fatalf("decode: %v", err)
		}
		replayed.Apply(sc.first+uint64(i), entry)
	}
	sc.same("the log replayed gives the party", replayed)
}

func (sc *scene) same(what string, other *State) {
	sc.t.Helper()
	if diff := cmp.Diff(toJSON(sc.t, sc.s), toJSON(sc.t, other)); diff != "" {
		sc.t.Fatalf("not so: %s (-live +other):\n%s", what, diff)
	}
}

// Shorthands for what the stories are made of.

func (sc *scene) invite(by PlayerID, id InviteID, max int) {
	sc.t.Helper()
	sc.must(MakeInvite{Player: by, ID: id, MaxUses: max})
}

func (sc *scene) hold(seat SeatID, invite InviteID) {
	sc.t.Helper()
	sc.must(Hold{Seat: seat, Invite: invite, Name: "Calm Heron", Face: 9})
}

// joining is the command with which a player comes by a seat or without one.
func (sc *scene) joining(p PlayerID, seat SeatID, invite InviteID) Join {
	sc.moves++
	name := strings.ToUpper(string(p[:1])) + string(p[1:])
	return Join{
		Player: p, Name: name, Face: 2, Seat: seat, Invite: invite,
		Move: sc.moves, From: "solo" + ID(p), Session: SessionID(p + "1"), Hash: "hash",
	}
}

func (sc *scene) join(p PlayerID, seat SeatID, invite InviteID) {
	sc.t.Helper()
	delete(sc.known.Absent, p)
	sc.must(sc.joining(p, seat, invite))
}

// in joins and finalizes.
func (sc *scene) in(p PlayerID, invite InviteID) {
	sc.t.Helper()
	sc.join(p, "", invite)
	sc.must(Finalize{p})
}

func (sc *scene) drop(p PlayerID) { sc.known.Absent[p] = Absence{Since: sc.now} }
func (sc *scene) back(p PlayerID) { delete(sc.known.Absent, p) }

// players returns the members in order.
func (sc *scene) players() string {
	var list []string
	for _, m := range sc.s.Members {
		list = append(list, string(m.Player))
	}
	return strings.Join(list, " ")
}

func (sc *scene) wantPlayers(want string) {
	sc.t.Helper()
	if got := sc.players(); got != want {
		sc.t.Fatalf("members are %q, want %q", got, want)
	}
}

func (sc *scene) wantLeader(want PlayerID) {
	sc.t.Helper()
	if sc.s.Leader != want {
		sc.t.Fatalf("leader is %q, want %q", sc.s.Leader, want)
	}
}

func connected(PlayerID) Status { return Status{Presence: Connected} }

// values makes data of keys and strings.
func values(pairs ...string) Data {
	d := Data{}
	for pair := range slices.Chunk(pairs, 2) {
		b, _ := json.Marshal(pair[1])
		d[pair[0]] = b
	}
	return d
}

func title(text string) []Field { return []Field{{ID: "title", Label: "", Value: text}} }

// only returns the events of one kind.
func only[E Event](events []Event) []E {
	var list []E
	for _, e := range events {
		if x, ok := e.(E); ok {
			list = append(list, x)
		}
	}
	return list
}

func makes[E Event](events []Event) bool { return len(only[E](events)) > 0 }

func codeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

func toJSON(t tester, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatalf("marshal %T: %v", v, err)
	}
	return string(b)
}

// reload stores a state and reads it back, as a snapshot does.
func reload(t tester, s *State) *State {
	t.Helper()
	var copied State
	if err := json.Unmarshal([]byte(toJSON(t, s)), &copied); err != nil {
		t.Fatalf("unmarshal: %v", err)
	}
	return &copied
}

func TestScenesStartAlone(t *testing.T) {
	sc := newScene(t, 4)
	sc.wantPlayers("ada")
	sc.wantLeader("ada")
	if sc.s.Seq != 0 || len(sc.s.Seats) > 0 || sc.s.Members[0].State != In {
		t.Errorf("a party of one is in, leads, and lives in memory: %s", toJSON(t, sc.s))
	}
	if _, err := Decide(sc.s, nil, start, Known{}); codeOf(err) != BadRequest {
		t.Errorf("no command at all: got %v, want %s", err, BadRequest)
	}
}

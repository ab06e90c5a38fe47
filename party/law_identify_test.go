package party

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// known is the command by which a guest becomes the player "iris".
func known(guest PlayerID) Identify {
	return Identify{Player: guest, As: "iris", Move: 900, Session: SessionID(guest + "1"), Hash: "hash"}
}

func TestLaw26AGuestKeepsItsPlace(t *testing.T) {
	sc := court(t)
	sc.must(SetMatch{Player: "ada", Match: &Match{ID: "m1"}})
	sc.must(SetMember{Player: "ada", Data: values("hero", "owl")})
	before := *sc.s.Member("ada")
	sc.must(known("ada"))
	sc.wantLeader("iris")
	after := *sc.s.Member("iris")
	if sc.s.Members[0].Player != "iris" || after.N != before.N || after.Joined != before.Joined || after.Name != before.Name {
		t.Fatalf("the place changed: %+v, was %+v", after, before)
	}
	if !after.Data.Equal(before.Data) || after.Follow != before.Follow || after.Session != before.Session || after.Move != 900 {
		t.Fatalf("what it had is gone: %+v, was %+v", after, before)
	}
	sc.must(Revoke{"iris", "i1"}) // her links are hers
	sc.nothing(Identify{Player: "iris", As: "iris"})
	sc.refused(NotFound, known("ada"))
	sc.refused(NotAllowed, Change{Player: "ada", Size: new(5)})
}

func TestLaw26TheGamesNameIsTaken(t *testing.T) {
	sc := court(t)
	c := known("bob")
	c.Name = "Ada"
	events := sc.must(c)
	if got := sc.s.Member("iris").Name; !makes[Renamed](events) || got == "Ada" || !strings.HasPrefix(got, "Ada") {
		t.Fatalf("beside another Ada it is called %q", got)
	}
}

func TestLaw26ItsUseStaysCountedOnce(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 1)
	sc.in("bob", "i1")
	sc.must(known("bob"))
	sc.must(Leave{Player: "iris", Reason: ReasonLeft})
	sc.refused(UsedUp, sc.joining("bob", "", "i1"))
	sc.join("iris", "", "i1")
	if n := sc.s.Invite("i1").Uses; n != 1 {
		t.Fatalf("%d uses", n)
	}
}

func TestLaw26CommandsStayAnswered(t *testing.T) {
	sc := court(t)
	id := CommandID{"bob1", 7}
	if _, err := sc.doAs(known("bob"), &id); err != nil {
		t.Fatal(err)
	}
	if answer, err := sc.s.Repeated(id); answer == nil || err != nil {
		t.Fatalf("repeated, it finds %v, %v", answer, err)
	}
}

func TestLaw26WhoIsThereAlreadyTakesThePlace(t *testing.T) {
	sc := court(t)
	sc.in("iris", "i1")
	n := sc.s.Member("iris").N
	sc.must(known("ada"))
	sc.wantPlayers("bob eve iris")
	sc.wantLeader("iris") // the crown was the same human's
	m := sc.s.Member("iris")
	if m.N != n || m.Session != "ada1" || m.Move != 900 || sc.s.Session("ada1").Player != "iris" || sc.s.Session("ada1").Gone != 0 {
		t.Fatalf("%+v, %+v", m, sc.s.Session("ada1"))
	}
}

func TestLaw26AnOutcastStaysOut(t *testing.T) {
	sc := court(t)
	sc.in("iris", "i1")
	sc.must(Kick{Player: "ada", N: sc.s.Member("iris").N, Ban: true})
	sc.refused(Banned, known("bob"))
}

// Whatever is added to the state: nowhere does the former id remain.
func TestLaw26NoTraceOfTheFormerID(t *testing.T) {
	s := &State{}
	if n := fillIDs(reflect.ValueOf(s).Elem(), "gus"); n < 9 {
		t.Fatalf("only %d places for a player's id were found", n)
	}
	s.Outcasts = nil // who is kept out is not in
	s.Apply(0, Entry{Events: []Event{Identified{Player: "gus", N: 1, As: "iris"}}})
	if left := toJSON(t, s); strings.Contains(left, `"gus"`) {
		t.Fatalf("the former id remains:\n%s", left)
	}
}

// fillIDs writes a player's id wherever one can stand, with one element in
// every list, and counts the places.
func fillIDs(v reflect.Value, id PlayerID) (n int) {
	switch v.Kind() {
	case reflect.Struct:
		for _, f := range slices.Collect(fields(v)) {
			n += fillIDs(f, id)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Struct {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			n = fillIDs(v.Index(0), id)
		}
	case reflect.Pointer:
		if v.Type().Elem().Kind() == reflect.Struct {
			v.Set(reflect.New(v.Type().Elem()))
			n = fillIDs(v.Elem(), id)
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[PlayerID]() {
			v.SetString(string(id))
			n = 1
		}
	}
	return n
}

func fields(v reflect.Value) func(func(reflect.Value) bool) {
	return func(yield func(reflect.Value) bool) {
		for i := range v.NumField() {
			if !yield(v.Field(i)) {
				return
			}
		}
	}
}

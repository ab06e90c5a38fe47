package party

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// solo makes a party of one small and whole again.
func (sc *scene) solo() *State {
	m := sc.s.Members[0]
	return sc.s.Lone().State(sc.s.ID, sc.s.Game, Member{Player: m.Player, Name: m.Name, Face: m.Face, Session: m.Session},
		sc.s.Sessions[0].Hash, Own{sc.s.Data, sc.s.Landing})
}

func TestASmallPartyOfOneIsWhole(t *testing.T) {
	sc := newScene(t, 4)
	for name, do := range map[string]func(){
		"as new":       func() {},
		"with data":    func() { sc.must(SetData{"ada", values("level", "meadow")}) },
		"with landing": func() { sc.must(SetLanding{"ada", title("Meadow")}) },
		"renamed":      func() { sc.must(Rename{"ada", "Ada L."}) },
		"resumed":      func() { sc.must(Resume{Player: "ada", Session: "ada1", Hash: "next", Prev: "hash"}) },
		"of commands": func() {
			if _, err := sc.doAs(SetData{"ada", values("level", "hill")}, &CommandID{Session: "ada1", Counter: 7}); err != nil {
				t.Fatal(err)
			}
		},
	} {
		do()
		if diff := cmp.Diff(sc.s, sc.solo()); diff != "" {
			t.Errorf("%s (-was +is):\n%s", name, diff)
		}
	}
}

func TestWhatIsNotSmallShows(t *testing.T) {
	for name, do := range map[string]func(sc *scene){
		"a link":      func(sc *scene) { sc.invite("ada", "i1", 0) },
		"member data": func(sc *scene) { sc.must(SetMember{Player: "ada", Data: values("hero", "owl")}) },
		"a lock":      func(sc *scene) { sc.must(Change{Player: "ada", Openness: new(Locking)}) },
	} {
		sc := newScene(t, 4)
		do(sc)
		if cmp.Equal(sc.s, sc.solo()) {
			t.Errorf("%s is lost, and nobody can tell", name)
		}
	}
}

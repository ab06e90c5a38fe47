package party

import (
	"encoding/json"
	"fmt"
	"testing"
)

// four is a party of four that are in, with some data.
func four(b *testing.B) *State {
	sc := newScene(b, 8)
	sc.invite("ada", "i1", 0)
	for _, p := range []PlayerID{"bob", "cleo", "dee"} {
		sc.in(p, "i1")
	}
	sc.must(SetData{"ada", values("level", "meadow")})
	return sc.s
}

func BenchmarkDecideData(b *testing.B) {
	s, n := four(b), 0
	b.ReportAllocs()
	for b.Loop() {
		n++
		if _, err := Decide(s, PatchData{"ada", Data{"wave": json.RawMessage(fmt.Sprint(n))}}, start, Known{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecideJoin(b *testing.B) {
	s := four(b)
	join := Join{Player: "eve", Name: "Eve", Invite: "i1", Session: "eve1", Move: 9}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decide(s, join, start, Known{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkApplyData(b *testing.B) {
	s := four(b)
	e := s.Entry(start, nil, []Event{DataSet{values("level", "cave"), 9}})
	b.ReportAllocs()
	for b.Loop() {
		s.Apply(s.Seq+1, e)
	}
}

func BenchmarkView(b *testing.B) {
	s := four(b)
	b.ReportAllocs()
	for b.Loop() {
		s.View(start, connected, nil)
	}
}

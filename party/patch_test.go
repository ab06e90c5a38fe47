package party

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A patch is decided on the data as it then is, so that of two that were sent
// one after another neither undoes the other.
func TestLaw05PatchesAddUp(t *testing.T) {
	sc := newScene(t, 4)
	sc.invite("ada", "i1", 0)
	sc.in("bob", "i1")
	sc.must(PatchData{"ada", values("level", "meadow")})
	sc.must(PatchData{"ada", values("mode", "race")})
	sc.nothing(PatchData{"ada", values("mode", "race")})
	if diff := cmp.Diff(values("level", "meadow", "mode", "race"), sc.s.Data); diff != "" {
		t.Error(diff)
	}
	sc.must(PatchData{"ada", Data{"level": json.RawMessage("null")}})
	if diff := cmp.Diff(values("mode", "race"), sc.s.Data); diff != "" {
		t.Error(diff)
	}
	sc.refused(NotAllowed, PatchData{"bob", values("mode", "walk")})
	sc.refused(TooLarge, PatchData{"ada", values("", "nameless")})
}

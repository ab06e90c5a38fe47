package face

import (
	"strconv"
	"testing"

	"partykit/internal/names"
)

// Every animal of the friendly names has one kind, and its faces are of it.
func TestNamesAndFacesAgree(t *testing.T) {
	kindOfAnimal := map[string]kind{}
	for k, list := range kinds {
		for _, animal := range list {
			if other, twice := kindOfAnimal[animal]; twice {
				t.Errorf("%s is of kind %d and %d", animal, other, k)
			}
			kindOfAnimal[animal] = k
		}
	}
	met := map[string]bool{}
	faces := map[uint32]bool{}
	for i := range 5000 {
		name := names.Friendly(strconv.Itoa(i))
		animal := names.Animal(name)
		want, known := kindOfAnimal[animal]
		if !known {
			t.Fatalf("%s: %q has no kind", name, animal)
		}
		seed := Of(names.Key(name), animal)
		if got := kindOf(seed); got != want {
			t.Errorf("%s is drawn as kind %d, want %d", name, got, want)
		}
		met[animal], faces[seed] = true, true
	}
	for animal := range kindOfAnimal {
		if !met[animal] {
			t.Errorf("%s is in no friendly name", animal)
		}
	}
	if len(faces) < 4000 {
		t.Errorf("5,000 names have only %d faces", len(faces))
	}
}

func TestOtherTextsHaveAnyFace(t *testing.T) {
	met := map[kind]bool{}
	for i := range 200 {
		met[kindOf(Of(strconv.Itoa(i), ""))] = true
	}
	if len(met) != len(animals) {
		t.Errorf("200 texts are drawn as %d kinds of %d", len(met), len(animals))
	}
}

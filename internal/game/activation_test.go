package game

import (
	"slices"
	"testing"
)

func TestOnActivation(t *testing.T) {
	m := newMemory()
	writer, reader := open(t, m, Options{}), open(t, m, Options{})
	var told []bool
	reader.OnActivation(func(id string) {
		g, _ := reader.Get(id)
		told = append(told, g.Active)
	})
	add(t, writer, demo()) // a new game is no news
	for _, change := range []func() (Game, error){
		func() (Game, error) { return writer.Activate(t.Context(), "demo") },
		func() (Game, error) { return writer.Activate(t.Context(), "demo") },
		func() (Game, error) {
			return writer.Update(t.Context(), "demo", func(g *Game) error { g.Name = "Other"; return nil })
		},
		func() (Game, error) { return writer.Deactivate(t.Context(), "demo") },
		func() (Game, error) { return reader.Activate(t.Context(), "demo") },
	} {
		if _, err := change(); err != nil {
			t.Fatal(err)
		}
	}
	if want := []bool{true, false, true}; !slices.Equal(told, want) {
		t.Errorf("told of %v, want %v", told, want)
	}
}

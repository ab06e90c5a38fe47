package engine_test

import (
	"testing"

	"go.uber.org/goleak"

	"partykit/internal/engine/enginetest"
)

// A closed engine leaves no goroutine behind, whatever its nodes had open.
func TestNothingIsLeft(t *testing.T) {
	before := goleak.IgnoreCurrent()
	e := enginetest.Open(t)
	n := enginetest.Connect(t, e, "a")
	follow(t, n, alpaca)
	mustAppend(t, n, alpaca, 0, "x", 0)
	if _, err := n.Subscribe("x.a", func([]byte) {}); err != nil {
		t.Fatal(err)
	}
	if err := n.WatchConfig(t.Context(), func(string, []byte) {}); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	goleak.VerifyNone(t, before)
}

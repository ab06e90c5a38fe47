package engine_test

import (
	"slices"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
)

// What one node publishes reaches the others that subscribe, in order, and not
// itself.
func TestPublish(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		e := enginetest.OpenWith(t, engine.Options{Dir: dir})
		nodes := map[string]*engine.Node{}
		got := map[string][]string{}
		for _, name := range []string{"a", "b", "c"} {
			nodes[name] = enginetest.Connect(t, e, name)
		}
		subscribe := func(name, topic string) (stop func()) {
			stop, err := nodes[name].Subscribe(topic, func(data []byte) {
				got[name] = append(got[name], topic+":"+string(data))
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := nodes[name].Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			return stop
		}
		publish := func(name, topic string, texts ...string) {
			for _, text := range texts {
				if err := nodes[name].Publish(topic, []byte(text)); err != nil {
					t.Fatal(err)
				}
			}
			if err := nodes[name].Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		const alpacas = "v.demo.alpaca"
		subscribe("a", alpacas)
		stop := subscribe("b", alpacas)
		subscribe("b", "x.b.ask")
		subscribe("c", "v.demo.bison")

		publish("a", alpacas, "1", "2", "3")
		publish("b", alpacas, "4")
		publish("c", "x.b.ask", "?")
		publish("c", "p.alpaca.sync", "nobody listens")
		want := map[string][]string{
			"a": {alpacas + ":4"},
			"b": {alpacas + ":1", alpacas + ":2", alpacas + ":3", "x.b.ask:?"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("heard (-want +got):\n%s", diff)
		}
		stop()
		publish("a", alpacas, "5")
		if slices.Contains(got["b"], alpacas+":5") {
			t.Error("heard after stopping")
		}
	})
}

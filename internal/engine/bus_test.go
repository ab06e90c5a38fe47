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

// Nodes that flood each other, and flush meanwhile, do not block each other, not
// even where nobody takes what comes and most of it is dropped.
func TestFloodBothWays(t *testing.T) {
	e := enginetest.OpenWith(t, engine.Options{Durability: engine.Relaxed})
	nodes := []*engine.Node{enginetest.Connect(t, e, "a"), enginetest.Connect(t, e, "b")}
	done := make(chan int)
	taken := make(chan struct{})
	defer close(taken)
	for _, n := range nodes {
		if _, err := n.Subscribe("v.demo.alpaca", func([]byte) { <-taken }); err != nil {
			t.Fatal(err)
		}
		if err := n.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		follow(t, n, alpaca)
	}
	for _, n := range nodes {
		go func() {
			data := make([]byte, 1000)
			flushed := 0
			for i := range 40_000 {
				_ = n.Publish("v.demo.alpaca", data) // refused while too much waits: that is its promise
				if i%5 == 0 {
					n.Send(alpaca, engine.Message, "", data, func(uint64, error) {})
				}
				if i%200 == 0 {
					if err := n.Flush(t.Context()); err != nil {
						t.Errorf("flush %d: %v", i, err)
						break
					}
					flushed++
				}
			}
			done <- flushed
		}()
	}
	for range nodes {
		if flushed := <-done; flushed != 200 {
			t.Errorf("%d of 200 flushes", flushed)
		}
	}
	mustAppend(t, nodes[0], alpaca, 0, "alive", 0)
}

package engine_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
)

// BenchmarkAppend is the pace of compare-and-append of 200-byte events with a
// time to live, by so many parties at once, each waiting for its last.
func BenchmarkAppend(b *testing.B) {
	for _, d := range []engine.Durability{engine.Strict, engine.Relaxed} {
		for _, writers := range []int{1, 16, 64, 256} {
			b.Run(fmt.Sprintf("%s/writers=%d", d, writers), func(b *testing.B) {
				n := enginetest.Connect(b, enginetest.OpenWith(b, engine.Options{Durability: d}), "a")
				data := []byte(strings.Repeat("x", 200))
				var wg sync.WaitGroup
				b.ReportAllocs()
				b.ResetTimer()
				for w := range writers {
					left := b.N / writers
					if left == 0 {
						continue
					}
					ref := engine.Ref{Game: "demo", Party: fmt.Sprint("p", w)}
					wg.Add(1)
					var next func(uint64, error)
					next = func(seq uint64, err error) {
						if err != nil {
							b.Error(err)
						}
						if left--; left < 0 || err != nil {
							wg.Done()
							return
						}
						n.Append(ref, seq, data, 24*time.Hour, next)
					}
					next(0, nil)
				}
				wg.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "appends/s")
			})
		}
	}
}

// BenchmarkReliable is the way of a message from Send to a follower.
func BenchmarkReliable(b *testing.B) {
	for _, d := range []engine.Durability{engine.Strict, engine.Relaxed} {
		b.Run(string(d), func(b *testing.B) {
			n := enginetest.Connect(b, enginetest.OpenWith(b, engine.Options{Durability: d}), "a")
			came := make(chan struct{})
			if _, err := n.Follow(alpaca, func(engine.Record) { came <- struct{}{} }); err != nil {
				b.Fatal(err)
			}
			data := []byte(strings.Repeat("x", 64))
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				n.Send(alpaca, engine.Message, "", data, func(_ uint64, err error) {
					if err != nil {
						b.Error(err)
					}
				})
				<-came
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		})
	}
}

// BenchmarkReliableTogether is the pace of messages of 64 parties, in each of
// which four members send, each waiting for its last.
func BenchmarkReliableTogether(b *testing.B) {
	for _, d := range []engine.Durability{engine.Strict, engine.Relaxed} {
		b.Run(string(d), func(b *testing.B) {
			n := enginetest.Connect(b, enginetest.OpenWith(b, engine.Options{Durability: d}), "a")
			data := []byte(strings.Repeat("x", 64))
			const parties, members = 64, 4
			var left atomic.Int64
			left.Store(int64(b.N))
			var wg sync.WaitGroup
			b.ReportAllocs()
			b.ResetTimer()
			for i := range parties * members {
				ref := engine.Ref{Game: "demo", Party: fmt.Sprint("p", i%parties)}
				wg.Add(1)
				var next func(uint64, error)
				next = func(_ uint64, err error) {
					if err != nil {
						b.Error(err)
					}
					if left.Add(-1) < 0 || err != nil {
						wg.Done()
						return
					}
					n.Send(ref, engine.Message, "", data, next)
				}
				next(0, nil)
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}

// BenchmarkLoad reads a snapshot and the 64 events after it, of one party among
// a thousand.
func BenchmarkLoad(b *testing.B) {
	n := enginetest.Connect(b, enginetest.OpenWith(b, engine.Options{Durability: engine.Relaxed}), "a")
	var wg sync.WaitGroup
	for p := range 1000 {
		for range 10 {
			wg.Add(1)
			n.Send(engine.Ref{Game: "demo", Party: fmt.Sprint("p", p)}, engine.Message, "", make([]byte, 200), func(uint64, error) { wg.Done() })
		}
	}
	wg.Wait()
	ctx := context.Background()
	var last uint64
	for range 64 {
		last = mustAppend(b, n, alpaca, last, strings.Repeat("x", 200), 0)
	}
	if err := n.SaveSnapshot(ctx, alpaca, 1, make([]byte, 4<<10), 0); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if l, err := n.Load(ctx, alpaca); err != nil || l.Last != last {
			b.Fatal(l, err)
		}
	}
}

// BenchmarkOpen is a start on a folder that has been used.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	enginetest.OpenWith(b, engine.Options{Dir: dir}).Close()
	for b.Loop() {
		enginetest.OpenWith(b, engine.Options{Dir: dir}).Close()
	}
}

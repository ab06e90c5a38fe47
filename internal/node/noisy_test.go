package node_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"partykit/client"
	"partykit/internal/game"
	"partykit/internal/node"
	"partykit/protocol"
)

// BenchmarkNoisyNeighbour is how long a durable command of a quiet game takes
// by itself, and beside a game whose players send at 20 times their limits:
// commands, volatile and reliable messages. Both games and those who play share
// the machine, so that the noise costs the quiet game also what it costs to
// make.
func BenchmarkNoisyNeighbour(b *testing.B) {
	for _, players := range []int{0, 4, 16} {
		b.Run(fmt.Sprintf("noisy=%d", players), func(b *testing.B) {
			address := benchNode(b)
			quiet := benchPlayer(b, address, "quiet")
			ctx, cancel := context.WithCancel(b.Context())
			var noise sync.WaitGroup
			var made, refused atomic.Int64
			for range players {
				noise.Go(func() { shout(ctx, b, address, &made, &refused) })
			}
			var took []time.Duration
			for i := 0; b.Loop(); i++ {
				// Below its own limit of 30 a second.
				pause := time.NewTimer(40 * time.Millisecond)
				begun := time.Now()
				if _, err := quiet.Rename(ctx, fmt.Sprint("Ada", i%7)); err != nil {
					b.Fatalf("the quiet game is refused: %v", err)
				}
				took = append(took, time.Since(begun))
				<-pause.C
			}
			cancel()
			noise.Wait()
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
			b.ReportMetric(float64(made.Load())/b.Elapsed().Seconds(), "noise/s")
			b.ReportMetric(float64(refused.Load())/b.Elapsed().Seconds(), "refusals/s")
		})
	}
}

// benchNode runs a node with two games.
func benchNode(b *testing.B) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	n, err := node.Open(b.Context(), node.Options{
		Data: b.TempDir(), PublicURL: &url.URL{Scheme: "http", Host: l.Addr().String()}, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- n.Serve(l) }()
	b.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := n.Close(ctx); err != nil {
			b.Error(err)
		}
		<-served
	})
	for _, id := range []string{"quiet", "noisy"} {
		if _, err := n.Games().Add(b.Context(), game.Game{ID: id, Name: id, Launch: game.Launch{Web: "https://" + id + ".example/"}, Active: true}); err != nil {
			b.Fatal(err)
		}
	}
	return n.URL()
}

// benchPlayer is a player of a game whose party has a log.
func benchPlayer(b *testing.B, address, id string) *client.Client {
	b.Helper()
	c, err := client.Dial(b.Context(), client.Options{URL: address, Game: id})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(c.Close)
	if _, err := c.Invite(b.Context(), client.InviteOptions{}); err != nil {
		b.Fatal(err)
	}
	return c
}

// shout sends at 20 times the limits of one connection until ctx ends: each
// second 600 commands, 1,200 volatile and 200 reliable messages. It counts what
// it sent and what was refused, and comes again if it is closed for abuse.
func shout(ctx context.Context, b *testing.B, address string, made, refused *atomic.Int64) {
	for k := 1; ctx.Err() == nil; k++ {
		ws, _, err := websocket.Dial(ctx, address+"/connect?game=noisy", nil)
		if err != nil {
			return
		}
		hello := fmt.Appendf(nil, `{"t":"hello","v":1,"key":"%016x%016x"}`, time.Now().UnixNano(), k)
		if ws.Write(ctx, websocket.MessageText, hello) != nil || ws.Write(ctx, websocket.MessageText, []byte(`{"t":"invite","id":1}`)) != nil {
			ws.CloseNow()
			continue
		}
		go func() {
			for {
				kind, frame, err := ws.Read(ctx)
				if err != nil {
					return
				}
				if kind == websocket.MessageText && bytes.HasPrefix(frame, []byte(`{"t":"error"`)) {
					refused.Add(1)
				}
			}
		}()
		id := uint64(1)
		for tick := time.Now(); ctx.Err() == nil && err == nil; {
			tick = tick.Add(10 * time.Millisecond)
			for range 6 {
				id++
				err = ws.Write(ctx, websocket.MessageText, fmt.Appendf(nil, `{"t":"rename","id":%d,"name":"Noise%d"}`, id, id%9))
			}
			for n := range 14 {
				m := protocol.Message{Payload: make([]byte, 64)}
				if n%7 == 0 {
					id++
					m.Reliable, m.ID = true, id
				}
				err = ws.Write(ctx, websocket.MessageBinary, protocol.AppendMessage(nil, m))
			}
			made.Add(20)
			wait := time.NewTimer(time.Until(tick))
			select {
			case <-wait.C:
			case <-ctx.Done():
			}
		}
		ws.CloseNow()
	}
}

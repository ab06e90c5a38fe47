// Package faults breaks the built binary under load and checks that what was
// acknowledged is there, once and in order, when it runs again.
package faults

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"partykit/client"
	"partykit/party"
	"partykit/test/built"
)

var (
	cycles = flag.Int("cycles", 25, "how often the server is killed")
	seed   = flag.Uint64("seed", 1, "of the moments at which it is")
)

// server is a process of the built binary.
type server struct {
	t         *testing.T
	bin, data string
	addr      string
	cmd       *exec.Cmd
}

func (s *server) start() {
	s.t.Helper()
	s.cmd = exec.Command(s.bin, "dev", "--listen", s.addr, "--data", s.data, "--log-level", "error")
	s.cmd.Stderr = os.Stderr
	built.Start(s.t, s.cmd, http.DefaultClient, "http://"+s.addr)
}

func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// pause waits on the outside world, which has a clock of its own.
func pause(d time.Duration) { <-time.After(d) }

func newServer(t *testing.T) *server {
	t.Helper()
	dir := t.TempDir()
	bin, err := built.Build(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, bin: bin, data: filepath.Join(dir, "data"), addr: built.FreeAddress(t)}
	t.Cleanup(func() { s.kill() })
	return s
}

// TestKillUnderLoad kills the server at random moments while a leader sets data
// and a friend sends reliable messages, some at a time, so that they share entries
// of the log. Nothing that was acknowledged may be missing, doubled or out of order.
func TestKillUnderLoad(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute+time.Duration(*cycles)*10*time.Second)
	defer cancel()
	s := newServer(t)
	s.start()
	dial := func() *client.Client {
		c, err := client.Dial(ctx, client.Options{URL: "http://" + s.addr, Game: "demo"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		return c
	}
	leader, friend := dial(), dial()
	invite, err := leader.Invite(ctx, client.InviteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := friend.Join(ctx, client.JoinOptions{Code: invite.Code}); err != nil {
		t.Fatal(err)
	}
	if err := friend.Finalize(ctx, true); err != nil {
		t.Fatal(err)
	}
	home := leader.Snapshot().ID

	var (
		work     sync.WaitGroup
		stop     = make(chan struct{})
		set      uint64 // acknowledged to the leader
		sent     uint64 // acknowledged to the friend
		received []uint64
		last     atomic.Uint64 // that is to be received
	)
	work.Go(func() { // the leader counts in the party's data
		for n := uint64(1); ; n++ {
			select {
			case <-stop:
				return
			case <-time.After(40 * time.Millisecond): // thirty commands a second are taken
			}
			if _, err := leader.SetData(ctx, map[string]any{"n": n}); err != nil {
				t.Errorf("setting %d: %v", n, err)
				return
			}
			set = n
		}
	})
	const atOnce = 4
	work.Go(func() { // the friend counts in messages
		for {
			select {
			case <-stop:
				return
			case <-time.After(atOnce * 110 * time.Millisecond): // ten a second may be sent
			}
			var some sync.WaitGroup
			for i := range uint64(atOnce) {
				some.Go(func() {
					payload := binary.BigEndian.AppendUint64(nil, sent+i+1)
					if _, err := friend.Send(ctx, client.Outgoing{Payload: payload}); err != nil {
						t.Errorf("sending %d: %v", sent+i+1, err)
					}
				})
			}
			some.Wait()
			if t.Failed() {
				return
			}
			sent += atOnce
		}
	})
	reading, stopReading := context.WithCancel(ctx)
	defer stopReading()
	var reader sync.WaitGroup
	reader.Go(func() { // the leader hears them
		for e := range leader.Events(reading) {
			if m, ok := e.(client.Message); ok && m.Reliable {
				n := binary.BigEndian.Uint64(m.Payload)
				if received = append(received, n); n == last.Load() {
					return
				}
			}
		}
	})

	rng := rand.New(rand.NewPCG(*seed, 0))
	for range *cycles {
		pause(time.Duration(rng.IntN(500)) * time.Millisecond)
		s.kill()
		pause(time.Duration(rng.IntN(100)) * time.Millisecond)
		s.start()
	}
	pause(time.Second)
	close(stop)
	work.Wait()
	// What was acknowledged is on its way to the other, before one message more.
	sent++
	last.Store(sent)
	if _, err := friend.Send(ctx, client.Outgoing{Payload: binary.BigEndian.AppendUint64(nil, sent)}); err != nil {
		t.Errorf("sending the last: %v", err)
	}
	arriving, enough := context.WithTimeout(ctx, time.Minute)
	defer enough()
	defer context.AfterFunc(arriving, stopReading)()
	reader.Wait()
	for name, c := range map[string]*client.Client{"leader": leader, "friend": friend} {
		var n uint64
		p, err := c.Until(arriving, func(p party.Snapshot) bool {
			return json.Unmarshal(p.Data["n"], &n) == nil && n >= set
		})
		if p.ID != home || len(p.Members) != 2 {
			t.Fatalf("the %s is in party %s of %d, was in %s of 2", name, p.ID, len(p.Members), home)
		}
		if err != nil || n != set {
			t.Errorf("the %s sees %s in the data, %d was acknowledged last: %v", name, p.Data["n"], set, err)
		}
	}
	if uint64(len(received)) != sent {
		t.Errorf("%d messages arrived, %d were acknowledged", len(received), sent)
	}
	for some := range slices.Chunk(received, atOnce) {
		slices.Sort(some) // of those sent at once any may be first
	}
	for i, n := range received {
		if n != uint64(i)+1 {
			t.Fatalf("message %d arrived in the place of %d: %v", n, i+1, around(received, i))
		}
	}
	t.Logf("proved: after %d kills all of %d writes and %d messages that were acknowledged are there, once and in order", *cycles, set, sent)
}

func around(list []uint64, i int) string {
	return fmt.Sprint(list[max(0, i-3):min(len(list), i+3)])
}

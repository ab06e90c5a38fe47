package engine

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// besides are the ways in which something of a game is put beside what its parties
// write.
var besides = map[string]func(ctx context.Context, n *Node, game string) error{
	"a record": func(ctx context.Context, n *Node, game string) error {
		_, err := n.Put(ctx, game, Tickets, "seat-of-"+game, nil, 0, 0)
		return err
	},
	"a snapshot": func(ctx context.Context, n *Node, game string) error {
		return n.SaveSnapshot(ctx, Ref{game, "alpaca"}, 1, []byte("state"), 0)
	},
	"a report": func(ctx context.Context, n *Node, game string) error { return n.Report(ctx, game, "id-of-"+game, nil) },
	"a task":   func(ctx context.Context, n *Node, game string) error { return n.Enqueue(ctx, game, "id", nil) },
}

// A game of which very much is put, as when a crowd presses Start, keeps no other
// from that, and not its own parties from writing.
func TestAGameWaitsForWhatIsPut(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		n, at := unanswered(t, dir)
		over := make(chan error)
		const crowd = share + waitingRoom
		for i := range crowd {
			if i == share {
				synctest.Wait() // until those are on their way
			}
			n.writes.enqueue(&write{lane: lane{"noisy", true}, msg: message(at(), nil, 0), done: func(_ uint64, err error) { over <- err }})
		}
		start := time.Now()
		for name, put := range besides {
			if err := put(t.Context(), n, "quiet"); err != nil {
				t.Errorf("%s of another game: %v", name, err)
			}
			if err := put(t.Context(), n, "noisy"); !errors.Is(err, ErrUnavailable) {
				t.Errorf("%s of the game itself waits for no other: %v", name, err)
			}
		}
		told := make(chan error, 1)
		n.Append(Ref{"noisy", "alpaca"}, 0, []byte("x"), 0, func(_ uint64, err error) { told <- err })
		if err := <-told; err != nil {
			t.Errorf("what a party of the game writes: %v", err)
		}
		n.Store("noisy", Tickets, "redeemed", nil, 0, 0, func(_ uint64, err error) { told <- err })
		if err := <-told; err != nil {
			t.Errorf("what a party of the game stores: %v", err)
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("all that took %v", took)
		}
		for range crowd {
			<-over
		}
	})
}

// A game that reads very much waits for its own reads.
func TestAGameWaitsForItsOwnReads(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		n := openNode(t, Options{Dir: dir})
		for range maxReads { // that are slow
			if err := n.reads.take(t.Context(), "noisy"); err != nil {
				t.Fatal(err)
			}
		}
		reads := map[string]func(ctx context.Context, game string) error{
			"a record": func(ctx context.Context, game string) error {
				_, _, err := n.Get(ctx, game, Invites, "link")
				return err
			},
			"a party": func(ctx context.Context, game string) error { _, err := n.Load(ctx, Ref{game, "alpaca"}); return err },
			"an entry": func(ctx context.Context, game string) error {
				_, err := n.Read(ctx, Ref{game, "alpaca"}, 0)
				return err
			},
			"reports":    func(ctx context.Context, game string) error { _, err := n.Reports(ctx, game); return err },
			"dead tasks": func(ctx context.Context, game string) error { _, err := n.Buried(ctx, game); return err },
		}
		crowd, hangUp := context.WithCancel(t.Context())
		for range 100 {
			for _, read := range reads {
				go read(crowd, "noisy")
			}
		}
		synctest.Wait()
		if waiting, want := n.reads.lanes.Len("noisy"), 100*len(reads); waiting != want {
			t.Errorf("%d reads wait in their game's turn, want %d", waiting, want)
		}
		quiet := make(chan string, len(reads))
		for name, read := range reads {
			go func() {
				if err := read(t.Context(), "quiet"); err != nil && !errors.Is(err, ErrNotFound) {
					t.Errorf("%s: %v", name, err)
				}
				quiet <- name
			}()
		}
		synctest.Wait()
		n.reads.give() // one that is let in lets in the next
		for range reads {
			<-quiet
		}
		n.reads.mu.Lock()
		if n.reads.lanes.Len("noisy") == 0 {
			t.Error("another game's reads waited for the crowd's")
		}
		n.reads.mu.Unlock()
		hangUp()
		synctest.Wait()
		for range maxReads - 1 {
			n.reads.give()
		}
		if n.reads.free != maxReads {
			t.Errorf("%d of %d turns are free when nobody reads", n.reads.free, maxReads)
		}
	})
}

// Who gives up passes a turn on that came to it at the same moment, and who waits
// for one when the node closes is told so.
func TestATurnIsNotLost(t *testing.T) {
	ended := make(chan struct{})
	s := newTurns(1, ended)
	if err := s.take(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	one, two := s.queue("a"), s.queue("b")
	s.give()
	s.leave(one) // though it came
	select {
	case <-two.come:
	default:
		t.Fatal("the turn was lost")
	}
	late, cancel := context.WithCancelCause(t.Context())
	why := errors.New("too late")
	cancel(why)
	if err := s.take(late, "a"); !errors.Is(err, ErrUnavailable) || !errors.Is(err, why) {
		t.Errorf("who gave up is told %v", err)
	}
	close(ended)
	if err := s.take(t.Context(), "a"); err != ErrClosed {
		t.Errorf("who waits when the node closes is told %v", err)
	}
	s.give()
	if s.free != 1 || !s.lanes.Empty() {
		t.Errorf("%d are free when nobody waits", s.free)
	}
}

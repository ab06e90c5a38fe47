package loop_test

import (
	"os"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"partykit/internal/loop"
)

// pair is two ends of a stream that do not block.
func pair(t testing.TB) (ours, theirs int) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fds[0]); unix.Close(fds[1]) })
	return fds[0], fds[1]
}

func put(t testing.TB, fd int, text string) {
	t.Helper()
	if _, err := unix.Write(fd, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// socket calls a function when it is ready.
type socket struct {
	watch loop.Watch
	ready func(read, write, broken bool)
}

func (s *socket) Ready(read, write, broken bool) { s.ready(read, write, broken) }

// watch has a loop watch a descriptor, and returns when it does.
func watch(t testing.TB, l *loop.Loop, fd int, ready func(s *socket, read, write, broken bool)) *socket {
	t.Helper()
	s := &socket{}
	s.ready = func(read, write, broken bool) { ready(s, read, write, broken) }
	done := make(chan error)
	l.Post("", func() {
		var err error
		s.watch, err = l.Watch(fd, s)
		done <- err
	})
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return s
}

// reads returns a Ready that sends what it reads.
func reads(fd int, to chan<- string) func(*socket, bool, bool, bool) {
	return func(_ *socket, read, _, _ bool) {
		b := make([]byte, 100)
		if n, err := unix.Read(fd, b); read && err == nil && n > 0 {
			to <- string(b[:n])
		}
	}
}

func TestASocketIsToldWhatComes(t *testing.T) {
	l, _ := start(t)
	ours, theirs := pair(t)
	got := make(chan string, 1)
	watch(t, l, ours, reads(ours, got))
	for _, text := range []string{"one", "two", "three"} {
		put(t, theirs, text)
		if s := <-got; s != text {
			t.Fatalf("read %q; want %q", s, text)
		}
	}
}

// A loop that waits for its sockets hears what others post, however it waits.
func TestAPostWakesALoopThatWatches(t *testing.T) {
	l, stop := start(t)
	ours, theirs := pair(t)
	got := make(chan string, 1)
	watch(t, l, ours, reads(ours, got))
	ran := make(chan struct{})
	for range 100 {
		put(t, theirs, "now it is busy")
		<-got
		l.Post("", func() { ran <- struct{}{} })
		<-ran
	}
	l.AtEnd(ender(func() { close(ran) }))
	<-ran
	stop()
}

// A loop that always has something to do lets others on its processor go on, and
// goes on itself after each time that it does, though no socket has anything new
// to say.
func TestABusyLoopGivesWay(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	l, _ := start(t)
	ours, theirs := pair(t)
	put(t, theirs, "nobody reads this")
	var heard atomic.Int64
	watch(t, l, ours, func(*socket, bool, bool, bool) { heard.Add(1) })
	r, w, err := os.Pipe() // in the runtime's poller
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	back := make(chan struct{})
	go func() {
		b := make([]byte, 1)
		for {
			if _, err := r.Read(b); err != nil {
				close(back)
				return
			}
			back <- struct{}{}
		}
	}()
	for range 50 {
		before := heard.Load()
		w.Write([]byte{1})
		<-back
		for heard.Load() == before { // it hangs here if giving way was for good
			runtime.Gosched()
		}
	}
	w.Close()
	<-back
}

func TestWhatASocketBringsIsFollowedByTheEnd(t *testing.T) {
	l, _ := start(t)
	ours, theirs := pair(t)
	ended := make(chan string, 1)
	watch(t, l, ours, func(_ *socket, _, _, _ bool) {
		b := make([]byte, 100)
		n, _ := unix.Read(ours, b)
		l.AtEnd(ender(func() { ended <- string(b[:n]) }))
	})
	put(t, theirs, "answer this")
	if s := <-ended; s != "answer this" {
		t.Errorf("ended with %q", s)
	}
}

func TestWritability(t *testing.T) {
	l, _ := start(t)
	ours, theirs := pair(t)
	for { // until it is full
		if _, err := unix.Write(ours, make([]byte, 4096)); err != nil {
			break
		}
	}
	var told atomic.Int32
	can := make(chan struct{})
	s := watch(t, l, ours, func(s *socket, _, write, _ bool) {
		if write && told.Add(1) == 1 {
			s.watch.Want(true, false)
			close(can)
		}
	})
	if err := s.watch.Want(true, true); err != nil {
		t.Fatal(err)
	}
	for b := make([]byte, 1<<16); ; { // the other end reads it all
		if _, err := unix.Read(theirs, b); err != nil {
			break
		}
	}
	<-can
	sync := make(chan struct{})
	l.Post("", func() { close(sync) })
	<-sync
	if n := told.Load(); n != 1 {
		t.Errorf("told %d times", n)
	}
}

func TestABrokenSocketIsToldSoThoughItWantsNothing(t *testing.T) {
	l, _ := start(t)
	ours, theirs := pair(t)
	got := make(chan struct{})
	s := watch(t, l, ours, func(s *socket, _, _, broken bool) {
		if broken {
			s.watch.Stop()
			close(got)
		}
	})
	if err := s.watch.Want(false, false); err != nil {
		t.Fatal(err)
	}
	unix.Shutdown(theirs, unix.SHUT_RDWR)
	<-got
}

// Of two sockets that are ready in one pass each stops the other: the second to
// be heard must not hear anything, nor must the one that takes its place.
func TestAStoppedSocketIsToldNothing(t *testing.T) {
	l, _ := start(t)
	var fds, ends [2]int
	var socks [2]*socket
	for i := range fds {
		fds[i], ends[i] = pair(t)
	}
	fresh, _ := pair(t)
	told, late := 0, 0
	done := make(chan struct{})
	for i := range socks {
		socks[i] = watch(t, l, fds[i], func(*socket, bool, bool, bool) {
			if told++; told > 1 {
				return
			}
			socks[0].watch.Stop()
			socks[1].watch.Stop()
			s := &socket{ready: func(bool, bool, bool) { late++ }}
			if _, err := l.Watch(fresh, s); err != nil {
				t.Error(err)
			}
			l.AtEnd(ender(func() { close(done) }))
		})
	}
	l.Post("", func() { // while this runs, both become ready
		put(t, ends[0], "x")
		put(t, ends[1], "x")
	})
	<-done
	sync := make(chan struct{})
	l.Post("", func() { close(sync) })
	<-sync
	if told != 1 || late != 0 {
		t.Errorf("%d heard, and %d times the one that took the place", told, late)
	}
}

// No descriptor stays open.
func TestARunLoopReturnsItsDescriptors(t *testing.T) {
	ours, theirs := pair(t)
	before, _ := unix.Dup(ours)
	unix.Close(before)
	l, stop := start(t)
	got := make(chan string, 1)
	watch(t, l, ours, reads(ours, got))
	put(t, theirs, "x")
	<-got
	stop()
	after, _ := unix.Dup(ours)
	unix.Close(after)
	if before != after {
		t.Errorf("the next free descriptor was %d and is %d", before, after)
	}
}

// BenchmarkEcho is one socket's way through a pass and back.
func BenchmarkEcho(b *testing.B) {
	l, _ := start(b)
	ours, theirs := pair(b)
	buffer := make([]byte, 64)
	watch(b, l, ours, func(*socket, bool, bool, bool) {
		n, _ := unix.Read(ours, buffer)
		unix.Write(ours, buffer[:n])
	})
	unix.SetNonblock(theirs, false)
	mine := make([]byte, 64)
	b.ReportAllocs()
	for b.Loop() {
		unix.Write(theirs, mine)
		unix.Read(theirs, mine)
	}
}

// Between two tasks that give way everybody else on the processor has a turn, and
// those have for whom something came from the network.
func TestWhatGivesWayGivesItToAll(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	l, _ := start(t)
	ours, theirs := pair(t)
	watch(t, l, ours, func(*socket, bool, bool, bool) { unix.Read(ours, make([]byte, 1)) })
	put(t, theirs, "x")    // so that it is awake
	r, w, err := os.Pipe() // in the runtime's poller
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	var read atomic.Int64
	ran := int64(0) // of the loop
	go func() {
		for b := make([]byte, 1); ; read.Add(1) {
			if _, err := r.Read(b); err != nil {
				return
			}
		}
	}()
	const times = 20
	begun := time.Now()
	done := make(chan struct{})
	var portion func()
	portion = func() {
		ran++
		// It may be somebody's turn at the same moment, and after 20 ms it is the loop's, however it was with others.
		most := 3 + loop.AtOnce*int64(time.Since(begun)/(20*time.Millisecond))
		if missed := ran - 1 - read.Load(); missed > most {
			t.Errorf("portion %d runs when the %d before it were not read", ran, missed)
		}
		if ran == times {
			close(done)
			return
		}
		w.Write([]byte{1})
		l.Later("", portion)
	}
	l.Later("", portion)
	<-done
}

// Who waits for others lets those go first that can run, and does not hang where
// there is always somebody.
func TestIdleLetsOthersGoFirst(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var idle loop.Idle
	var ran atomic.Int64
	begun, early := time.Now(), 0
	for n := range int64(100) {
		for range 10 {
			go ran.Add(1)
		}
		if idle.Wait(); ran.Load() != 10*(n+1) {
			early++
		}
	}
	if looks := 1 + int(time.Since(begun)/(10*time.Millisecond)); early > looks { // every 10 ms the runtime looks for itself
		t.Errorf("of 100 times it waited for others %d times too short; want %d at most", early, looks)
	}
	stop := make(chan struct{})
	go func() {
		for {
			select {
			case <-stop:
				return
			default:
				runtime.Gosched()
			}
		}
	}()
	idle.Wait()
	close(stop)
}

package storms

import (
	"context"
	"flag"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"partykit/client"
	"partykit/party"
)

var friends = flag.Int("friends", 600, "how many open the streamer's link within a second")

// A streamer shows a link, and a crowd opens it within a second. All see the
// page; all want to wait in line, and those for whom there is a place have one
// each, and the others are told that there is none. The streamer's party goes
// on meanwhile, and so does another, all of whose requests are answered.
func TestACrowdOpensOneLink(t *testing.T) {
	room(t, *friends)
	s := start(t)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	streamer, link := host(t, s)
	same, other := beside(t, s, "demo"), beside(t, s, "another-game")
	tell := func(when string) {
		t.Logf("a party of the same game %s: %v", when, same.since())
		t.Logf("a party of another game %s: %v", when, other.since())
	}
	<-time.After(2 * time.Second)
	tell("alone")

	before, beforeKernel := s.cpu(t)
	empty := s.resident()
	begun := time.Now()

	pages := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 512, MaxIdleConnsPerHost: 512}}
	crowd := make([]*friend, *friends)
	var come sync.WaitGroup
	var failed atomic.Int64
	for i := range crowd {
		come.Go(func() {
			wait := time.NewTimer(time.Second * time.Duration(i) / time.Duration(len(crowd)))
			<-wait.C
			f, err := visit(ctx, pages, link)
			if err == nil {
				_, err = f.until(ctx, func(v shown) bool { return v.Count == "1 of 1" && v.Door != nil && v.Door.Do == "queue" })
			}
			if err != nil {
				complain(t, &failed, "friend %d: %v", i, err)
				return
			}
			crowd[i] = f
		})
	}
	come.Wait()
	opened := time.Since(begun)
	if n := failed.Load(); n > 0 {
		t.Fatalf("%d of %d friends see no page", n, len(crowd))
	}
	tell("while the pages come")
	user, kernel := s.cpu(t)
	t.Logf("%d pages open and live after %v; the server took %v of its own and %v of kernel, %d KB a page", len(crowd), opened.Round(time.Millisecond),
		user-before, kernel-beforeKernel, (s.resident()-empty)/int64(len(crowd))/1024)

	var inLine, full, wrong atomic.Int64
	var places sync.Map
	for i, f := range crowd {
		come.Go(func() {
			err := f.say(ctx, `{"do":"queue"}`)
			var v shown
			if err == nil {
				v, err = f.until(ctx, func(v shown) bool { return v.You != nil })
			}
			switch {
			case err != nil:
				complain(t, &wrong, "friend %d: %v", i, err)
			case v.You.Stage == string(party.InLine):
				inLine.Add(1)
				if other, twice := places.LoadOrStore(v.You.Title, i); twice {
					t.Logf("friends %d and %v were both told %q", i, other, v.You.Title) // one after the other, as the line moved
				}
			case v.You.Title == "The line is full":
				full.Add(1)
			default:
				complain(t, &wrong, "friend %d is told %q", i, v.You.Title)
			}
		})
	}
	come.Wait()
	user2, kernel2 := s.cpu(t)
	t.Logf("all know their place after %v; the server took %v of its own and %v of kernel since", time.Since(begun).Round(time.Millisecond), user2-user, kernel2-kernel)
	if want := int64(min(len(crowd), party.MaxLine)); inLine.Load() != want || full.Load() != int64(len(crowd))-want {
		t.Errorf("%d stand in line and %d are told that it is full; want %d and the rest", inLine.Load(), full.Load(), want)
	}
	tell("while they get in line")

	// The streamer makes room: those who came first are offered the places.
	if err := streamer.SetSettings(ctx, client.Settings{Size: 4}); err != nil {
		t.Fatalf("the streamer is refused: %v", err)
	}
	offered := make(chan error, 3)
	for place := range 3 {
		i, ok := places.Load(ordinals[place])
		if !ok {
			t.Fatalf("nobody is %s", ordinals[place])
		}
		go func() {
			_, err := crowd[i.(int)].until(ctx, func(v shown) bool { return v.You != nil && v.You.Stage == string(party.Offered) })
			offered <- err
		}()
	}
	for range 3 {
		if err := <-offered; err != nil {
			t.Errorf("a free place is not offered: %v", err)
		}
	}
	for _, f := range crowd {
		f.ws.CloseNow()
	}
}

// complain fails the test, but of a whole crowd only the first are printed.
func complain(t *testing.T, n *atomic.Int64, format string, args ...any) {
	if n.Add(1) <= 5 {
		t.Errorf(format, args...)
	}
	t.Fail()
}

var ordinals = []string{"You are 1st in line", "You are 2nd in line", "You are 3rd in line"}

// host is a streamer alone in a party of one place, and its link.
func host(t *testing.T, s *server) (*client.Client, string) {
	t.Helper()
	c := dial(t, s)
	invite, err := c.Invite(t.Context(), client.InviteOptions{})
	if err == nil {
		err = c.SetSettings(t.Context(), client.Settings{Size: 1})
	}
	if err != nil {
		t.Fatal(err)
	}
	return c, invite.URL
}

func dial(t *testing.T, s *server) *client.Client {
	t.Helper()
	c, err := client.Dial(t.Context(), client.Options{URL: s.url, Game: "demo"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

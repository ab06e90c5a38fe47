package client

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

func TestQuietConnectionIsPinged(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		start := time.Now()
		l.want(`{"t":"ping"}`)
		if d := time.Since(start); d < 25*time.Second || d > 30*time.Second {
			t.Errorf("pinged after %v", d)
		}
		l.say(`{"t":"pong"}`)
		l.want(`{"t":"ping"}`) // and this one is not answered
		go l.ws.Read(t.Context())
		start = time.Now()
		<-s.lines
		if d := time.Since(start); d < 10*time.Second || d > 13*time.Second {
			t.Errorf("came back %v after the ping", d)
		}
		if e, _ := c.Next(t.Context()); fmt.Sprintf("%T", e) != "client.Disconnected" {
			t.Errorf("event %#v", e)
		}
	})
}

// A line whose other end is gone takes what is sent for a long time: only what is
// heard says that somebody is there.
func TestALineThatOnlySendsIsFoundDead(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		go func() {
			for {
				if _, _, err := l.ws.Read(t.Context()); err != nil {
					return
				}
			}
		}()
		start := time.Now()
		for {
			c.SendVolatile(1, Outgoing{Payload: []byte("x")})
			select {
			case <-s.lines:
				return
			case <-time.After(time.Second):
			}
			if d := time.Since(start); d > time.Minute {
				t.Fatalf("heard nothing for %v, and still sends over the same line", d)
			}
		}
	})
}

// The server closes a line over which it hears nothing for 45 s.
func TestAClientThatOnlyListensPings(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		_, l := dialed(t, s, s.options())
		var others sync.WaitGroup
		others.Go(func() {
			for range 80 {
				l.say(`{"t":"status","n":1,"presence":"connected"}`)
				time.Sleep(time.Second)
			}
		})
		defer others.Wait()
		for range 3 {
			start := time.Now()
			l.want(`{"t":"ping"}`)
			if d := time.Since(start); d > 30*time.Second {
				t.Fatalf("said nothing for %v", d)
			}
		}
	})
}

//go:build linux

package peers

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partykit/bench/target"
)

const (
	size = 4  // of a party
	each = 50 // messages of a member
)

// What a member sends comes to each other of its party once and in order, and
// to nobody else.
func TestPeersRelay(t *testing.T) {
	for _, s := range All() {
		t.Run(s.Name, func(t *testing.T) {
			p := start(t, s)
			var parties [2][]*target.Link
			for i := range parties {
				party, err := s.Form(t.Context(), p.Addr, size)
				if err != nil {
					t.Fatal(err)
				}
				parties[i] = party
			}
			for n := range each {
				for i, party := range parties {
					for j, member := range party {
						if _, err := member.Conn.Write(member.Codec.AppendSend(nil, message(i, j, n))); err != nil {
							t.Fatal(err)
						}
					}
				}
			}
			for i, party := range parties {
				for j, member := range party {
					if diff := cmp.Diff(others(i, j), read(t, member, each*(size-1))); diff != "" {
						t.Fatalf("member %d of party %d got (-want +got):\n%s", j, i, diff)
					}
				}
			}
		})
	}
}

// start runs a peer that make bench has installed.
func start(t *testing.T, s *target.System) *target.Process {
	t.Helper()
	root, err := sources()
	if err != nil {
		t.Fatal(err)
	}
	if folder := filepath.Join(root, s.Name); !installed(t.Context(), folder) {
		t.Skipf("make bench installs %s", s.Name)
	}
	cache := t.TempDir()
	if err := s.Prepare(t.Context(), cache); err != nil {
		t.Fatal(err)
	}
	p, err := target.Start(t.Context(), s, cache, t.TempDir(), -1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p
}

// message is the nth of a member, as long as those that are measured.
func message(party, member, n int) []byte {
	return fmt.Appendf(nil, "party %d, member %d: %-46d", party, member, n)
}

// others are the messages that a member is to get, by their sender.
func others(party, member int) map[string][]string {
	want := map[string][]string{}
	for from := range size {
		for n := range each {
			if from != member {
				m := string(message(party, from, n))
				want[m[:18]] = append(want[m[:18]], m)
			}
		}
	}
	return want
}

// read takes a number of messages, as the load generator does: frames arrive in
// any pieces.
func read(t *testing.T, l *target.Link, count int) map[string][]string {
	t.Helper()
	got := map[string][]string{}
	early, buf := l.Early, make([]byte, 1000)
	l.Conn.SetReadDeadline(time.Now().Add(30 * time.Second))
	for {
		var sink target.Sink
		used, err := l.Codec.Read(early, &sink)
		if err != nil {
			t.Fatal(err)
		}
		for _, payload := range sink.Payloads {
			m := string(payload)
			got[m[:min(18, len(m))]] = append(got[m[:min(18, len(m))]], m)
			count--
		}
		early = early[used:]
		if len(sink.Reply) > 0 {
			if _, err := l.Conn.Write(sink.Reply); err != nil {
				t.Fatal(err)
			}
		}
		if count <= 0 {
			return got
		}
		n, err := l.Conn.Read(buf)
		if err != nil {
			t.Fatalf("%v; %d messages are missing", err, count)
		}
		early = append(early, buf[:n]...)
	}
}

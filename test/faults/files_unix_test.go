//go:build unix

package faults

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"testing"

	"partykit/client"
	"partykit/test/built"
)

// TestConnectionsLeaveTheStorageItsFiles has many more connect than the server may
// open files. The storage needs some of these to go on: without one when it needs
// it, it would take no write until it is opened again.
func TestConnectionsLeaveTheStorageItsFiles(t *testing.T) {
	const files, crowd = 600, 1000
	s := newServer(t)
	s.cmd = exec.Command("sh", "-c", fmt.Sprintf(`ulimit -n %d && exec "$0" "$@"`, files), s.bin, "dev", "--listen", s.addr, "--data", s.data, "--log-level", "error")
	s.cmd.Stderr = os.Stderr
	built.Start(t, s.cmd, http.DefaultClient, "http://"+s.addr)
	for _, setting := range []string{"reliable_per_second=1000", "reliable_burst=1000", "bytes_per_second=8388608"} {
		if out, err := exec.Command(s.bin, "game", "set", "demo", "--data", s.data, "--setting", setting).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", setting, err, out)
		}
	}
	leader, err := client.Dial(t.Context(), client.Options{URL: "http://" + s.addr, Game: "demo"})
	if err != nil {
		t.Fatal(err)
	}
	defer leader.Close()
	if _, err := leader.Invite(t.Context(), client.InviteOptions{}); err != nil {
		t.Fatal(err)
	}
	for range crowd {
		c, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}

	// More than the storage has in one file, so that it opens others.
	payload := make([]byte, 16<<10)
	var sending sync.WaitGroup
	for range 8 {
		sending.Go(func() {
			for range 150 {
				if _, err := leader.Send(t.Context(), client.Outgoing{Payload: payload}); err != nil {
					t.Errorf("sending: %v", err)
					return
				}
			}
		})
	}
	sending.Wait()
	if _, err := leader.SetData(t.Context(), map[string]any{"n": 1}); err != nil {
		t.Errorf("setting data: %v", err)
	}
}

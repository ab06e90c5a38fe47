package faults

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

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
	ada, err := client.Dial(t.Context(), client.Options{URL: "http://" + s.addr, Game: "demo"})
	if err != nil {
		t.Fatal(err)
	}
	defer ada.Close()
	var over atomic.Int64 // of the crowd, whoever was answered or sent away
	for range crowd {
		c, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		go func() {
			io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
			c.Read(make([]byte, 1))
			over.Add(1)
		}()
	}
	for before := int64(-1); over.Load() > before; pause(time.Second) { // until no more are let in
		before = over.Load()
	}

	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	if free := files - len(open); free < files/4 {
		t.Errorf("of %d files %d are left to the storage", files, free)
	}
	if _, err := ada.Invite(t.Context(), client.InviteOptions{}); err != nil {
		t.Errorf("making a link: %v", err)
	}
	if _, err := ada.SetData(t.Context(), map[string]any{"n": 1}); err != nil {
		t.Errorf("setting data: %v", err)
	}
}

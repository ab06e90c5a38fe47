// Package built is the program in tests that run it as a process of its own.
package built

import (
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Build builds the program into a folder.
func Build(dir string) (program string, err error) {
	program = filepath.Join(dir, "partykit")
	if out, err := exec.Command("go", "build", "-o", program, "partykit/cmd/partykit").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building: %v\n%s", err, out)
	}
	return program, nil
}

// FreeAddress is one of this machine where nobody listens.
func FreeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// patience is how long a server may take until it is ready.
const patience = 30 * time.Second

// Start starts a server that the client finds at an address, and waits until it
// is ready. The process is the caller's to end, also when Start fails the test.
func Start(t testing.TB, server *exec.Cmd, client *http.Client, url string) {
	t.Helper()
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(patience); ; {
		r, err := client.Get(url + "/readyz")
		if err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("%q is not ready: %v", server.Args[1:], err)
		}
		Pause()
	}
}

// Pause is how long a poll of the outside world waits: it has a clock of its own.
func Pause() { <-time.After(50 * time.Millisecond) }

// Package built is the program in tests that run it as a process of its own.
package built

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
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

// FreeAddress is one of this machine where nobody listens. Its port is below
// those that a system gives to whoever asks for any (Linux: 32768 and above), so
// that nobody else gets it until a server listens there, or while one restarts.
func FreeAddress(t testing.TB) string {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 20_000+rand.IntN(12_000)))
		if err == nil {
			l.Close()
			return l.Addr().String()
		}
	}
	t.Fatal("nowhere to listen")
	return ""
}

// patience is how long a server may take until it is ready.
const patience = time.Minute

// Start starts a server that the client finds at an address, and waits until it
// is ready. The process is the caller's to end, also when Start fails the test.
func Start(t testing.TB, server *exec.Cmd, client *http.Client, url string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := start(ctx, server, client, url); err != nil {
		t.Fatalf("%q is not ready: %v", server.Args[1:], err)
	}
}

func start(ctx context.Context, server *exec.Cmd, client *http.Client, url string) error {
	// The server holds the other end of a pipe until it ends: so that is seen
	// though it is the caller who waits for the process.
	held, holds, err := os.Pipe()
	if err != nil {
		return err
	}
	server.ExtraFiles = append(server.ExtraFiles, holds)
	err = server.Start()
	holds.Close()
	if err != nil {
		held.Close()
		return err
	}
	ended := make(chan struct{})
	go func() {
		defer held.Close()
		held.Read(make([]byte, 1))
		close(ended)
	}()
	for {
		last := ready(ctx, client, url)
		if last == nil {
			return nil
		}
		select {
		case <-ended:
			return errors.New("it has ended")
		case <-ctx.Done():
			return last
		default:
			Pause()
		}
	}
}

// ready asks a server whether it is ready.
func ready(ctx context.Context, client *http.Client, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/readyz", nil)
	if err != nil {
		return err
	}
	r, err := client.Do(request)
	if err != nil {
		return err
	}
	r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return errors.New(r.Status)
	}
	return nil
}

// Pause is how long a poll of the outside world waits: it has a clock of its own.
func Pause() { <-time.After(50 * time.Millisecond) }

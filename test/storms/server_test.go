// Package storms has crowds come at once, as they do when a streamer shows a
// link, to the built server in a process of its own.
package storms

import (
	"bytes"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"partykit/test/built"
)

var cpu = flag.String("cpu", "", "the processor, by its number, on which alone the server runs; on Linux")

// server is a running server with its demo game.
type server struct {
	url, address  string
	program, data string

	cmd *exec.Cmd
	out bytes.Buffer
}

// start builds a server and runs it until the test ends.
func start(t *testing.T) *server {
	t.Helper()
	dir := t.TempDir()
	program, err := built.Build(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{program: program, data: filepath.Join(dir, "data"), address: built.FreeAddress(t)}
	s.url = "http://" + s.address
	t.Cleanup(func() {
		if s.cmd == nil || s.cmd.Process == nil {
			return
		}
		s.cmd.Process.Signal(os.Interrupt)
		if err := s.cmd.Wait(); err != nil || t.Failed() {
			t.Logf("the server ended with %v:\n%s", err, s.out.String())
		}
	})
	s.run(t)
	return s
}

// run starts the process and waits until it answers.
func (s *server) run(t *testing.T) {
	t.Helper()
	line := []string{s.program, "dev", "--listen", s.address, "--public-url", s.url, "--data", s.data}
	if *cpu != "" {
		line = append([]string{"taskset", "-c", *cpu}, line...)
	}
	s.cmd = exec.Command(line[0], line[1:]...)
	s.cmd.Stdout, s.cmd.Stderr = &s.out, &s.out
	built.Start(t, s.cmd, http.DefaultClient, s.url)
}

// set changes a number of the demo game, as an operator does.
func (s *server) set(t *testing.T, setting string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), s.program, "game", "set", "demo", "--data", s.data, "--setting", setting).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", setting, err, out)
	}
}

// kill ends the process as a crash would.
func (s *server) kill() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
}

// cpu is the processor time that the server has used.
func (s *server) cpu(t *testing.T) (user, kernel time.Duration) {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0, 0 // not on Linux
	}
	_, after, _ := strings.Cut(string(b), ") ")
	f := strings.Fields(after)
	ticks := func(i int) time.Duration {
		n, _ := strconv.ParseInt(f[i], 10, 64)
		return time.Duration(n) * time.Second / 100
	}
	return ticks(11), ticks(12)
}

// resident is the server's memory in bytes.
func (s *server) resident() int64 {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/statm", s.cmd.Process.Pid))
	f := strings.Fields(string(b))
	if len(f) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(f[1], 10, 64)
	return pages * int64(os.Getpagesize())
}

// room raises what the process may open as far as it can, which must be enough
// for so many connections.
func room(t *testing.T, connections int) {
	t.Helper()
	var l syscall.Rlimit
	err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l)
	if err == nil {
		l.Cur = l.Max
		err = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &l)
	}
	if needs := uint64(connections) + 500; err != nil || l.Cur < needs {
		t.Fatalf("this process may open %d files and connections and needs %d (ulimit -n), %v", l.Cur, needs, err)
	}
}

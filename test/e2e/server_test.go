package e2e

import (
	"bytes"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"partykit/test/built"
)

// binary builds the program once for all tests.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "partykit-e2e")
	if err != nil {
		return "", err
	}
	folder = dir
	return built.Build(dir)
})

// folder is where the binary is, once it is there.
var folder string

func TestMain(m *testing.M) {
	code := m.Run()
	if folder != "" {
		os.RemoveAll(folder)
	}
	os.Exit(code)
}

// server is a process of the built binary.
type server struct {
	t    *testing.T
	args []string
	data string
	addr string
	url  string // where players find it

	cmd *exec.Cmd
	out bytes.Buffer
}

// dev starts `partykit dev` on a free port of 127.0.0.1.
func dev(t *testing.T, args ...string) *server {
	s := prepare(t)
	s.args = append([]string{"dev", "--listen", s.addr, "--data", s.data}, args...)
	s.start()
	return s
}

func prepare(t *testing.T) *server {
	t.Helper()
	addr := built.FreeAddress(t)
	_, port, _ := net.SplitHostPort(addr)
	s := &server{t: t, data: filepath.Join(t.TempDir(), "data"), addr: addr, url: "http://localhost:" + port}
	t.Cleanup(func() {
		if s.cmd != nil {
			s.kill()
		}
		if t.Failed() {
			t.Logf("server:\n%s", s.out.String())
		}
	})
	return s
}

// start runs the binary and waits until it is ready.
func (s *server) start() {
	s.t.Helper()
	path, err := binary()
	if err != nil {
		s.t.Fatal(err)
	}
	s.cmd = exec.Command(path, s.args...)
	s.cmd.Stdout, s.cmd.Stderr = &s.out, &s.out
	built.Start(s.t, s.cmd, http.DefaultClient, "http://"+s.addr)
}

// kill ends the process at once, as a power switch would.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	s.cmd = nil
}

// stop ends it in order and returns its exit code.
func (s *server) stop() int {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	_ = s.cmd.Wait()
	code := s.cmd.ProcessState.ExitCode()
	s.cmd = nil
	return code
}

// cli runs a subcommand against the server's data folder.
func (s *server) cli(args ...string) string {
	s.t.Helper()
	path, err := binary()
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := exec.Command(path, append(args, "--data", s.data)...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("partykit %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// status fetches a page and returns its status and text.
func status(t *testing.T, url string) (int, string) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var b bytes.Buffer
	_, _ = b.ReadFrom(r.Body)
	return r.StatusCode, b.String()
}

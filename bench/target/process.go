//go:build linux

package target

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// startTime is how long a server may take until it accepts connections.
const startTime = 60 * time.Second

// A Process is a running server.
type Process struct {
	System *System
	Addr   string // where it listens
	Dir    string // its data
	Cache  string // what Prepare left

	cpu int
	cmd *exec.Cmd
	log *os.File
}

// Start runs a server on one processor (cpu; below 0: wherever it likes), waits
// until it accepts connections and sets it up. Its data and what it prints are
// in dir. It ends with this process at the latest.
func Start(ctx context.Context, s *System, cache, dir string, cpu int) (*Process, error) {
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
		return nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	p := &Process{System: s, Addr: addr, Dir: filepath.Join(dir, "data"), Cache: cache, cpu: cpu, log: log}
	if err := p.run(ctx); err != nil {
		log.Close()
		return nil, err
	}
	if s.Setup != nil {
		if err := s.Setup(ctx, p); err != nil {
			p.Stop()
			return nil, fmt.Errorf("%s: setting up: %w", s.Name, err)
		}
	}
	return p, nil
}

// Kill ends the server at once, as kill -9 does.
func (p *Process) Kill() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	_ = p.cmd.Wait()
}

// Restart starts a killed server again, with its data and at its address.
func (p *Process) Restart(ctx context.Context) error { return p.run(ctx) }

// Stop ends the server and forgets what it printed.
func (p *Process) Stop() {
	p.Kill()
	p.log.Close()
}

func (p *Process) run(ctx context.Context) error {
	p.cmd = p.System.Command(p.Cache, p.Dir, p.Addr)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	// Its own group, so that its children end with it; and all of them with us.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := startOn(p.cmd, p.cpu); err != nil {
		return fmt.Errorf("%s: %w", p.System.Name, err)
	}
	if err := p.accepts(ctx); err != nil {
		p.Kill()
		said, _ := os.ReadFile(p.log.Name())
		return fmt.Errorf("%s does not start: %w\n%s", p.System.Name, err, bytes.TrimSpace(said[max(0, len(said)-2000):]))
	}
	return nil
}

// startOn starts a command on one processor: a child has that of the thread
// which made it.
func startOn(cmd *exec.Cmd, cpu int) error {
	if cpu < 0 {
		return cmd.Start()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, only unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return err
	}
	only.Set(cpu)
	if err := unix.SchedSetaffinity(0, &only); err != nil {
		return err
	}
	defer unix.SchedSetaffinity(0, &before)
	return cmd.Start()
}

// accepts waits until the server takes a connection.
func (p *Process) accepts(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	for {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", p.Addr)
		if err == nil {
			return c.Close()
		}
		if syscall.Kill(p.cmd.Process.Pid, 0) != nil || ended(p.cmd.Process.Pid) {
			return fmt.Errorf("it has ended")
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Millisecond):
		}
	}
}

// freeAddr is one of this machine where nobody listens, with a port below those
// that the system gives to whoever asks for any.
func freeAddr() (string, error) {
	for tries := 1; ; tries++ {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 20_000+rand.IntN(12_000)))
		if err == nil {
			return l.Addr().String(), l.Close()
		}
		if tries == 100 {
			return "", err
		}
	}
}

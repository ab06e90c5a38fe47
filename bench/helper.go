//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// helpers are what further processes of this program do with players of a
// server: they say so on stdout when all are in, and end with who started them.
var helpers = map[string]func(ctx context.Context, addr string, players int, stdout io.Writer) error{
	"hold":  hold,
	"noise": noise,
}

// help is such a process, if the command line asks for one.
func help(ctx context.Context, args []string, stdout io.Writer) (asked bool, err error) {
	if len(args) != 3 || helpers[args[0]] == nil {
		return false, nil
	}
	players, err := strconv.Atoi(args[2])
	if err != nil {
		return true, err
	}
	return true, helpers[args[0]](ctx, args[1], players, stdout)
}

// helper starts a helper, with another program before it where one is named, and
// returns when its players are in. It ends with the context.
func helper(ctx context.Context, does, addr string, players int, by ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	line := append(by, self, does, addr, fmt.Sprint(players))
	cmd := exec.CommandContext(ctx, line[0], line[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		_ = cmd.Wait()
		return nil, fmt.Errorf("a process that has %d players has ended: %w", players, err)
	}
	return cmd, nil
}

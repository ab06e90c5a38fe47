//go:build linux

package peers

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"partykit/bench/target"
)

// All are the peers. Each has a folder of its name here.
func All() []*target.System {
	return []*target.System{SocketIO(), Colyseus(), PartyServer(), Centrifuge()}
}

// sources is the folder of this package.
var sources = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", "partykit/bench/peers").Output()
	if err != nil {
		return "", fmt.Errorf("peers: bench is run in its repository: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
})

// npm installs what a peer's lock file pins, unless it is there, and says so. No
// package's own script is run: what these need of native code comes ready built.
func npm(name string) func(ctx context.Context, cache string) error {
	return func(ctx context.Context, _ string) error {
		root, err := sources()
		if err != nil {
			return err
		}
		folder := filepath.Join(root, name)
		if installed(ctx, folder) {
			return nil
		}
		fmt.Fprintf(os.Stderr, "\ninstalling %s, once: npm ci\n", name)
		cmd := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("npm ci: %w\n%s", err, out)
		}
		return nil
	}
}

// installed reports whether what a peer needs is on this machine, in the
// versions that are wanted now.
func installed(ctx context.Context, folder string) bool {
	wanted, err := os.Stat(filepath.Join(folder, "package-lock.json"))
	if errors.Is(err, fs.ErrNotExist) { // it is in Go
		cmd := exec.CommandContext(ctx, "go", "list", "-C", folder, "-deps", ".")
		cmd.Env = append(cmd.Environ(), "GOPROXY=off")
		return cmd.Run() == nil
	}
	if err != nil {
		return false
	}
	has, err := os.Stat(filepath.Join(folder, "node_modules", ".package-lock.json"))
	return err == nil && !has.ModTime().Before(wanted.ModTime())
}

// node runs a peer's server.js.
func node(name string) func(cache, dir, addr string) *exec.Cmd {
	return func(_, _, addr string) *exec.Cmd {
		root, _ := sources() // npm has told
		cmd := exec.Command("node", "server.js", port(addr))
		cmd.Dir = filepath.Join(root, name)
		cmd.Env = append(os.Environ(), "NODE_ENV=production")
		return cmd
	}
}

func port(addr string) string {
	_, port, _ := net.SplitHostPort(addr)
	return port
}

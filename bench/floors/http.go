//go:build linux

package floors

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"partykit/bench/target"
)

// HTTP is Go's own server, which serves one page from a variable: what a page
// takes at least of a server that is built on it.
func HTTP(body []byte) *target.System {
	return &target.System{
		Name:  "net/http",
		About: "Go's HTTP server and the same bytes from a variable",
		Prepare: func(ctx context.Context, cache string) error {
			out, err := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(cache, "static"), "partykit/bench/floors/static").CombinedOutput()
			if err != nil {
				return fmt.Errorf("building the server of static pages: %w\n%s", err, out)
			}
			return nil
		},
		Command: func(cache, dir, addr string) *exec.Cmd {
			page := filepath.Join(dir, "page")
			_ = os.WriteFile(page, body, 0o600) // what cannot be written, it says it cannot read
			return exec.Command(filepath.Join(cache, "static"), addr, page)
		},
	}
}

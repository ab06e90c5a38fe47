//go:build linux

package floors

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"

	"partykit/bench/target"
)

// Engine appends to a bare engine, for as long as somebody is connected to it,
// and says so with a byte each.
func Engine() *target.System {
	return &target.System{
		Name:  "engine",
		About: "bare appends to the same engine, strict",
		Prepare: func(ctx context.Context, cache string) error {
			out, err := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(cache, "append"), "partykit/bench/floors/append").CombinedOutput()
			if err != nil {
				return fmt.Errorf("building it: %w\n%s", err, out)
			}
			return nil
		},
		Command: func(cache, dir, addr string) *exec.Cmd {
			return exec.Command(filepath.Join(cache, "append"), addr, dir)
		},
	}
}

// Counter is a codec that counts what Engine has appended.
type Counter struct{ Count int }

// Read counts.
func (c *Counter) Read(b []byte, _ *target.Sink) (int, error) {
	c.Count += len(b)
	return len(b), nil
}

// AppendSend appends nothing.
func (*Counter) AppendSend(b, _ []byte) []byte { return b }

// AppendKeepalive appends nothing.
func (*Counter) AppendKeepalive(b []byte) []byte { return b }

//go:build linux

package floors

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"sync/atomic"

	"partykit/bench/target"
	"partykit/bench/wire"
)

// WebSocket is a bare relay in Go with a library and a goroutine for each
// connection.
func WebSocket() *target.System {
	var parties atomic.Uint64
	return &target.System{
		Name:  "ws-go",
		About: "bare WebSocket relay in Go, a goroutine per connection",
		Prepare: func(ctx context.Context, cache string) error {
			out, err := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(cache, "relay"), "partykit/bench/floors/relay").CombinedOutput()
			if err != nil {
				return fmt.Errorf("building the relay: %w\n%s", err, out)
			}
			return nil
		},
		Command: func(cache, _, addr string) *exec.Cmd { return exec.Command(filepath.Join(cache, "relay"), addr) },
		Form: func(ctx context.Context, addr string, size int) ([]*target.Link, error) {
			path := fmt.Sprint("/?party=", parties.Add(1))
			links := make([]*target.Link, 0, size)
			for range size {
				c, err := wire.Dial(ctx, addr, path)
				if err != nil {
					return links, err
				}
				links = append(links, &target.Link{Conn: c.Conn})
				if _, _, err := c.Read(); err != nil { // "in"
					return links, err
				}
				links[len(links)-1] = c.Link(relayCodec{})
			}
			return links, nil
		},
	}
}

type relayCodec struct{}

func (relayCodec) AppendSend(b, payload []byte) []byte {
	return wire.AppendFrame(b, wire.Binary, payload)
}

func (relayCodec) Read(b []byte, s *target.Sink) (int, error) {
	return wire.Frames(b, s, func(_ byte, payload []byte) error {
		s.Deliver(payload)
		return nil
	})
}

func (relayCodec) AppendKeepalive(b []byte) []byte { return b }

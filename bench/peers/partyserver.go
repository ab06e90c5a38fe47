//go:build linux

package peers

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"

	"partykit/bench/target"
	"partykit/bench/wire"
)

// PartyServer is partyserver on workerd: a room is a Durable Object. A message
// is a frame, with nothing around it.
func PartyServer() *target.System {
	var rooms atomic.Uint32
	return &target.System{
		Name:    "partyserver",
		About:   "partyserver 0.5 on workerd, hibernating",
		Prepare: npm("partyserver"),
		Command: func(_, _, addr string) *exec.Cmd {
			root, _ := sources() // npm has told
			arch := strings.Replace(runtime.GOARCH, "amd64", "64", 1)
			cmd := exec.Command("node_modules/@cloudflare/workerd-linux-"+arch+"/bin/workerd", "serve", "config.capnp", "--socket-addr", "http="+addr)
			cmd.Dir = filepath.Join(root, "partyserver")
			return cmd
		},
		Form: func(ctx context.Context, addr string, size int) ([]*target.Link, error) {
			path := fmt.Sprintf("/parties/relay/%d", rooms.Add(1))
			return form(ctx, size, func(ctx context.Context) (*wire.Client, target.Codec, error) {
				c, err := wire.Dial(ctx, addr, path)
				return c, plainCodec{}, err
			})
		},
	}
}

// plainCodec has a message in each frame.
type plainCodec struct{}

func (plainCodec) AppendSend(b, payload []byte) []byte {
	return wire.AppendFrame(b, wire.Binary, payload)
}

func (plainCodec) Read(b []byte, s *target.Sink) (int, error) {
	return wire.Frames(b, s, func(_ byte, payload []byte) error {
		s.Deliver(payload)
		return nil
	})
}

func (plainCodec) AppendKeepalive(b []byte) []byte { return b }

//go:build linux

package floors

import (
	"context"
	_ "embed"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"time"

	"partykit/bench/target"
)

//go:embed raw/raw.c
var rawSource []byte

// Raw is a relay over bare TCP, in C, with one send for each delivery. It is
// what all others are compared with.
func Raw() *target.System {
	var parties atomic.Uint32
	return &target.System{
		Name:  "raw-c",
		About: "bare TCP relay in C, one send per delivery",
		Prepare: func(ctx context.Context, cache string) error {
			source := filepath.Join(cache, "raw.c")
			if err := os.WriteFile(source, rawSource, 0o600); err != nil {
				return err
			}
			out, err := exec.CommandContext(ctx, "gcc", "-O2", "-Wall", "-Wextra", "-o", filepath.Join(cache, "raw"), source).CombinedOutput()
			if err != nil {
				return fmt.Errorf("gcc: %w\n%s", err, out)
			}
			return nil
		},
		Command: func(cache, _, addr string) *exec.Cmd {
			_, port, _ := net.SplitHostPort(addr)
			return exec.Command(filepath.Join(cache, "raw"), port)
		},
		Form: func(ctx context.Context, addr string, size int) ([]*target.Link, error) {
			first := appendRaw(nil, binary.LittleEndian.AppendUint32(nil, parties.Add(1)%20000))
			links := make([]*target.Link, 0, size)
			for range size {
				conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
				if err != nil {
					return links, err
				}
				links = append(links, &target.Link{Conn: conn, Codec: rawCodec{}})
				conn.SetDeadline(time.Now().Add(30 * time.Second))
				if _, err := conn.Write(first); err != nil {
					return links, err
				}
				if _, err := io.ReadFull(conn, make([]byte, len(first))); err != nil {
					return links, err
				}
				conn.SetDeadline(time.Time{})
			}
			return links, nil
		},
	}
}

func appendRaw(b, payload []byte) []byte {
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(payload))), payload...)
}

type rawCodec struct{}

func (rawCodec) AppendSend(b, payload []byte) []byte { return appendRaw(b, payload) }

func (rawCodec) Read(b []byte, s *target.Sink) (used int, err error) {
	for len(b)-used >= 4 {
		size := int(binary.LittleEndian.Uint32(b[used:]))
		if size > 1<<20 {
			return used, fmt.Errorf("raw: a frame of %d bytes", size)
		}
		if len(b)-used-4 < size {
			break
		}
		s.Deliver(b[used+4 : used+4+size])
		used += 4 + size
	}
	return used, nil
}

func (rawCodec) AppendKeepalive(b []byte) []byte { return b }

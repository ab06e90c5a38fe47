package storms

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"partykit/client"
)

// neighbours are another party, which asks for something durable 20 times a
// second. It is played by a process of its own: what it waits for is the server,
// and not the crowd's own work.
type neighbours struct {
	t       *testing.T
	in      io.Writer
	answers *json.Decoder
}

// besideOf and besideIn are the variables that have this program play the
// neighbours of a server, in a game.
const (
	besideOf = "STORMS_BESIDE_OF"
	besideIn = "STORMS_BESIDE_IN"
)

func TestMain(m *testing.M) {
	url := os.Getenv(besideOf)
	if url == "" {
		os.Exit(m.Run())
	}
	if err := neighbour(url, os.Getenv(besideIn), os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// beside has neighbours come, of the crowd's game or another, who begin to ask.
func beside(t *testing.T, s *server, game string) *neighbours {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), besideOf+"="+s.url, besideIn+"="+game)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	return &neighbours{t, in, json.NewDecoder(out)}
}

// requests are what was asked for, and how long the answers took.
type requests struct {
	Answered              int
	Median, Most, Slowest time.Duration // Most: nine of ten took no longer
}

func (r requests) String() string {
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	return fmt.Sprintf("%d requests answered, median %.1f ms, nine of ten within %.1f, slowest %.1f",
		r.Answered, ms(r.Median), ms(r.Most), ms(r.Slowest))
}

// since tells what they asked for since they came, or since it was told last.
// Nothing may have been refused.
func (n *neighbours) since() (r requests) {
	n.t.Helper()
	_, err := io.WriteString(n.in, "\n")
	if err == nil {
		err = n.answers.Decode(&r)
	}
	if err != nil {
		n.t.Errorf("another party does not get on: %v", err)
	}
	return r
}

// neighbour asks, and for each line that it reads tells what was answered since
// the last. It ends with what it reads.
func neighbour(url, game string, in io.Reader, out io.Writer) error {
	ctx := context.Background()
	c, err := client.Dial(ctx, client.Options{URL: url, Game: game})
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.Invite(ctx, client.InviteOptions{}); err != nil {
		return err
	}
	lines := make(chan struct{})
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(in); s.Scan(); {
			lines <- struct{}{}
		}
	}()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	var took []time.Duration
	for i := 0; ; i++ {
		begun := time.Now()
		if _, err := c.Rename(ctx, fmt.Sprint("Ada", i%7)); err != nil {
			return fmt.Errorf("refused: %w", err)
		}
		took = append(took, time.Since(begun))
		select {
		case <-tick.C:
		case _, more := <-lines:
			if !more {
				return nil
			}
			slices.Sort(took)
			if err := json.NewEncoder(out).Encode(requests{len(took), took[len(took)/2], took[len(took)*9/10], took[len(took)-1]}); err != nil {
				return err
			}
			took = nil
		}
	}
}

// Command lighthouse measures the invite page of a lively party with Lighthouse
// and the Chromium of this machine: five times, as a phone with a slow line sees
// it. It starts a server of its own and stops it.
//
//	make lighthouse
//
// It fails when the median of a score is below its goal. Lighthouse's search
// audit is not run: the page asks not to be indexed, on purpose.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"partykit/client"
	"partykit/party"
)

// goals are the medians that the page is to reach, in the order they are printed.
var goals = []struct {
	name  string
	score float64
}{{"performance", 95}, {"accessibility", 99}, {"best-practices", 99}}

func main() {
	times := flag.Int("times", 5, "how often to measure")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *times); err != nil {
		fmt.Fprintln(os.Stderr, "lighthouse:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, times int) error {
	chromium, err := browser()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "partykit-lighthouse")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	address, stop, err := serve(ctx, dir)
	if err != nil {
		return err
	}
	defer stop()
	link, leave, err := lively(ctx, address)
	if err != nil {
		return err
	}
	defer leave()
	measure := exec.CommandContext(ctx, "node", "measure.mjs", link, strconv.Itoa(times))
	measure.Dir, measure.Stderr = "test/lighthouse", os.Stderr
	measure.Env = append(os.Environ(), "CHROME_PATH="+chromium)
	out, err := measure.Output()
	if err != nil {
		return fmt.Errorf("measuring: %w", err)
	}
	return judge(out)
}

// browser finds the Chromium of this machine.
func browser() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chromium-headless-shell"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("there is no Chromium on this machine; on Debian: apt-get install chromium")
}

// serve builds the server and runs it, with its demo game, in a folder.
func serve(ctx context.Context, dir string) (address string, stop func(), err error) {
	program := filepath.Join(dir, "partykit")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "./cmd/partykit").CombinedOutput(); err != nil {
		return "", nil, fmt.Errorf("building: %w\n%s", err, out)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	listen := free.Addr().String()
	free.Close()
	cmd := exec.CommandContext(ctx, program, "dev", "--listen", listen, "--data", filepath.Join(dir, "data"))
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
	}
	address = "http://" + listen
	for range 100 {
		if r, err := http.Get(address + "/readyz"); err == nil {
			r.Body.Close()
			return address, stop, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	stop()
	return "", nil, fmt.Errorf("the server does not answer:\n%s", &said)
}

// lively makes a party of three in the demo game and returns a link to it.
func lively(ctx context.Context, address string) (link string, leave func(), err error) {
	var friends []*client.Client
	leave = func() {
		for _, c := range friends {
			c.Close()
		}
	}
	for range 3 {
		c, err := client.Dial(ctx, client.Options{URL: address, Game: "demo"})
		if err != nil {
			leave()
			return "", nil, err
		}
		friends = append(friends, c)
		if link != "" {
			if err := c.Join(ctx, client.JoinOptions{Code: link}); err != nil {
				leave()
				return "", nil, err
			}
			continue
		}
		invite, err := c.Invite(ctx, client.InviteOptions{Message: "We are two short for the old gate. Come and help!"})
		if err != nil {
			leave()
			return "", nil, err
		}
		link = invite.URL
		fields := []party.Field{{ID: "title", Value: "Level 3: The Ruins"}, {ID: "difficulty", Label: "Difficulty", Value: "Hard"}}
		if _, err := c.SetLanding(ctx, fields); err != nil {
			leave()
			return "", nil, err
		}
	}
	return link, leave, nil
}

// judge prints what was measured and compares the medians with the goals.
func judge(out []byte) error {
	var measured struct {
		Runs []map[string]float64
		Lost map[string]string
	}
	if err := json.Unmarshal(out, &measured); err != nil {
		return err
	}
	var missed []error
	for _, g := range goals {
		m := median(measured.Runs, g.name)
		fmt.Printf("%-15s %3.0f  (goal %.0f)\n", g.name, m, g.score)
		if m < g.score {
			missed = append(missed, fmt.Errorf("%s is %.0f, below %.0f", g.name, m, g.score))
		}
	}
	fmt.Printf("first paint %.0f ms, largest %.0f ms, layout shift %.3f; %.0f bytes, of which the page %.0f\n",
		median(measured.Runs, "firstPaint"), median(measured.Runs, "largestPaint"), median(measured.Runs, "shift"),
		median(measured.Runs, "bytes"), median(measured.Runs, "documentBytes"))
	for _, id := range slices.Sorted(maps.Keys(measured.Lost)) {
		fmt.Printf("points lost in a run: %s (%s)\n", measured.Lost[id], id)
	}
	return errors.Join(missed...)
}

func median(runs []map[string]float64, name string) float64 {
	var all []float64
	for _, r := range runs {
		all = append(all, r[name])
	}
	slices.Sort(all)
	return all[len(all)/2]
}

//go:build linux

package kit

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"partykit/bench/target"
)

// Games are those that are registered. There are two because one of them may
// not take all the connections that a server has room for.
var Games = []string{"bench", "bench-too"}

// Limited is a third game, whose players may send what players usually may:
// so many volatile messages and commands a second.
const (
	Limited  = "bench-limited"
	Volatile = 60
	Commands = 30
)

// origin is where the games are.
const origin = "http://127.0.0.1"

// settings lift the limits of addresses and parties: one machine plays all
// players. unbound lift those of players, too.
var (
	settings = []string{
		"party_size=256",
		"invites_per_minute=1000", "joins_per_minute=1000", "links_per_player=128", "links_per_party=128",
		"connections_per_address=100000", "guests_per_minute=100000", "starts_per_minute=100000", "held_per_address=256",
	}
	unbound = []string{
		"volatile_per_second=1000", "volatile_burst=1000",
		"reliable_per_second=1000", "reliable_burst=1000",
		"commands_per_second=1000", "commands_burst=1000",
		"bytes_per_second=8388608",
	}
)

// System is PartyKit with volatile messages, or with reliable ones.
func System(reliable bool) *target.System {
	s := &target.System{
		Name: "partykit", About: "this repository: session, sender, order, resume",
		Prepare: build, Command: command,
		Setup: func(ctx context.Context, p *target.Process) error { return setup(ctx, p, nil) },
	}
	codec := func() target.Codec { return volatileCodec{} }
	if reliable {
		s.Name, s.About = "partykit-reliable", "the same, each message durable and ordered"
		codec = func() target.Codec { return &reliableCodec{} }
	}
	s.Form = func(ctx context.Context, addr string, size int) ([]*target.Link, error) {
		return form(ctx, addr, size, codec, nil)
	}
	return s
}

func build(ctx context.Context, cache string) error {
	version := "dev"
	if out, err := exec.CommandContext(ctx, "git", "describe", "--tags", "--always", "--dirty").Output(); err == nil {
		version = strings.TrimSpace(string(out))
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w -X main.version="+version, "-o", filepath.Join(cache, "partykit"), "partykit/cmd/partykit")
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building partykit: %w\n%s", err, out)
	}
	return nil
}

// Version builds the program and asks it.
func Version(ctx context.Context, cache string) (string, error) {
	if err := build(ctx, cache); err != nil {
		return "", err
	}
	out, err := exec.CommandContext(ctx, filepath.Join(cache, "partykit"), "version").Output()
	if err != nil {
		return "", err
	}
	_, rest, _ := strings.Cut(string(out), " ")
	version, _, _ := strings.Cut(rest, " ")
	return version, nil
}

func command(cache, dir, addr string) *exec.Cmd {
	return exec.Command(filepath.Join(cache, "partykit"), "serve", "--listen", addr, "--data", dir, "--log-level", "warn")
}

// setup registers the game and lifts its limits, through the command line.
func setup(ctx context.Context, p *target.Process, trust *tls.Config) error {
	if err := ready(ctx, p.Addr, trust); err != nil {
		return err
	}
	partykit := func(args ...string) error {
		out, err := exec.CommandContext(ctx, filepath.Join(p.Cache, "partykit"), args...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("partykit %v: %w\n%s", args, err, out)
		}
		return nil
	}
	for _, game := range append(Games, Limited) {
		if err := partykit("game", "add", game, "--url", origin+"/", "--activate", "--data", p.Dir); err != nil {
			return err
		}
		lift := slices.Clone(settings)
		if game != Limited {
			lift = append(lift, unbound...)
		}
		set := []string{"game", "set", game, "--data", p.Dir}
		for _, s := range lift {
			set = append(set, "--setting", s)
		}
		if err := partykit(set...); err != nil {
			return err
		}
	}
	return nil
}

// ready waits until a server that has just been started serves, by TLS unless
// trust is nil.
func ready(ctx context.Context, addr string, trust *tls.Config) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	client, address := http.DefaultClient, "http://"+addr+"/readyz"
	if trust != nil {
		client = &http.Client{Transport: &http.Transport{TLSClientConfig: trust, DisableKeepAlives: true}}
		address = "https://" + addr + "/readyz"
	}
	for {
		r, err := client.Get(address)
		if err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return nil
			}
			err = fmt.Errorf("/readyz answers %s", r.Status)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Package conformance runs the stories that every SDK runs, with the Go client
// and with the JavaScript SDK, against a real server. README.md says how they
// read, and how to write a runner for another language.
package conformance

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partykit/client"
	"partykit/party"
)

// patience is how long something that should come true is waited for.
const patience = 20 * time.Second

// story is one file of the folder stories.
type story struct {
	About string `json:"about"`
	Story []step `json:"story"`
}

// step is one sentence: who does what, with what, and the code it fails with.
type step struct {
	text  string
	who   []string
	does  string
	with  json.RawMessage
	fails party.Code
}

func (s *step) UnmarshalJSON(b []byte) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(b, &parts); err != nil {
		return err
	}
	if len(parts) < 2 || len(parts) > 4 {
		return fmt.Errorf("%s has %d parts; a step has 2 to 4", b, len(parts))
	}
	var who string
	into := []any{&who, &s.does, &s.with, &s.fails}
	for i, part := range parts {
		if err := json.Unmarshal(part, into[i]); err != nil {
			return fmt.Errorf("%s: %w", b, err)
		}
	}
	s.text, s.who = string(b), strings.Fields(who)
	return nil
}

// strict decodes JSON whose members must all be known.
func strict(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// TestGo runs the stories with the Go client.
func TestGo(t *testing.T) {
	server := newServer(t)
	files, err := filepath.Glob("stories/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var s story
			if err := strict(b, &s); err != nil {
				t.Fatal(err)
			}
			tell(t, server, s)
		})
	}
}

// cast is who plays in a story, and what it has named.
type cast struct {
	server  string
	mark    string // of this telling, so that its accounts are no other's
	players map[string]*player
	links   map[string]client.Invite
}

func tell(t *testing.T, server string, s story) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c := &cast{server: server, mark: rand.Text(), players: map[string]*player{}, links: map[string]client.Invite{}}
	defer c.end()
	for i, s := range s.Story {
		for _, name := range s.who {
			if err := c.play(ctx, name, s); err != nil {
				t.Fatalf("step %d, %s: %v", i+1, s.text, err)
			}
		}
	}
	if err := c.agree(ctx); err != nil {
		t.Errorf("at the end: %v", err)
	}
}

// play makes one player do a step. What it does without a connection goes on
// beside the story until it returns.
func (c *cast) play(ctx context.Context, name string, s step) error {
	p := c.players[name]
	if p == nil {
		if s.does != "start" {
			return fmt.Errorf("%s has not started", name)
		}
		p = newPlayer(name)
		c.players[name] = p
	}
	if look := looks[s.does]; look != nil {
		return look(ctx, c, p, s.with)
	}
	act := acts[s.does]
	if act == nil {
		return fmt.Errorf("there is no act %q", s.does)
	}
	var w with
	if s.with != nil {
		if err := strict(s.with, &w); err != nil {
			return err
		}
	}
	do := func() error { return outcome(s, act(ctx, c, p, w)) }
	if p.kit != nil && p.wire.held() && !ofTheWire[s.does] {
		p.later(do)
		return nil
	}
	return do()
}

// outcome compares how a step ended with how it should.
func outcome(s step, err error) error {
	code := client.CodeOf(err)
	switch {
	case code == s.fails && (err == nil || code != ""):
		return nil
	case err == nil:
		return fmt.Errorf("it did not fail with %s", s.fails)
	case s.fails != "":
		return fmt.Errorf("it should fail with %s: %w", s.fails, err)
	}
	return err
}

func (c *cast) end() {
	for _, p := range c.players {
		p.end()
	}
}

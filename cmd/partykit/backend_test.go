package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"partykit/client/api"
)

// backend is a game's own server, which is told what happens.
type backend struct {
	mu     sync.Mutex
	status int // it answers
	told   []string
	came   chan struct{}
}

func (b *backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct{ Type string }
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		body.Type = err.Error()
	}
	b.mu.Lock()
	b.told = append(b.told, r.Header.Get("webhook-id")+" "+body.Type)
	status := b.status
	b.mu.Unlock()
	w.WriteHeader(status)
	b.came <- struct{}{}
}

// answer sets what a backend answers, and starts it the first time.
func answer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: answer NAME STATUS")
	}
	status, err := strconv.Atoi(args[1])
	ts.Check(err)
	all := ts.Value("backends").(map[string]*backend)
	b := all[args[0]]
	if b == nil {
		b = &backend{came: make(chan struct{}, 1000)}
		all[args[0]] = b
		s := httptest.NewServer(b)
		ts.Defer(s.Close)
		ts.Setenv(args[0]+"_URL", s.URL)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.status = status
}

// told waits until a backend was told as many things more.
func told(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: told NAME NUMBER")
	}
	b := ts.Value("backends").(map[string]*backend)[args[0]]
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	for range n {
		select {
		case <-b.came:
		case <-time.After(time.Minute):
			ts.Fatalf("%s is told no more", args[0])
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	fmt.Fprintln(ts.Stdout(), strings.Join(b.told[len(b.told)-n:], "\n"))
}

// found makes a party by the HTTP API, with the key in a file's first line.
func found(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: found URL FILE")
	}
	key, _, _ := strings.Cut(ts.ReadFile(args[1]), "\n")
	_, err := api.New(args[0], key).MakeParty(context.Background(), api.NewParty{})
	ts.Check(err)
}

// until runs a program again until what it writes matches.
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: until PATTERN PROGRAM ARGS…")
	}
	pattern, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	for began := time.Now(); time.Since(began) < time.Minute; {
		ts.Check(ts.Exec(args[1], args[2:]...))
		if pattern.MatchString(ts.ReadFile("stdout")) {
			return
		}
	}
	ts.Fatalf("it never writes %s:\n%s", args[0], ts.ReadFile("stdout"))
}

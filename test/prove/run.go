package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// every is how often a part that runs says how far it is.
const every = 10 * time.Second

var (
	provedLine = regexp.MustCompile(`\S+\.go:\d+: proved: (.*)\n`)
	rapidLine  = regexp.MustCompile(`\[rapid\] OK, passed (\d+) tests`)
	fuzzLine   = regexp.MustCompile(`fuzz: elapsed: \w+, execs: (\d+).*interesting: (\d+)`)
)

// event is a line of go test -json.
type event struct {
	Action string
	Test   string
	Output string
}

// run runs a part and returns what it proved, in lines for people.
func (p part) run(ctx context.Context) ([]string, error) {
	cmd := exec.CommandContext(ctx, "go", p.command()...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // lets fuzzing end what it started
	cmd.WaitDelay = every
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	r := result{part: p}
	events := make(chan event)
	go func() {
		defer close(events)
		lines := json.NewDecoder(out)
		for e := (event{}); lines.Decode(&e) == nil; e = (event{}) {
			events <- e
		}
	}()
	began, tick := time.Now(), time.NewTicker(every)
	defer tick.Stop()
	for open := true; open; {
		var e event
		select {
		case e, open = <-events:
			r.take(e)
		case <-tick.C:
			fmt.Printf("  %v: %s\n", time.Since(began).Round(time.Second), r.progress())
		}
	}
	if err := cmd.Wait(); err != nil {
		os.Stdout.WriteString(r.output.String() + stderr.String())
		return nil, err
	}
	if len(r.proved) == 0 {
		return nil, errors.New("it ran nothing that says what it proved")
	}
	return r.proved, nil
}

// result is what became of a part so far.
type result struct {
	part   part
	proved []string
	passed int
	fuzzed string
	output strings.Builder // shown if it fails
}

func (r *result) take(e event) {
	switch e.Action {
	case "pass":
		if e.Test != "" {
			r.passed++
		}
		if r.part.fuzz && e.Test == "" && r.fuzzed != "" {
			r.proved = append(r.proved, r.fuzzed)
		}
	case "output":
		r.output.WriteString(e.Output)
		if m := provedLine.FindStringSubmatch(e.Output); m != nil {
			r.proved = append(r.proved, m[1])
		}
		if m := rapidLine.FindStringSubmatch(e.Output); m != nil {
			r.proved = append(r.proved, m[1]+" random lives of a party agree with the model")
		}
		if m := fuzzLine.FindStringSubmatch(e.Output); m != nil {
			r.fuzzed = fmt.Sprintf("%s inputs, %s of them interesting", m[1], m[2])
		}
	}
}

func (r *result) progress() string {
	switch {
	case r.part.fuzz:
		return r.fuzzed
	case r.passed > 0:
		return fmt.Sprintf("%d done", r.passed)
	}
	return "at it"
}

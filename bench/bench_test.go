//go:build linux

package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"partykit/bench/report"
)

// Everything is measured once, in small, so that it never rots.
func TestBenchInSmall(t *testing.T) {
	file := filepath.Join(t.TempDir(), "samples.json")
	var out, progress bytes.Buffer
	args := []string{"--rounds", "1", "--time", "100ms", "--players", "200", "--party", "4", "--json", file}
	if err := run(t.Context(), args, &out, &progress); err != nil {
		t.Fatalf("%v\n%s", err, &progress)
	}
	r, err := report.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Missing) > 0 {
		t.Errorf("could not be measured: %v", r.Missing)
	}
	for _, row := range []string{"saturated", "paced-30000", "paced-6000"} {
		for _, system := range []string{"raw-c", "ws-go", "partykit"} {
			if f := r.Of(row, system, report.Sample.CPU); len(f) != 1 {
				t.Errorf("%s of %s: %v", row, system, f)
			}
		}
	}
	for _, s := range r.Samples {
		if s.Units == 0 || s.Lost > 0 || s.Took <= 0 {
			t.Errorf("%+v", s)
		}
	}
	var again bytes.Buffer
	if err := run(t.Context(), []string{"--from", file}, &again, &progress); err != nil || again.String() != out.String() {
		t.Errorf("shown again from its file: %v\n%s\nwas\n%s", err, &again, &out)
	}
}

func TestWhatIsNotUnderstood(t *testing.T) {
	for _, args := range []string{"--rows soup", "--systems soup", "--rounds 0", "--time 1h", "--party 1", "--players 100", "--players 1000000", "soup"} {
		var out bytes.Buffer
		if err := run(context.Background(), strings.Fields(args), &out, &out); err == nil {
			t.Errorf("%s is taken", args)
		}
	}
}

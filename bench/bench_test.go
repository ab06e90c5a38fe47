//go:build linux

package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"partykit/bench/report"
)

// TestMain lets the test program be a helper.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && helpers[os.Args[1]] != nil {
		main()
		return
	}
	os.Exit(m.Run())
}

// Everything is measured once, in small, so that it never rots.
func TestBenchInSmall(t *testing.T) {
	file := filepath.Join(t.TempDir(), "samples.json")
	var out, progress bytes.Buffer
	ours := []string{"raw-c", "ws-go", "partykit", "partykit-tls"}
	args := []string{"--systems", strings.Join(ours, ","), "--rounds", "1", "--time", "100ms", "--players", "200", "--party", "4", "--crowds", "300", "--servers", "2", "--parties", "300", "--rows", strings.Join(rowNames(), ","), "--json", file}
	if err := run(t.Context(), args, &out, &progress); err != nil {
		t.Fatalf("%v\n%s", err, &progress)
	}
	r, err := report.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range r.Missing {
		if m.System != "nginx" { // which make bench installs
			t.Errorf("could not be measured: %v", m)
		}
	}
	for _, row := range []string{"saturated", "paced-30000", "paced-6000"} {
		if got := r.Systems(row); !slices.Equal(got, ours) {
			t.Errorf("%s was measured of %v, want %v", row, got, ours)
		}
	}
	for _, row := range []string{"invites", "joins", "opens", "arrivals", "trip-ticket", "trip-held", "trip-member", "pages-first", "pages", "kill", "hello-300", "before-300", "idle-300", "among-300", "alone", "beside", "start-empty", "start-again", "start-stored", "many"} {
		if !slices.Contains(r.Systems(row), "partykit") {
			t.Errorf("%s was not measured", row)
		}
	}
	for _, row := range []string{"hello-300", "before-300", "idle-300", "among-300"} {
		if !slices.Contains(r.Systems(row), "partykit-tls") {
			t.Errorf("%s was not measured with TLS", row)
		}
	}
	if !slices.Contains(r.Systems("pages"), "net/http") {
		t.Error("pages were not measured of Go's own server")
	}
	for _, s := range r.Samples {
		if s.Units == 0 || s.Lost > 0 || s.Took <= 0 && s.Row != "many" {
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

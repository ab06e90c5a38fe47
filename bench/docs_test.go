//go:build linux

package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partykit/bench/report"
)

var update = flag.Bool("update", false, "write docs/performance.md and its picture anew from docs/performance.json")

const (
	tablesBegin = "<!-- bench -->\n"
	tablesEnd   = "<!-- /bench -->"
)

// The tables and the picture of docs/performance.md are those of the samples
// beside it.
func TestDocumentationShowsWhatWasMeasured(t *testing.T) {
	docs := filepath.Join("..", "docs")
	r, err := report.Read(filepath.Join(docs, "performance.json"))
	if err != nil {
		t.Fatal(err)
	}
	page, picture := filepath.Join(docs, "performance.md"), filepath.Join(docs, "pictures", "performance.svg")
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(text), tablesBegin)
	tables, tail, ok2 := strings.Cut(rest, tablesEnd)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the tables", page)
	}
	var want bytes.Buffer
	if err := r.Markdown(&want); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(page, []byte(head+tablesBegin+want.String()+tablesEnd+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := r.Draw(picture); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want.String(), tables); diff != "" {
		t.Errorf("the tables are not those of the samples; go test ./bench -run Documentation -update writes them (-samples +page):\n%s", diff)
	}
	if drawn, err := os.ReadFile(picture); err != nil || !bytes.Equal(drawn, r.SVG()) {
		t.Errorf("the picture is not that of the samples, %v; go test ./bench -run Documentation -update draws it", err)
	}
}

package landing

import (
	"bytes"
	"io/fs"
	"path/filepath"
	"testing"

	"partykit/web/landing/bundle"
)

// TestDistIsFresh builds what go generate would build and compares.
func TestDistIsFresh(t *testing.T) {
	source, err := filepath.Abs("../../web/landing")
	if err != nil {
		t.Fatal(err)
	}
	want, err := bundle.Landing(source)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := fs.ReadDir(dist, "dist")
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(want) {
		t.Errorf("dist holds %d files, the build makes %d", len(entries), len(want))
	}
	for name, body := range want {
		if have, err := dist.ReadFile("dist/" + name); err != nil || !bytes.Equal(have, body) {
			t.Errorf("dist/%s is stale: run go generate ./internal/landing", name)
		}
	}
}

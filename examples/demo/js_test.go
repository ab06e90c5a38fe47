package demo

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// TestJavaScript runs the game's own tests: its rules, its levels (each is played to the end by search), what goes over the wire.
func TestJavaScript(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("the game's tests need Node.js 20 or newer (Debian: apt-get install nodejs)")
	}
	tests, err := filepath.Glob("test/*.test.mjs")
	if err != nil || len(tests) == 0 {
		t.Fatalf("no tests found in test/ (%v)", err)
	}
	out, err := exec.CommandContext(t.Context(), node, append([]string{"--test"}, tests...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// Package openapi_test has the document of the HTTP API checked by a linter of
// others.
package openapi_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// redocly runs the linter, installing it from the lock file if need be. Nothing
// is told to anybody.
func redocly(t *testing.T, args ...string) (string, error) {
	t.Helper()
	if _, err := os.Stat("node_modules"); err != nil {
		if out, err := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts").CombinedOutput(); err != nil {
			t.Fatalf("npm ci: %v (the tests need Node 20 or newer: apt-get install nodejs npm)\n%s", err, out)
		}
	}
	c := exec.CommandContext(t.Context(), "node", append([]string{filepath.Join("node_modules", "@redocly", "cli", "bin", "cli.js")}, args...)...)
	c.Env = append(os.Environ(), "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true", "NO_COLOR=1")
	out, err := c.CombinedOutput()
	return string(out), err
}

func TestTheDocumentPassesALinter(t *testing.T) {
	document := filepath.Join("..", "..", "docs", "openapi.json")
	out, err := redocly(t, "lint", document, "--extends", "recommended-strict")
	if err != nil || !strings.Contains(out, "is valid") {
		t.Errorf("%v\n%s", err, out)
	}
	// The linter does find mistakes.
	b, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "broken.json")
	if err := os.WriteFile(broken, []byte(strings.ReplaceAll(string(b), `"#/components/schemas/Party"`, `"#/components/schemas/Nothing"`)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := redocly(t, "lint", broken, "--extends", "recommended-strict"); err == nil {
		t.Errorf("a broken document passes:\n%s", out)
	}
}

package docs_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestHTTPAPIGuide types docs/http-api.md into a shell, from the first line to
// the last, beside a server as the page has it, and runs its program.
func TestHTTPAPIGuide(t *testing.T) {
	p := pages(t)["docs/http-api.md"]
	m := newMachine(t)
	m.start("dev")
	here := func(text string) string { return strings.ReplaceAll(text, "http://localhost:7700", m.url) }
	var script strings.Builder
	var program string
	for _, b := range p.blocks {
		switch b.language {
		case "sh":
			script.WriteString(here(b.text) + "\necho\n")
		case "go":
			program = here(b.text)
		}
	}
	script.WriteString(`printf 'the key: %s\n' "$KEY"` + "\n")
	sh := exec.CommandContext(t.Context(), "sh", "-euc", script.String())
	sh.Dir = m.dir
	sh.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + m.dir}
	out, err := sh.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{`"id":"demo"`, m.url + "/join/", `[]`, `"wave":3`, `"address": "203.0.113.7:7777"`, "null"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the shell does not show %s:\n%s", want, out)
		}
	}
	_, key, ok := strings.Cut(strings.TrimSpace(string(out)), "the key: ")
	if !ok || program == "" {
		t.Fatalf("no key, or no program:\n%s", out)
	}
	file := filepath.Join(t.TempDir(), "main.go")
	write(t, file, program)
	run := exec.CommandContext(t.Context(), "go", "run", file)
	run.Dir = root
	run.Env = append(os.Environ(), "KEY="+key)
	if out, err := run.CombinedOutput(); err != nil || !strings.Contains(string(out), "faster: true") {
		t.Errorf("the program: %v\n%s", err, out)
	}
}

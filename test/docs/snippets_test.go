package docs_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// languages says what becomes of the fenced blocks of each language. One that
// is not here would be a snippet that nobody checks.
var languages = map[string]string{
	"console": "commands: TestCommands, TestStart",
	"sh":      "commands: TestStart, TestHTTPAPIGuide",
	"html":    "types: TestSnippetsFitTheTypes; docs/start.md's is also run by TestStart",
	"js":      "types: by sdk/js/test/docs.test.mjs",
	"go":      "types: TestProgramsBuild, and TestHTTPAPIGuide runs its own",
	"toml":    "options: TestShownFilesAreRead",
	"json":    "syntax: TestShownJSONIsJSON",
	"css":     "not code of ours: names of custom properties, checked with the overlay",
	"ini":     "not code of ours: a unit for systemd",
	"mermaid": "a drawing",
	"text":    "a drawing, or a file of another program",
	"":        "a header, quoted",
}

func TestEveryLanguageIsKnown(t *testing.T) {
	seen := map[string]bool{}
	for name, p := range pages(t) {
		for _, b := range p.blocks {
			seen[b.language] = true
			if _, ok := languages[b.language]; !ok {
				t.Errorf("%s:%d: nobody checks a block of %q", name, b.line, b.language)
			}
			if b.language == "js" && name != "docs/sdk-javascript.md" {
				t.Errorf("%s:%d: put it on the SDK's page, whose snippets are checked, or make it a page in html", name, b.line)
			}
		}
	}
	for language := range languages {
		if !seen[language] {
			t.Errorf("no page has a block of %q any more", language)
		}
	}
}

func TestShownJSONIsJSON(t *testing.T) {
	for name, p := range pages(t) {
		for _, b := range p.blocks {
			if b.language == "json" && !json.Valid([]byte(b.text)) {
				t.Errorf("%s:%d: this is not JSON", name, b.line)
			}
		}
	}
}

var (
	moduleScript = regexp.MustCompile(`(?s)<script type="module">(.*?)</script>`)
	sdkImport    = regexp.MustCompile(`"https?://[^"]+/sdk/v1/partykit\.js"`)
)

// The scripts in pages that the docs show fit the types that are served. The
// SDK's own page is checked by the SDK's tests.
func TestSnippetsFitTheTypes(t *testing.T) {
	dir := t.TempDir()
	n := 0
	for name, p := range pages(t) {
		if name == "docs/sdk-javascript.md" {
			continue
		}
		for _, b := range p.blocks {
			script := moduleScript.FindStringSubmatch(b.text)
			if script == nil {
				continue
			}
			text := sdkImport.ReplaceAllString(script[1], `"./partykit.js"`)
			if !strings.Contains(text, `"./partykit.js"`) {
				t.Errorf("%s:%d: this page does not import the SDK", name, b.line)
			}
			n++
			file := fmt.Sprintf("%s-line-%d.mjs", strings.ReplaceAll(name, "/", "-"), b.line)
			write(t, filepath.Join(dir, file), text)
		}
	}
	if n < 2 { // the README's and docs/start.md's
		t.Fatalf("only %d scripts were found", n)
	}
	types, err := os.ReadFile(filepath.Join(root, "sdk", "js", "dist", "partykit.d.ts"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "partykit.d.ts"), string(types))
	write(t, filepath.Join(dir, "tsconfig.json"), `{
		"compilerOptions": {
			"target": "es2022", "module": "esnext", "moduleResolution": "bundler", "lib": ["es2023", "dom", "dom.iterable"], "types": [],
			"allowJs": true, "checkJs": true, "strict": true, "strictNullChecks": false, "noImplicitAny": false, "noEmit": true
		},
		"include": ["*.mjs"]
	}`)
	out, err := exec.CommandContext(t.Context(), "node", typeChecker(t), "-p", dir).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// The Go programs that the docs show build, and go vet has nothing to say.
func TestProgramsBuild(t *testing.T) {
	for name, p := range pages(t) {
		for _, b := range p.blocks {
			if b.language != "go" {
				continue
			}
			file := filepath.Join(t.TempDir(), "main.go")
			write(t, file, b.text)
			vet := exec.CommandContext(t.Context(), "go", "vet", file)
			vet.Dir = root
			if out, err := vet.CombinedOutput(); err != nil {
				t.Errorf("%s:%d: %v\n%s", name, b.line, err, out)
			}
		}
	}
}

// typeChecker returns the TypeScript compiler's script: the SDK's, if its
// packages are installed, else one of its own from the same lock file, because
// the SDK's tests may be installing theirs right now.
func typeChecker(t *testing.T) string {
	t.Helper()
	sdk, err := filepath.Abs(filepath.Join(root, "sdk", "js"))
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join("node_modules", "typescript", "bin", "tsc")
	if _, err := os.Stat(filepath.Join(sdk, "node_modules", ".package-lock.json")); err == nil {
		return filepath.Join(sdk, script)
	}
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json"} {
		b, err := os.ReadFile(filepath.Join(sdk, name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), string(b))
	}
	install := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v (the tests need Node 20 or newer: apt-get install nodejs npm)\n%s", err, out)
	}
	return filepath.Join(dir, script)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

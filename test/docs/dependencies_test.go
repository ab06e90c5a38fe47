package docs_test

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// docs/dependencies.md lists what is used directly, and nothing else.
func TestDependenciesAreExplained(t *testing.T) {
	p := pages(t)["docs/dependencies.md"]
	listed := map[string]bool{}
	for line := range strings.Lines(p.prose) {
		if rest, ok := strings.CutPrefix(line, "| `"); ok {
			name, _, _ := strings.Cut(rest, "`")
			if listed[name] {
				t.Errorf("%s is listed twice", name)
			}
			listed[name] = true
		}
	}
	used := usedModules(t)
	maps.Copy(used, usedPackages(t))
	maps.Copy(used, usedPeers(t))
	if diff := cmp.Diff(slices.Sorted(maps.Keys(used)), slices.Sorted(maps.Keys(listed))); diff != "" {
		t.Errorf("docs/dependencies.md does not list what is used (-used +listed):\n%s", diff)
	}
}

// usedModules are the modules of go.mod that a file of ours imports, tests and
// programs for go generate included, or that go.mod names as a tool.
func usedModules(t *testing.T) map[string]bool {
	t.Helper()
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	var modules []string
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+\.\S+/\S+|\S+\.\S+/\S+) v\d`).FindAllStringSubmatch(string(mod), -1) {
		modules = append(modules, m[1])
	}
	used := map[string]bool{}
	use := func(imported string) {
		best := ""
		for _, m := range modules {
			if (imported == m || strings.HasPrefix(imported, m+"/")) && len(m) > len(best) {
				best = m
			}
		}
		if best != "" {
			used[best] = true
		}
	}
	_, tools, _ := strings.Cut(string(mod), "tool (")
	for line := range strings.Lines(tools) {
		use(strings.TrimSpace(line))
	}
	err = filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git") {
			return fs.SkipDir
		}
		if filepath.Ext(file) != ".go" {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range f.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			use(imported)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return used
}

// usedPackages are those that a package.json of ours asks for. None may ask for
// any at run time.
func usedPackages(t *testing.T) map[string]bool {
	t.Helper()
	used := map[string]bool{}
	for _, folder := range []string{"sdk/js", "test/openapi", "test/webhooks", "test/lighthouse"} {
		b, err := os.ReadFile(filepath.Join(root, folder, "package.json"))
		if err != nil {
			t.Fatal(err)
		}
		var manifest struct {
			Dependencies    map[string]string
			DevDependencies map[string]string
		}
		if err := json.Unmarshal(b, &manifest); err != nil {
			t.Fatal(err)
		}
		if len(manifest.Dependencies) > 0 {
			t.Errorf("%s has dependencies at run time: %v", folder, manifest.Dependencies)
		}
		for name := range manifest.DevDependencies {
			used[name] = true
		}
	}
	return used
}

// usedPeers are what the peers of the benchmark ask for.
func usedPeers(t *testing.T) map[string]bool {
	t.Helper()
	used := map[string]bool{}
	peers := filepath.Join(root, "bench", "peers")
	packages, err := filepath.Glob(filepath.Join(peers, "*", "package.json"))
	if err != nil || len(packages) == 0 {
		t.Fatalf("no peers: %v", err)
	}
	for _, file := range packages {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var manifest struct {
			Dependencies         map[string]string
			OptionalDependencies map[string]string
		}
		if err := json.Unmarshal(b, &manifest); err != nil {
			t.Fatal(err)
		}
		for _, asked := range []map[string]string{manifest.Dependencies, manifest.OptionalDependencies} {
			for name, version := range asked {
				if !regexp.MustCompile(`^\d+\.\d+\.\d+$`).MatchString(version) {
					t.Errorf("%s does not pin %s: %s", file, name, version)
				}
				used[name] = true
			}
		}
	}
	mod, err := os.ReadFile(filepath.Join(peers, "centrifuge", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^require (\S+) v\d`).FindAllStringSubmatch(string(mod), -1) {
		used[m[1]] = true
	}
	return used
}

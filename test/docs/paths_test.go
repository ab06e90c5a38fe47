package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var pathShape = regexp.MustCompile(`^[a-z]+(/[\w.*…-]+)+/?$`)

// A file or folder that a page names in code is there.
func TestNamedPathsExist(t *testing.T) {
	named := 0
	for name, p := range pages(t) {
		for line := range strings.Lines(p.prose) {
			for _, word := range code(line) {
				top, _, _ := strings.Cut(word, "/")
				if _, err := os.Stat(filepath.Join(root, top)); !pathShape.MatchString(word) || err != nil {
					continue
				}
				named++
				if found, err := filepath.Glob(filepath.Join(root, word)); err != nil || len(found) == 0 {
					t.Errorf("%s names %s, which is not there", name, word)
				}
			}
		}
	}
	if named < 30 {
		t.Errorf("only %d paths were found", named)
	}
}

// docs/architecture.md has a line for every package that is not a part of
// another.
func TestArchitectureNamesEveryPackage(t *testing.T) {
	listed := map[string]bool{}
	for _, row := range pages(t)["docs/architecture.md"].table(t, "package") {
		for _, name := range code(row[0]) {
			listed[name] = true
		}
	}
	for _, pattern := range []string{"*", "internal/*", "cmd/*", "examples/*", "sdk/*"} {
		folders, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, folder := range folders {
			files, err := filepath.Glob(filepath.Join(folder, "*.go"))
			if err != nil {
				t.Fatal(err)
			}
			name, err := filepath.Rel(root, folder)
			if err != nil {
				t.Fatal(err)
			}
			if name = filepath.ToSlash(name); len(files) > 0 && !listed[name] && name != "docs" {
				t.Errorf("docs/architecture.md does not say what %s is", name)
			}
		}
	}
}

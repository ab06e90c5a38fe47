package party

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestTheCoreIsPure freezes what this package and its one dependency of ours
// may use: nothing that reads a clock, draws a number or touches the world.
func TestTheCoreIsPure(t *testing.T) {
	allowed := map[string][]string{
		".": {
			"bytes", "cmp", "encoding/json", "fmt", "maps", "slices", "time", "unicode/utf8", "partykit/internal/names",
		},
		"../internal/names": {
			"crypto/sha256", "encoding/binary", "encoding/json", "errors", "fmt", "slices", "strconv", "strings", "unicode", "unicode/utf8",
			"github.com/rivo/uniseg", "golang.org/x/text/cases", "golang.org/x/text/unicode/norm",
		},
	}
	// Of package time only what converts and names spans.
	timeless := []string{"Time", "Duration", "Millisecond", "Second", "Minute", "Hour"}

	for dir, imports := range allowed {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files, %v", dir, err)
		}
		used := map[string]bool{}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range f.Imports {
				path, _ := strconv.Unquote(spec.Path.Value)
				used[path] = true
				if !slices.Contains(imports, path) {
					t.Errorf("%s imports %s", file, path)
				}
				if spec.Name != nil {
					t.Errorf("%s renames %s, which hides its use from this test", file, path)
				}
			}
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.SelectorExpr:
					if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && !slices.Contains(timeless, n.Sel.Name) {
						t.Errorf("%s uses time.%s", file, n.Sel.Name)
					}
				case *ast.GoStmt:
					t.Errorf("%s starts a goroutine", file)
				case *ast.SendStmt, *ast.SelectStmt, *ast.ChanType:
					t.Errorf("%s uses channels", file)
				}
				return true
			})
		}
		for path := range maps.Keys(used) {
			imports = slices.DeleteFunc(imports, func(x string) bool { return x == path })
		}
		if len(imports) > 0 {
			t.Errorf("%s no longer imports %v: take them off the list", dir, imports)
		}
	}
}

package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "partykit/"

// everything may be imported by who puts the parts together.
const everything = "everything"

// mayImport says of every package of this module which others it may import.
// Rules are at the top and know nobody; effects come after; only the wiring at
// the bottom knows concrete parts. A package that is missing here fails the
// test: think about where it belongs before giving it a line.
var mayImport = map[string]string{
	"internal/names": "",
	"party":          "internal/names",
	"protocol":       "party",
	"client":         "party protocol",
	"client/api":     "party",

	"internal/auth":  "",
	"internal/face":  "",
	"internal/game":  "party internal/names internal/outbound",
	"internal/limit": "",
	"internal/loop":  "",
	"internal/ws":    "",

	"internal/outbound": "",
	"internal/testlog":  "",

	"internal/engine":            "internal/loop",
	"internal/engine/enginetest": "internal/engine internal/testlog",
	"internal/abuse":             "party internal/engine",
	"internal/host":              "party protocol internal/abuse internal/auth internal/engine internal/face internal/game internal/limit internal/loop internal/names",

	"internal/gateway": "party protocol internal/auth internal/game internal/host internal/limit internal/loop internal/ws",
	"internal/landing": "party internal/auth internal/face internal/game internal/limit internal/names",
	"internal/api":     "party protocol internal/abuse internal/game internal/host",
	"internal/webhook": "party internal/engine internal/game",
	"internal/control": "party internal/abuse internal/game internal/names internal/webhook",
	"internal/config":  "internal/game internal/limit internal/names",

	"sdk/js":                 "",
	"sdk/js/build":           "sdk/js/internal/bundle",
	"sdk/js/internal/bundle": "",
	"web":                    "",
	"web/landing/bundle":     "",
	"examples/demo":          "",
	"docs":                   "",
	"test/prove":             "",
	"test/lighthouse":        "client party",
	"bench/hot":              "",

	"bench/target":        "",
	"bench/wire":          "bench/target",
	"bench/load":          "bench/target",
	"bench/report":        "",
	"bench/floors":        "bench/target bench/wire",
	"bench/floors/relay":  "",
	"bench/floors/append": "internal/engine",
	"bench/floors/static": "",
	"bench/kit":           "party protocol bench/target bench/wire",
	"bench/peers":         "bench/target bench/wire",
	"bench":               "bench/floors bench/kit bench/load bench/peers bench/report bench/target bench/wire",

	"internal/node": everything,
	"cmd/partykit":  everything,
}

// libraries says who may use what others wrote, where that is to be replaced
// in one place only. A name that ends in /... stands for all below it.
var libraries = map[string]string{
	"github.com/nats-io/...":            "internal/engine internal/engine/enginetest",
	"github.com/coder/websocket":        "client internal/gateway internal/landing bench/floors/relay",
	"github.com/go-json-experiment/...": "protocol internal/api",
	"github.com/danielgtaylor/huma/...": "internal/api",
	"github.com/golang-jwt/...":         "internal/auth",
	"github.com/standard-webhooks/...":  "internal/webhook",
	"code.dny.dev/ssrf":                 "internal/outbound",
	"github.com/rivo/uniseg":            "internal/names",
	"golang.org/x/text/...":             "internal/names",
	"github.com/alecthomas/kong":        "internal/config cmd/partykit",
	"github.com/BurntSushi/toml":        "internal/config",
	"github.com/evanw/esbuild/...":      "sdk/js/internal/bundle web/landing/bundle",
	"github.com/yuin/goldmark/...":      "internal/node",
	"rsc.io/qr":                         "internal/landing",
}

// pkg is a package of this module without its tests.
type pkg struct {
	name    string
	doc     string
	imports map[string]string // import path → a file that imports it
}

// packages reads every package of the module, whatever system its files are
// for.
func packages(t *testing.T) map[string]*pkg {
	t.Helper()
	root := filepath.Join("..", "..")
	found := map[string]*pkg{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			base := d.Name()
			if file != root && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") ||
				base == "testdata" || base == "node_modules" || file == filepath.Join(root, "tmp") || exists(filepath.Join(file, "go.mod"))) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		if tool(f) {
			return nil
		}
		dir, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		dir = filepath.ToSlash(dir)
		p := found[dir]
		if p == nil {
			p = &pkg{name: f.Name.Name, imports: map[string]string{}}
			found[dir] = p
		}
		if f.Doc != nil {
			p.doc += f.Doc.Text()
		}
		for _, spec := range f.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			p.imports[imported] = file
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 10 {
		t.Fatalf("found only %d packages below %s", len(found), root)
	}
	return found
}

// tool reports whether a file is a program of its own that is only run by hand
// or by go generate.
func tool(f *ast.File) bool {
	for _, group := range f.Comments {
		for _, c := range group.List {
			if c.Pos() < f.Package && c.Text == "//go:build ignore" {
				return true
			}
		}
	}
	return false
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func TestWhoImportsWhom(t *testing.T) {
	all := packages(t)
	for _, dir := range slices.Sorted(maps.Keys(all)) {
		allowed, listed := mayImport[dir]
		switch {
		case strings.HasPrefix(dir, "test/"):
			allowed = everything
		case !listed:
			t.Errorf("package %s is not in the table of who may import whom", dir)
			continue
		}
		for imported, file := range all[dir].imports {
			ours, ok := strings.CutPrefix(imported, module)
			if !ok {
				continue
			}
			if strings.HasPrefix(ours, "test/") && !strings.HasPrefix(dir, "test/") {
				t.Errorf("%s imports %s, which is for tests", file, ours)
			}
			if allowed != everything && !slices.Contains(strings.Fields(allowed), ours) {
				t.Errorf("%s imports %s; %s may import only: %s", file, ours, dir, allowed)
			}
		}
	}
}

func TestTheTableHoldsTogether(t *testing.T) {
	for dir, allowed := range mayImport {
		if allowed == everything {
			continue
		}
		for other := range strings.FieldsSeq(allowed) {
			row, ok := mayImport[other]
			if !ok {
				t.Errorf("%s may import %s, which is not in the table", dir, other)
			}
			if row == everything {
				t.Errorf("%s may import %s, which only puts parts together", dir, other)
			}
		}
	}
}

func TestLibrariesStayWhereTheyBelong(t *testing.T) {
	all := packages(t)
	for _, dir := range slices.Sorted(maps.Keys(all)) {
		if strings.HasPrefix(dir, "test/") {
			continue
		}
		for imported, file := range all[dir].imports {
			if users := usersOf(imported); users != nil && !slices.Contains(users, dir) {
				t.Errorf("%s imports %s, which is for: %s", file, imported, strings.Join(users, ", "))
			}
		}
	}
}

// usersOf returns who may use a package of others; nil is whoever likes.
func usersOf(imported string) []string {
	for library, users := range libraries {
		below, all := strings.CutSuffix(library, "/...")
		if imported == library || all && (imported == below || strings.HasPrefix(imported, below+"/")) {
			return strings.Fields(users)
		}
	}
	return nil
}

func TestEveryPackageExplainsItself(t *testing.T) {
	for dir, p := range packages(t) {
		want := "Package " + p.name + " "
		if p.name == "main" {
			want = "Command " + path.Base(dir) + " "
		}
		if !strings.HasPrefix(p.doc, want) {
			t.Errorf("%s: its doc comment does not begin with %q", dir, want)
		}
	}
}

// Names that say nothing gather things that have nothing in common.
func TestNoPackageIsADrawer(t *testing.T) {
	for dir, p := range packages(t) {
		for _, bad := range []string{"util", "utils", "common", "helper", "helpers", "manager", "models", "misc", "pkg"} {
			if p.name == bad || path.Base(dir) == bad {
				t.Errorf("%s: a package is one noun; %q is none", dir, bad)
			}
		}
	}
}

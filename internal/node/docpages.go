package node

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"iter"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"partykit/docs"
)

// document is a page of the documentation.
type document struct {
	Name  string // its file's path without .md
	Title string
	Body  template.HTML
}

// InMenu says that every page links to it.
func (d document) InMenu() bool { return !strings.Contains(d.Name, "/") || d.Name == "adr/README" }

// readingOrder is how a newcomer reads; what is not in it follows by name.
var readingOrder = []string{"start", "concepts", "sdk-javascript", "sdk-go", "http-api", "protocol", "errors", "operations", "security"}

// registerDocs serves the documentation that belongs to this server: /docs and
// /docs/NAME, with the anchors that errors point to. It is rendered when the
// first page is asked for.
func registerDocs(mux *http.ServeMux) {
	documents := sync.OnceValue(func() []document { return renderAll(docs.Pages) })
	serve := func(pattern string, pick func(all []document) document) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			all := documents()
			page(w, http.StatusOK, docsPage, struct {
				document
				All []document
			}{pick(all), all})
		})
	}
	serve("GET /docs", func([]document) document { return document{Title: "Documentation"} })
	for name := range pageNames(docs.Pages) {
		serve("GET /docs/"+name, func(all []document) document {
			return all[slices.IndexFunc(all, func(d document) bool { return d.Name == name })]
		})
	}
	serveDrawings(mux, docs.Drawings)
	mux.HandleFunc("GET "+stylePath, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		w.Write(style)
	})
}

// serveDrawings serves the pictures that pages show.
func serveDrawings(mux *http.ServeMux, drawings fs.FS) {
	names, err := fs.Glob(drawings, "pictures/*")
	if err != nil {
		panic(err) // the pattern is ours
	}
	for _, name := range names {
		mux.HandleFunc("GET /docs/"+name, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-cache")
			http.ServeFileFS(w, r, drawings, name)
		})
	}
}

// pageNames are the names of a folder's documents.
func pageNames(folder fs.FS) iter.Seq[string] {
	return func(yield func(string) bool) {
		err := fs.WalkDir(folder, ".", func(file string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && !yield(strings.TrimSuffix(file, ".md")) {
				return fs.SkipAll
			}
			return err
		})
		if err != nil {
			panic(err) // it is embedded
		}
	}
}

// renderAll renders the Markdown files of a folder, which are our own.
func renderAll(folder fs.FS) []document {
	var documents []document
	for name := range pageNames(folder) {
		source, err := fs.ReadFile(folder, name+".md")
		if err != nil {
			panic(err) // it is embedded
		}
		documents = append(documents, render(folder, name+".md", source))
	}
	rank := func(d document) int {
		if i := slices.Index(readingOrder, d.Name); i >= 0 {
			return i
		}
		return len(readingOrder)
	}
	slices.SortStableFunc(documents, func(a, b document) int { return rank(a) - rank(b) })
	return documents
}

func render(folder fs.FS, file string, source []byte) document {
	markdown := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Linkify), goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	tree := markdown.Parser().Parse(text.NewReader(source), parser.WithContext(parser.NewContext(parser.WithIDs(&anchors{}))))
	d := document{Name: strings.TrimSuffix(file, ".md")}
	var links []*ast.Link
	ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Heading:
			if entering && n.Level == 1 && d.Title == "" {
				d.Title = string(n.Lines().Value(source))
			}
		case *ast.Link:
			if entering {
				links = append(links, n)
			}
		case *ast.Image:
			if entering {
				n.Destination = []byte("/docs/" + path.Join(path.Dir(file), string(n.Destination)))
			}
		}
		return ast.WalkContinue, nil
	})
	for _, link := range links {
		address, ok := pageAddress(folder, file, string(link.Destination))
		if ok {
			link.Destination = []byte(address)
		} else {
			unlink(link)
		}
	}
	var b bytes.Buffer
	if err := markdown.Renderer().Render(&b, source, tree); err != nil {
		panic(err) // it writes to memory
	}
	d.Body = template.HTML(b.String())
	return d
}

// pageAddress turns a link between Markdown files into one between pages. It
// reports false for a link to what only the repository has.
func pageAddress(folder fs.FS, from, link string) (string, bool) {
	target, fragment, hasFragment := strings.Cut(link, "#")
	if target == "" || strings.Contains(target, ":") {
		return link, true
	}
	target = path.Join(path.Dir(from), target)
	if _, err := fs.Stat(folder, target); err != nil || path.Ext(target) != ".md" {
		return "", false
	}
	address := "/docs/" + strings.TrimSuffix(target, ".md")
	if hasFragment {
		address += "#" + fragment
	}
	return address, true
}

// unlink leaves the text of a link.
func unlink(link *ast.Link) {
	parent := link.Parent()
	for child := link.FirstChild(); child != nil; child = link.FirstChild() {
		parent.InsertBefore(parent, link, child)
	}
	parent.RemoveChild(parent, link)
}

// anchors gives headings the ids that the Markdown files' own links count on,
// as code hosts make them: a code such as rate_limited keeps its underscore.
type anchors struct{ taken map[string]bool }

func (a *anchors) Generate(value []byte, _ ast.NodeKind) []byte {
	id := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_', r == '-':
			return r
		case r == ' ':
			return '-'
		}
		return -1
	}, strings.ToLower(strings.TrimSpace(string(value))))
	unique := id
	for n := 1; a.taken[unique]; n++ {
		unique = fmt.Sprintf("%s-%d", id, n)
	}
	a.Put([]byte(unique))
	return []byte(unique)
}

func (a *anchors) Put(value []byte) {
	if a.taken == nil {
		a.taken = map[string]bool{}
	}
	a.taken[string(value)] = true
}

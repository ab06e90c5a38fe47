package node

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"partykit/docs"
)

// document is a page of the documentation.
type document struct {
	Name  string // in its address
	Title string
	Body  template.HTML
}

// registerDocs serves the documentation that belongs to this server: /docs and
// /docs/NAME, with the anchors that errors point to.
func registerDocs(mux *http.ServeMux) {
	documents := renderAll(docs.Pages)
	mux.HandleFunc("GET /docs", func(w http.ResponseWriter, r *http.Request) {
		page(w, docsPage, struct {
			document
			All []document
		}{document{Title: "Documentation"}, documents})
	})
	for _, d := range documents {
		mux.HandleFunc("GET /docs/"+d.Name, func(w http.ResponseWriter, r *http.Request) {
			page(w, docsPage, struct {
				document
				All []document
			}{d, documents})
		})
	}
	mux.HandleFunc("GET "+stylePath, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		w.Write(style)
	})
}

// renderAll renders the Markdown files of a folder, which are our own.
func renderAll(folder fs.FS) []document {
	files, err := fs.Glob(folder, "*.md")
	if err != nil {
		panic(err)
	}
	var documents []document
	for _, file := range files {
		source, err := fs.ReadFile(folder, file)
		if err != nil {
			panic(err) // it is embedded
		}
		documents = append(documents, render(strings.TrimSuffix(file, ".md"), source))
	}
	return documents
}

func render(name string, source []byte) document {
	markdown := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Linkify), goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	tree := markdown.Parser().Parse(text.NewReader(source), parser.WithContext(parser.NewContext(parser.WithIDs(&anchors{}))))
	d := document{Name: name, Title: name}
	ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Heading:
			if entering && n.Level == 1 {
				d.Title = string(n.Lines().Value(source))
			}
		case *ast.Link:
			if entering {
				n.Destination = []byte(pageAddress(string(n.Destination)))
			}
		}
		return ast.WalkContinue, nil
	})
	var b bytes.Buffer
	if err := markdown.Renderer().Render(&b, source, tree); err != nil {
		panic(err) // it writes to memory
	}
	d.Body = template.HTML(b.String())
	return d
}

// pageAddress turns a link between Markdown files into one between pages.
func pageAddress(link string) string {
	file, fragment, _ := strings.Cut(link, "#")
	if strings.Contains(file, ":") || path.Ext(file) != ".md" || path.Base(file) != file {
		return link
	}
	if fragment != "" {
		fragment = "#" + fragment
	}
	return "/docs/" + strings.TrimSuffix(file, ".md") + fragment
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

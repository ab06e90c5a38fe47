// Package docs_test holds the documentation to what is: every link and picture
// leads somewhere, every table agrees with the code it is about, every snippet
// is checked against the SDK it shows, and docs/start.md is followed as
// written.
package docs_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// A page is one Markdown file.
type page struct {
	name   string // from the root, with slashes
	text   string
	prose  string // text without its fenced blocks, which keep their lines
	blocks []block
}

// A block is a fenced block of a page.
type block struct {
	language string
	text     string
	section  string // the heading it stands under
	line     int
}

// pages reads every Markdown file of the repository, by name.
func pages(t *testing.T) map[string]*page {
	t.Helper()
	found := map[string]*page{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); name != "." && strings.HasPrefix(base, ".") || base == "node_modules" || base == "testdata" {
				return fs.SkipDir
			}
			return nil
		}
		if filepath.Ext(file) != ".md" {
			return nil
		}
		b, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		found[name] = parse(t, name, string(b))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 20 {
		t.Fatalf("found only %d pages: %v", len(found), slices.Sorted(maps.Keys(found)))
	}
	return found
}

func parse(t *testing.T, name, text string) *page {
	t.Helper()
	p := &page{name: name, text: text}
	var prose, body []string
	var open *block
	section := ""
	for i, line := range strings.Split(text, "\n") {
		fence := strings.HasPrefix(line, "```")
		switch {
		case open == nil && fence:
			open = &block{language: strings.TrimPrefix(line, "```"), section: section, line: i + 1}
			body = nil
			prose = append(prose, "")
		case open != nil && fence:
			open.text = strings.Join(body, "\n")
			p.blocks = append(p.blocks, *open)
			open = nil
			prose = append(prose, "")
		case open != nil:
			body = append(body, line)
			prose = append(prose, "")
		default:
			if title, ok := heading(line); ok {
				section = title
			}
			prose = append(prose, line)
		}
	}
	if open != nil {
		t.Errorf("%s:%d: this block is not closed", name, open.line)
	}
	p.prose = strings.Join(prose, "\n")
	return p
}

var headingShape = regexp.MustCompile(`^#{1,6} +(.*?) *#*$`)

func heading(line string) (title string, ok bool) {
	m := headingShape.FindStringSubmatch(line)
	if m == nil {
		return "", false
	}
	return m[1], true
}

// anchors are the fragments that a page's headings can be linked by, as code
// hosts and our own server make them.
func (p *page) anchors() map[string]bool {
	found := map[string]bool{}
	for line := range strings.Lines(p.prose) {
		title, ok := heading(strings.TrimRight(line, "\n"))
		if !ok {
			continue
		}
		found[strings.Map(func(r rune) rune {
			switch {
			case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_', r == '-':
				return r
			case r == ' ':
				return '-'
			}
			return -1
		}, strings.ToLower(title))] = true
	}
	return found
}

// table returns the cells of the rows of the first table below a heading whose
// first column has this title; code marks are taken off the first cell.
func (p *page) table(t *testing.T, first string) [][]string {
	t.Helper()
	var rows [][]string
	in := false
	for line := range strings.Lines(p.prose) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			if in {
				break
			}
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case !in && cells[0] == first:
			in = true
		case in && !strings.HasPrefix(cells[0], "---"):
			rows = append(rows, cells)
		}
	}
	if len(rows) == 0 {
		t.Fatalf("%s has no table that begins with %q", p.name, first)
	}
	return rows
}

// code returns what stands between code marks in a text.
func code(text string) []string {
	var found []string
	for i, part := range strings.Split(text, "`") {
		if i%2 == 1 {
			found = append(found, part)
		}
	}
	return found
}

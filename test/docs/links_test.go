package docs_test

import (
	"image"
	_ "image/jpeg"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	markdownLink = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	htmlSource   = regexp.MustCompile(`(?:src|srcset|href)="([^"]+)"`)
)

// Every relative link leads to a file that is there, every fragment to a
// heading, and every picture can be shown.
func TestLinksLeadSomewhere(t *testing.T) {
	all := pages(t)
	checked := 0
	for name, p := range all {
		prose := withoutCode(p.prose)
		links := append(markdownLink.FindAllStringSubmatch(prose, -1), htmlSource.FindAllStringSubmatch(prose, -1)...)
		for _, m := range links {
			link := m[1]
			if strings.Contains(link, "://") || strings.HasPrefix(link, "mailto:") {
				continue
			}
			checked++
			file, fragment, _ := strings.Cut(link, "#")
			target := name
			if file != "" {
				target = path.Join(path.Dir(name), file)
			}
			if strings.HasPrefix(target, "../") {
				t.Errorf("%s: %s leads out of the repository", name, link)
				continue
			}
			onDisk := filepath.Join(root, filepath.FromSlash(target))
			if _, err := os.Stat(onDisk); err != nil {
				t.Errorf("%s: %s leads nowhere: %v", name, link, err)
				continue
			}
			if fragment != "" && !(all[target] != nil && all[target].anchors()[fragment]) {
				t.Errorf("%s: %s: there is no such heading", name, link)
			}
			if path.Ext(target) == ".jpg" {
				checkPicture(t, onDisk)
			}
		}
	}
	if checked < 50 {
		t.Errorf("only %d links were found", checked)
	}
}

func checkPicture(t *testing.T, file string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Error(err)
		return
	}
	defer f.Close()
	if c, _, err := image.DecodeConfig(f); err != nil || c.Width < 200 {
		t.Errorf("%s cannot be shown: %v, %d wide", file, err, c.Width)
	}
}

var inlineCode = regexp.MustCompile("`[^`\n]*`")

// withoutCode takes inline code out, in which a link is no link.
func withoutCode(prose string) string { return inlineCode.ReplaceAllString(prose, "") }

// What lies in docs is read by somebody who starts at the README.
func TestEveryPageIsLinked(t *testing.T) {
	all := pages(t)
	linked := map[string]bool{"README.md": true}
	for grown := true; grown; {
		grown = false
		for name := range linked {
			for _, m := range markdownLink.FindAllStringSubmatch(all[name].prose, -1) {
				file, _, _ := strings.Cut(m[1], "#")
				target := path.Join(path.Dir(name), file)
				if all[target] != nil && !linked[target] {
					linked[target], grown = true, true
				}
			}
		}
	}
	for name := range all {
		if strings.HasPrefix(name, "docs/") && !linked[name] {
			t.Errorf("no way leads from the README to %s", name)
		}
	}
	entries, err := os.ReadDir(filepath.Join(root, "docs", "pictures"))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, p := range all {
		text.WriteString(p.text)
	}
	for _, e := range entries {
		if !strings.Contains(text.String(), "pictures/"+e.Name()) {
			t.Errorf("no page shows docs/pictures/%s", e.Name())
		}
	}
}

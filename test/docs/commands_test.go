package docs_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// commands are the command lines of a block: in a console those after the
// prompt, else all; a backslash continues a line, a comment ends it.
func (b block) commands() []string {
	var found []string
	joined := strings.ReplaceAll(b.text, "\\\n", " ")
	for line := range strings.Lines(joined) {
		if b.language == "console" {
			rest, ok := strings.CutPrefix(line, "$ ")
			if !ok {
				continue
			}
			line = rest
		}
		line, _, _ = strings.Cut(line, " # ")
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			found = append(found, line)
		}
	}
	return found
}

// commandWord is a word of a command line, which may have a quoted part.
var commandWord = regexp.MustCompile(`(?:"[^"]*"|[^\s"])+`)

// Commands that a page tells to type exist. Those of docs/start.md are run by
// TestStart.
func TestCommands(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	targets := 0
	for name, p := range pages(t) {
		for _, b := range p.blocks {
			if b.language != "console" {
				continue
			}
			list := b.commands()
			if len(list) == 0 {
				t.Errorf("%s:%d: a console without a command", name, b.line)
			}
			for _, line := range list {
				words := commandWord.FindAllString(line, -1)
				switch {
				case words[0] == "make" && len(words) > 1:
					targets++
					if !regexp.MustCompile(`(?m)^` + words[1] + `:`).Match(makefile) {
						t.Errorf("%s:%d: the Makefile has no target %s", name, b.line, words[1])
					}
					for _, setting := range words[2:] {
						if variable, _, _ := strings.Cut(setting, "="); !bytes.Contains(makefile, []byte("$("+variable+")")) {
							t.Errorf("%s:%d: the Makefile knows no %s", name, b.line, variable)
						}
					}
				case slices.Contains([]string{"partykit", "./partykit"}, words[0]) && name == "docs/start.md":
				case strings.HasPrefix(line, "git clone ") && name == "README.md": // how all of this got here
				default:
					t.Errorf("%s:%d: nobody checks %q", name, b.line, line)
				}
			}
		}
	}
	if targets < 5 {
		t.Errorf("only %d make commands were found", targets)
	}
}

package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"partykit/internal/game"
)

// maxWordFile is more than any filter that is taken, comments included.
const maxWordFile = 1 << 20

// readWords reads the words of a name filter: one a line, without empty lines
// and those that begin with #. The path - is standard input, and an empty one
// has no words.
func readWords(path string) ([]string, error) {
	words := []string{}
	if path == "" {
		return words, nil
	}
	from := os.Stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("the name filter cannot be read: %w", err)
		}
		defer f.Close()
		from = f
	}
	text, err := io.ReadAll(io.LimitReader(from, maxWordFile+1))
	if err != nil {
		return nil, fmt.Errorf("the name filter cannot be read: %w", err)
	}
	if len(text) > maxWordFile {
		return nil, fmt.Errorf("%s is too large for a name filter", path)
	}
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		if word := strings.TrimSpace(line); word != "" && word[0] != '#' {
			words = append(words, word)
		}
	}
	return words, nil
}

func filtered(g game.Game) string {
	switch n := len(g.NameFilter.Words()); n {
	case 0:
		return "none"
	case 1:
		return "1 word"
	default:
		return fmt.Sprintf("%d words", n)
	}
}

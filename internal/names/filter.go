package names

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Limits of a [Filter].
const (
	MaxFilterWords = 1000
	MaxFilterBytes = 16 << 10 // of all words together, as written
	MaxFilterWord  = 32       // letters of a word
)

// A Filter holds the words that a game does not want in names. A word is found
// anywhere in a name, one written with = before it only as a whole word, so that
// =ass leaves Cassandra alone. The zero Filter refuses nothing.
//
// Words are looked for as they are read, not as they are spelt: case, accents,
// compatibility forms and letters of other alphabets that look the same make no
// difference, digits and signs stand for the letters they resemble (0 for o, 1
// for i and l, 3, 4, 5, 7, @, $ …), what is neither letter nor digit is passed
// over, and a letter written three times or more counts once, or twice.
// A digit in a word of the filter stands for itself: write words in letters.
type Filter struct {
	words           []string // as written
	anywhere, whole *node    // their letters; nil: none
}

// node stands for the beginning that some words share.
type node struct {
	next map[rune]*node
	end  bool // it is a word
}

// NewFilter returns a filter of words. An error says which word is wrong, or
// what is wrong with all of them.
func NewFilter(words []string) (Filter, error) {
	f, err := newFilter(words)
	if err == nil && f.refusesFriendly() {
		err = errors.New("they refuse nearly all friendly names, which the server gives to players without a name: use longer words, or = before a word")
	}
	if err != nil {
		return Filter{}, err
	}
	return f, nil
}

func newFilter(words []string) (Filter, error) {
	f := Filter{words: slices.Clone(words)}
	size := 0
	for _, text := range words {
		size += len(text)
		if err := f.add(text); err != nil {
			return Filter{}, err
		}
	}
	if len(words) > MaxFilterWords || size > MaxFilterBytes {
		return Filter{}, fmt.Errorf("%d words of %d bytes in all are too many: there may be %d of %d", len(words), size, MaxFilterWords, MaxFilterBytes)
	}
	return f, nil
}

func (f *Filter) add(text string) error {
	clean, err := Text(text, MaxFilterBytes)
	if err != nil || clean != text {
		return fmt.Errorf("%q is not one line of visible text without space around it", text)
	}
	rest, whole := strings.CutPrefix(text, "=")
	word := letters(rest)
	switch n := len(word); {
	case n == 0:
		return fmt.Errorf("%q has no letter and no digit", text)
	case n == 1 && !whole:
		return fmt.Errorf("%q is one letter, which is in most names: write =%s for the name that is nothing else", text, rest)
	case n > MaxFilterWord:
		return fmt.Errorf("%q has more than %d letters", text, MaxFilterWord)
	}
	root := &f.anywhere
	if whole {
		root = &f.whole
	}
	if *root == nil {
		*root = &node{}
	}
	(*root).add(word)
	return nil
}

func (n *node) add(word []rune) {
	for _, letter := range word {
		if n.next == nil {
			n.next = map[rune]*node{}
		}
		if n.next[letter] == nil {
			n.next[letter] = &node{}
		}
		n = n.next[letter]
	}
	n.end = true
}

// Words returns the words as they were written.
func (f Filter) Words() []string { return slices.Clone(f.words) }

// IsZero reports whether the filter refuses nothing.
func (f Filter) IsZero() bool { return len(f.words) == 0 }

// Equal reports whether both filters have the same words.
func (f Filter) Equal(other Filter) bool { return slices.Equal(f.words, other.words) }

// MarshalJSON writes the list of words.
func (f Filter) MarshalJSON() ([]byte, error) { return json.Marshal(f.words) }

// UnmarshalJSON reads a list of words.
func (f *Filter) UnmarshalJSON(b []byte) error {
	var words []string
	if err := json.Unmarshal(b, &words); err != nil {
		return err
	}
	read, err := newFilter(words)
	if err == nil {
		*f = read
	}
	return err
}

// Refuses reports whether one of the words is in a name. The name is expected to
// be clean.
func (f Filter) Refuses(name string) bool {
	if f.IsZero() {
		return false
	}
	read := glyphs(name)
	return f.anywhere.in(read, false) || f.whole.in(read, true)
}

// in looks for a word below the root: at holds the beginnings that have been
// read up to here.
func (root *node) in(name []glyph, whole bool) bool {
	if root == nil {
		return false
	}
	var at, then []*node
	for _, g := range name {
		if g.begins || !whole {
			at = append(at, root)
		}
		then = then[:0]
		add := func(n *node) {
			if n != nil && !slices.Contains(then, n) {
				then = append(then, n)
			}
		}
		for _, n := range at {
			if g.extra && n != root {
				add(n)
			}
			add(n.next[g.letter])
			for _, letter := range g.alike {
				add(n.next[letter])
			}
		}
		if (g.ends || !whole) && slices.ContainsFunc(then, func(n *node) bool { return n.end }) {
			return true
		}
		at, then = then, at
	}
	return false
}

// Friendly returns the friendly name of a seed, or the next one that the filter
// lets pass.
func (f Filter) Friendly(seed string) string {
	name := Friendly(seed)
	for i := 1; f.Refuses(name) && i < maxFriendly; i++ {
		name = Friendly(fmt.Sprintf("%s\x00%d", seed, i))
	}
	return name
}

const (
	maxFriendly    = 1000 // names tried; see refusesFriendly
	friendlySample = 64
)

// refusesFriendly reports whether so few friendly names pass that a thousand
// tries might not find one: less than an eighth of a sample.
func (f Filter) refusesFriendly() bool {
	pass := 0
	for i := range friendlySample {
		if !f.Refuses(Friendly(fmt.Sprint("sample ", i))) {
			pass++
		}
	}
	return pass < friendlySample/8
}

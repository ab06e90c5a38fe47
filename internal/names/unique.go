package names

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Key folds a name for comparison: two names with the same key differ at most
// in case and in compatibility forms (a full-width A, a ligature), and count as
// the same. The key of a key is itself. It is not meant to be shown.
func Key(name string) string {
	if isASCII(name) {
		return strings.ToLower(name)
	}
	for {
		key := norm.NFKC.String(cases.Fold().String(name))
		if key == name {
			return key
		}
		name = key
	}
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Unique returns name, or name with the first number from 2 on that makes it
// unique: "FriendlyAlpaca", then "FriendlyAlpaca 2". A name too long to take
// the number loses its end. The name is expected to be clean; so is the result.
//
// taken is asked with the [Key] of each candidate, and must answer false for
// some number.
func Unique(name string, taken func(key string) bool) string {
	if !taken(Key(name)) {
		return name
	}
	for n := 2; ; n++ {
		numbered := withSuffix(name, " "+strconv.Itoa(n))
		if !taken(Key(numbered)) {
			return numbered
		}
	}
}

// withSuffix cuts whole graphemes off the end of name until suffix, which is
// ASCII, fits within the limits of a name.
func withSuffix(name, suffix string) string {
	var (
		end, count int
		state      = -1
		rest       = name
		cluster    string
	)
	for rest != "" {
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if count+1+len(suffix) > MaxGraphemes || end+len(cluster)+len(suffix) > MaxBytes {
			break
		}
		count++
		end += len(cluster)
	}
	return strings.TrimRight(name[:end], " ") + suffix
}

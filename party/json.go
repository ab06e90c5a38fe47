package party

import (
	"bytes"
	"encoding/json"
)

// escapes are the characters that every encoder of Go writes with six bytes, for
// the sake of pages that a text is put into, by how many it would have without.
var escapes = map[string]int{`\u003c`: 1, `\u003e`: 1, `\u0026`: 1, `\u2028`: 3, `\u2029`: 3}

// storedJSON is a value as it stands in the log and comes back from it: compact,
// and escaped as every encoder does, so that a replayed value is the same.
func storedJSON(value json.RawMessage) (json.RawMessage, error) {
	var compact, stored bytes.Buffer
	if err := json.Compact(&compact, value); err != nil {
		return nil, err
	}
	json.HTMLEscape(&stored, compact.Bytes())
	return stored.Bytes(), nil
}

// lengthOf is how many bytes a stored value has by its limits, which do not count
// escapes: as many now as when it is stored with others again.
func lengthOf(stored json.RawMessage) int {
	n := len(stored)
	for i := 0; ; {
		next := bytes.IndexByte(stored[i:], '\\')
		if next < 0 {
			return n
		}
		i += next
		if plain, ok := escapes[string(stored[i:min(i+6, len(stored))])]; ok {
			n -= 6 - plain
			i += 6
		} else {
			i += 2 // another escape: what follows it is no beginning of one
		}
	}
}

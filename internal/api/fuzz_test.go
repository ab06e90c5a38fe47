package api

import (
	"encoding/json"
	"testing"
	"unicode/utf8"
)

// What the strict decoder takes, every decoder reads the same.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"size":3}`, `{"size":3,"size":4}`, `{"Size":3,"size":4}`, `{} {}`, `{"a":[[[[]]]]}`, "{\"a\":\"\xff\"}", `{"a":1e999}`, `"\ud800"`, ``, `null`, `{"a":`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var v any
		if decode(body, &v) != nil {
			return
		}
		if !utf8.Valid(body) || !json.Valid(body) {
			t.Fatalf("took %q", body)
		}
		again, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var w any
		if err := decode(again, &w); err != nil {
			t.Fatalf("%q became %q, which is refused: %v", body, again, err)
		}
	})
}

package party

import (
	"bytes"
	"encoding/json"
	"maps"
	"unicode/utf8"

	"partykit/internal/names"
)

// Clean checks the limits of party data and returns it with compact values.
func (d Data) Clean() (Data, error) {
	if len(d) > MaxDataKeys {
		return nil, Errorf(TooLarge, "Party data holds at most %d keys; this has %d.", MaxDataKeys, len(d))
	}
	clean := make(Data, len(d))
	total := 0
	for key, value := range d {
		stored, err := storedJSON(value)
		if err != nil || !utf8.Valid(value) || !utf8.ValidString(key) {
			return nil, Errorf(BadRequest, "The value of %q is not JSON.", key)
		}
		if len(key) > MaxDataKey || key == "" {
			return nil, Errorf(TooLarge, "A key of party data has 1 to %d bytes; %.63q has %d.", MaxDataKey, key, len(key))
		}
		n := lengthOf(stored)
		if n > MaxDataValue {
			return nil, Errorf(TooLarge, "A value of party data has at most %d bytes of JSON; %q has %d.", MaxDataValue, key, n)
		}
		total += len(key) + n
		clean[key] = stored
	}
	if total > MaxDataTotal {
		return nil, Errorf(TooLarge, "Party data has at most %d bytes in all; this has %d.", MaxDataTotal, total)
	}
	return clean, nil
}

// Patched returns the data with the keys of patch set, and those that it sets
// to null removed.
func (d Data) Patched(patch Data) Data {
	merged := make(Data, len(d)+len(patch))
	maps.Copy(merged, d)
	for key, value := range patch {
		if string(bytes.TrimSpace(value)) == "null" {
			delete(merged, key)
		} else {
			merged[key] = value
		}
	}
	return merged
}

// Equal reports whether both hold the same values.
func (d Data) Equal(e Data) bool {
	return maps.EqualFunc(d, e, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) })
}

// CleanFields checks the limits of landing info and takes characters out of
// its texts that could mislead or break a page.
func CleanFields(fields []Field) ([]Field, error) {
	if len(fields) > MaxFields {
		return nil, Errorf(TooLarge, "Landing info holds at most %d fields; this has %d.", MaxFields, len(fields))
	}
	clean := make([]Field, 0, len(fields))
	seen := map[string]bool{}
	for _, f := range fields {
		for _, part := range []struct {
			name string
			text *string
			max  int
		}{{"id", &f.ID, MaxFieldID}, {"label", &f.Label, MaxFieldLabel}, {"value", &f.Value, MaxFieldValue}} {
			text, err := names.Text(*part.text, part.max)
			if err != nil {
				return nil, Errorf(TooLarge, "The %s of a landing field has at most %d bytes; this has %d.", part.name, part.max, len(*part.text))
			}
			*part.text = text
		}
		if f.ID == "" || seen[f.ID] {
			return nil, Errorf(BadRequest, "Every landing field needs an id of its own; %q is empty or there twice.", f.ID)
		}
		seen[f.ID] = true
		clean = append(clean, f)
	}
	return clean, nil
}

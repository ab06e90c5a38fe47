package party

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDataLimits(t *testing.T) {
	many := func(n int) Data {
		d := Data{}
		for i := range n {
			d[fmt.Sprint("k", i)] = json.RawMessage("1")
		}
		return d
	}
	str := func(n int) json.RawMessage { return json.RawMessage(`"` + strings.Repeat("x", n-2) + `"`) }
	full := Data{}
	for i := range 4 { // 4 × (1 + 4,095) = MaxDataTotal
		full[fmt.Sprint(i)] = str(MaxDataValue)
	}
	over := full.Patched(Data{"z": json.RawMessage("1")})
	for _, test := range []struct {
		name string
		data Data
		code Code
	}{
		{"nothing", Data{}, ""},
		{"as many keys as may be", many(MaxDataKeys), ""},
		{"one key more", many(MaxDataKeys + 1), TooLarge},
		{"the longest key", Data{strings.Repeat("k", MaxDataKey): str(2)}, ""},
		{"a longer key", Data{strings.Repeat("k", MaxDataKey+1): str(2)}, TooLarge},
		{"no key", Data{"": str(2)}, TooLarge},
		{"the longest value", Data{"k": str(MaxDataValue)}, ""},
		{"a longer value", Data{"k": str(MaxDataValue + 1)}, TooLarge},
		{"white space does not count", Data{"k": append([]byte(strings.Repeat(" ", 5000)), "1"...)}, ""},
		{"what storage escapes does not count", Data{"k": json.RawMessage(`"` + strings.Repeat("<", MaxDataValue-2) + `"`)}, ""},
		{"as much as may be", full, ""},
		{"a little more", over, TooLarge},
		{"no JSON", Data{"k": json.RawMessage("level")}, BadRequest},
		{"no value", Data{"k": nil}, BadRequest},
		{"two values", Data{"k": json.RawMessage("1 2")}, BadRequest},
		{"no UTF-8", Data{"k": json.RawMessage("\"\xff\"")}, BadRequest},
		{"a key that is no UTF-8", Data{"\xff": str(2)}, BadRequest},
	} {
		clean, err := test.data.Clean()
		if codeOf(err) != test.code {
			t.Errorf("%s: got %v, want %q", test.name, err, test.code)
		}
		if err == nil && len(clean) != len(test.data) {
			t.Errorf("%s: %d keys became %d", test.name, len(test.data), len(clean))
		}
	}
}

func TestCleanDataIsWhatStorageReturns(t *testing.T) {
	clean, err := Data{"a": json.RawMessage(` { "<b>" : [ 1 , "&\u2028` + "\u2029" + `" ] } `)}.Clean()
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(clean)
	if err != nil {
		t.Fatal(err)
	}
	var stored Data
	if err := json.Unmarshal(b, &stored); err != nil {
		t.Fatal(err)
	}
	if !clean.Equal(stored) {
		t.Errorf("cleaned %s, stored %s", clean["a"], stored["a"])
	}
	again, err := stored.Clean()
	if err != nil || !again.Equal(clean) {
		t.Errorf("cleaned again: %s, %v", again["a"], err)
	}
}

func TestPatching(t *testing.T) {
	old := values("level", "meadow", "mode", "race")
	patch := Data{"level": json.RawMessage(`"ruins"`), "mode": json.RawMessage(" null "), "new": json.RawMessage("1"), "gone": json.RawMessage("null")}
	got := old.Patched(patch)
	want := Data{"level": json.RawMessage(`"ruins"`), "new": json.RawMessage("1")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !old.Equal(values("level", "meadow", "mode", "race")) {
		t.Error("patching changed the old data")
	}
	if got := Data(nil).Patched(nil); got == nil || len(got) != 0 {
		t.Errorf("patching nothing with nothing gives %v, want a set of nothing", got)
	}
}

func TestLandingLimits(t *testing.T) {
	fields := func(n int) []Field {
		var list []Field
		for i := range n {
			list = append(list, Field{ID: fmt.Sprint("f", i)})
		}
		return list
	}
	long := func(n int) string { return strings.Repeat("x", n) }
	for _, test := range []struct {
		name   string
		fields []Field
		code   Code
	}{
		{"none", nil, ""},
		{"as many as may be", fields(MaxFields), ""},
		{"one more", fields(MaxFields + 1), TooLarge},
		{"the longest texts", []Field{{long(MaxFieldID), long(MaxFieldLabel), long(MaxFieldValue)}}, ""},
		{"a longer id", []Field{{ID: long(MaxFieldID + 1)}}, TooLarge},
		{"a longer label", []Field{{ID: "a", Label: long(MaxFieldLabel + 1)}}, TooLarge},
		{"a longer value", []Field{{ID: "a", Value: long(MaxFieldValue + 1)}}, TooLarge},
		{"no id", []Field{{Value: "x"}}, BadRequest},
		{"an id of nothing visible", []Field{{ID: "\u200b"}}, BadRequest},
		{"an id twice", []Field{{ID: "a"}, {ID: "a"}}, BadRequest},
		{"an id twice once cleaned", []Field{{ID: "a"}, {ID: "a\u200b"}}, BadRequest},
	} {
		if _, err := CleanFields(test.fields); codeOf(err) != test.code {
			t.Errorf("%s: got %v, want %q", test.name, err, test.code)
		}
	}
	clean, err := CleanFields([]Field{{"title", "", "Mea\u202edow\n\tat  dawn"}})
	if diff := cmp.Diff([]Field{{"title", "", "Meadow at dawn"}}, clean); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestAPatchCountsWhatIsThereAsItWasSent(t *testing.T) {
	sent := json.RawMessage(`"` + strings.Repeat("<&\u2028", 400) + `\\u003c"`)
	first, err := Data{"a": sent}.Clean()
	if err != nil {
		t.Fatal(err)
	}
	again, err := first.Patched(Data{"b": json.RawMessage("1")}).Clean()
	if err != nil {
		t.Fatalf("a patch of another key is refused: %v", err)
	}
	if n := len("a") + len(sent) + len("b") + 1; again.size() != n {
		t.Errorf("%d bytes count as %d", n, again.size())
	}
	if !bytes.Equal(again["a"], first["a"]) {
		t.Error("what was there is another value now")
	}
}

func TestAMatchToldAgainChangesNothing(t *testing.T) {
	sc := newScene(t, 4)
	match := SetMatch{"ada", &Match{ID: "m1", Connection: json.RawMessage(`{"at": "a&b"}`)}}
	sc.must(match)
	sc.nothing(match)
}

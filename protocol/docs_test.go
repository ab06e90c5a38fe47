package protocol

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partykit/party"
)

// The page docs/protocol.md is normative. These tests hold the code to it.

func page(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// table returns the rows of the table whose first column has that title.
func table(t *testing.T, title string) [][]string {
	t.Helper()
	_, rest, ok := strings.Cut(page(t), "\n| "+title+" |")
	if !ok {
		t.Fatalf("docs/protocol.md has no table of %q", title)
	}
	var rows [][]string
	for line := range strings.Lines(rest) {
		switch {
		case strings.HasPrefix(line, "|---"):
		case strings.HasPrefix(line, "|"):
			var cells []string
			for cell := range strings.SplitSeq(strings.Trim(strings.TrimSpace(line), "|"), " |") {
				cells = append(cells, strings.TrimSpace(cell))
			}
			rows = append(rows, cells)
		case len(rows) > 0:
			return rows
		}
	}
	return rows
}

var code = regexp.MustCompile("`([^`]+)`")

// quoted returns the words in `code`, of one cell or one sentence.
func quoted(cell string) []string {
	var words []string
	for _, match := range code.FindAllStringSubmatch(cell, -1) {
		words = append(words, match[1])
	}
	return words
}

// constants returns the string constants of a file whose names begin so.
func constants(t *testing.T, file, prefix string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 || !strings.HasPrefix(v.Names[0].Name, prefix) {
			return true
		}
		if lit, ok := v.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
			s, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, s)
		}
		return true
	})
	return list
}

func same(t *testing.T, what string, docs, code []string) {
	t.Helper()
	slices.Sort(docs)
	slices.Sort(code)
	if diff := cmp.Diff(slices.Compact(docs), slices.Compact(code)); diff != "" {
		t.Errorf("%s (-docs/protocol.md +code):\n%s", what, diff)
	}
}

func TestCloseCodesAreTheDocumentedOnes(t *testing.T) {
	var documented []string
	for _, row := range table(t, "code") {
		n, err := strconv.Atoi(row[0])
		if err != nil {
			t.Fatalf("a close code %q", row[0])
		}
		c, name := CloseCode(n), quoted(row[1])[0]
		documented = append(documented, fmt.Sprint(n, " ", name))
		if final := strings.HasPrefix(row[2], "no"); c.Final() != final {
			t.Errorf("%d is final: docs say %v, code says %v", n, final, c.Final())
		}
	}
	var coded []string
	for n := 0; n < 5000; n++ {
		if name := CloseCode(n).Name(); name != "" {
			coded = append(coded, fmt.Sprint(n, " ", name))
		}
	}
	same(t, "close codes", documented, coded)
}

func TestCommandsAreTheDocumentedOnes(t *testing.T) {
	documented, members := []string{THello}, []string{"t", "id"}
	for _, row := range table(t, "command") {
		documented = append(documented, quoted(row[0])...)
		for _, part := range regexp.MustCompile(`^fields.*|\([^)]*\)`).Split(row[1], -1) {
			members = append(members, quoted(part)...)
		}
	}
	same(t, "commands", documented, constants(t, "client_frames.go", "T"))

	// `fields` names the members of a field as well, which are not the command's.
	members = slices.DeleteFunc(members, func(m string) bool { return m == "label" || m == "value" })
	same(t, "members of commands", members, jsonNames(reflect.TypeFor[Command]()))
	for _, name := range documented {
		_, err := DecodeCommand(fmt.Appendf(nil, `{"t":%q,"id":1}`, name))
		if (err == nil) != (name != THello) {
			t.Errorf("the command %q: %v", name, err)
		}
	}
}

func TestHelloIsTheDocumentedOne(t *testing.T) {
	var documented []string
	for _, row := range table(t, "member") {
		documented = append(documented, quoted(row[0])...)
	}
	same(t, "members of hello", documented, jsonNames(reflect.TypeFor[Hello]()))
}

func TestEventsAreTheDocumentedOnes(t *testing.T) {
	documented := map[string][]string{}
	for _, row := range table(t, "type") {
		documented[quoted(row[0])[0]] = quoted(row[1])
	}
	told := map[string]bool{}
	for _, e := range []party.Event{
		party.SeatHeld{Seat: party.Seat{N: 2}}, party.SeatLapsed{N: 2},
		party.Joined{Member: party.Member{N: 2, Invite: "i"}, Uses: 1, Before: 3}, party.Finalized{N: 2},
		party.Left{N: 2, Reason: party.ReasonLeft}, party.Crowned{Reason: party.ReasonLeft},
		party.DataSet{Data: party.Data{}, Revision: 1}, party.LandingSet{Fields: []party.Field{}},
		party.Invited{}, party.InviteRevoked{Invite: "i"}, party.Renamed{N: 2, Name: "Ada"}, party.Identified{N: 2, As: "iabc"},
		party.Changed{Openness: party.Open, Inviters: party.Everyone, Size: 8}, party.CastOut{Outcast: party.Outcast{N: 2}}, party.Readmitted{N: 2},
		party.MemberSet{N: 2, Data: party.Data{}}, party.MatchSet{}, party.Followed{N: 2, Answer: party.Yes},
		party.Queued{Visitor: party.Visitor{N: 2}}, party.Unqueued{N: 2}, party.Asked{}, party.AskAnswered{N: 2, Answer: party.Yes, By: "g"},
		party.ReadyAsked{}, party.ReadyAnswered{N: 2}, party.ReadyEnded{Reason: party.ReasonAll},
		party.TravelSet{}, party.Boarded{N: 2}, party.Adopted{},
	} {
		for _, view := range (party.Entry{Events: []party.Event{e}}).View() {
			told[view.Type] = true
			var row map[string]any
			if err := json.Unmarshal(Encode(view), &row); err != nil {
				t.Fatal(err)
			}
			delete(row, "type")
			for member := range row {
				if !slices.Contains(documented[view.Type], member) {
					t.Errorf("%s has a member %q that docs/protocol.md does not name", view.Type, member)
				}
			}
			if len(row) == 0 {
				t.Errorf("%s says nothing", view.Type)
			}
		}
	}
	same(t, "events", slices.Collect(maps.Keys(documented)), slices.Collect(maps.Keys(told)))

	reasons := []string{"joined", "promoted"} // of the crown only
	for _, word := range documented["left"] {
		if word != "n" && word != "reason" {
			reasons = append(reasons, word)
		}
	}
	same(t, "reasons", reasons, constants(t, "../party/command.go", "Reason"))
}

func TestFramesOfTheServerAreNamed(t *testing.T) {
	text := page(t)
	for _, name := range constants(t, "server_frames.go", "T") {
		if !strings.Contains(text, `{"t":"`+name+`"`) && !strings.Contains(text, "`"+name+"` says") {
			t.Errorf("docs/protocol.md shows no frame %q", name)
		}
	}
}

// The examples of the page are frames that the code reads and writes.
func TestExamplesAreFrames(t *testing.T) {
	hello, command, snapshot := 0, 0, 0
	for _, block := range regexp.MustCompile("(?s)```json\n(.*?)```").FindAllStringSubmatch(page(t), -1) {
		var frame struct {
			T       string            `json:"t"`
			Members []json.RawMessage `json:"members"`
		}
		if err := json.Unmarshal([]byte(block[1]), &frame); err != nil {
			t.Errorf("no JSON, %v: %s", err, block[1])
		}
		switch {
		case frame.T == THello:
			hello++
			if _, err := DecodeHello([]byte(block[1])); err != nil {
				t.Errorf("%v: %s", err, block[1])
			}
		case frame.Members != nil:
			snapshot++
			var s party.Snapshot
			if err := json.Unmarshal([]byte(block[1]), &s); err != nil {
				t.Fatal(err)
			}
			var shown, known map[string]any
			if err := json.Unmarshal([]byte(block[1]), &shown); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(Encode(s), &known); err != nil {
				t.Fatal(err)
			}
			same(t, "members of a snapshot", slices.Collect(maps.Keys(shown)), slices.Collect(maps.Keys(known)))
		case frame.T != "":
			command++
		}
	}
	if hello == 0 || command == 0 || snapshot == 0 {
		t.Errorf("found %d hellos, %d other frames and %d snapshots in docs/protocol.md", hello, command, snapshot)
	}
}

func TestLimitsAreTheDocumentedOnes(t *testing.T) {
	text := page(t)
	day := 24 * 60 * 60
	comma := func(n int) string { // 4,095
		s := strconv.Itoa(n)
		for i := len(s) - 3; i > 0; i -= 3 {
			s = s[:i] + "," + s[i:]
		}
		return s
	}
	for _, want := range []string{
		fmt.Sprintf("nesting ≤ %d, frame ≤ %d KiB", MaxDepth, MaxText>>10),
		fmt.Sprintf("≤ %d KiB of payload", MaxPayload>>10),
		fmt.Sprintf("A frame over %d KiB is closed with 1009", MaxFrame>>10),
		fmt.Sprintf("`expires` (seconds, %.0f to %s; default %s)", party.MinExpiry.Seconds(), comma(int(party.MaxExpiry.Seconds())), comma(day)),
		fmt.Sprintf("`maxUses` (0 none, 1 to %s)", comma(party.MaxUses)),
		fmt.Sprintf("`message` (≤ %d)", party.MaxMessage),
		fmt.Sprintf("≤ %d of `id` ≤ %d, `label` ≤ %d, `value` ≤ %d", party.MaxFields, party.MaxFieldID, party.MaxFieldLabel, party.MaxFieldValue),
		fmt.Sprintf("`phase` ≤ %d, `message` ≤ %d", party.MaxPhase, party.MaxLoadingText),
		fmt.Sprintf("keys ≤ %d, values any JSON ≤ %s as encoded, ≤ %d keys, ≤ %d KiB in all",
			party.MaxDataKey, comma(party.MaxDataValue), party.MaxDataKeys, party.MaxDataTotal>>10),
		fmt.Sprintf("`stalled` is set after %.0f s", party.StalledTime.Seconds()),
		fmt.Sprintf("# The PartyKit protocol, version %d", Version),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("docs/protocol.md does not say %q", want)
		}
	}
	if int(party.DefaultExpiry.Seconds()) != day {
		t.Errorf("a link lives for %v by default, docs say a day", party.DefaultExpiry)
	}
}

// jsonNames returns the JSON names of a struct's fields.
func jsonNames(typ reflect.Type) []string {
	var list []string
	for field := range typ.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		list = append(list, name)
	}
	return list
}

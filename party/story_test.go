package party

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the expected outcomes of stories, and docs/errors.md")

// TestStories runs the stories in testdata. A line that begins with "> " is
// something that happens; the indented lines below it are all that comes of it,
// the stored events in full. Run with -update to write them anew, and read the
// difference.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/*.story")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".story"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := tell(t, string(want))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("the story goes otherwise (-want +got):\n%s", diff)
			}
		})
	}
}

// tell runs a story and returns it with what came of it.
func tell(t *testing.T, script string) string {
	st := &story{scene: newScene(t, 4)}
	st.told = st.entry
	for line := range strings.Lines(script) {
		command, isCommand := strings.CutPrefix(line, "> ")
		if strings.HasPrefix(line, "  ") {
			continue // written anew
		}
		st.out.WriteString(line)
		if isCommand {
			st.line(strings.Fields(command))
		}
	}
	return st.out.String()
}

type story struct {
	*scene
	out strings.Builder
}

func (st *story) printf(format string, args ...any) { fmt.Fprintf(&st.out, "  "+format+"\n", args...) }

// line does "WHO VERB ARGUMENTS"; arguments may be key=value.
func (st *story) line(words []string) {
	st.t.Helper()
	if len(words) < 2 {
		words = append(words, "")
	}
	who, verb, opts := PlayerID(words[0]), words[1], map[string]string{}
	var args []string
	for _, word := range words[2:] {
		if key, value, ok := strings.Cut(word, "="); ok {
			opts[key] = value
		} else {
			args = append(args, word)
		}
	}
	arg := strings.Join(args, " ")
	switch verb {
	case "passes": // time
		st.wait(st.duration(arg))
	case "shows": // party
		st.show()
	case "holds": // a browser
		st.try(Hold{Seat: SeatID(who), Invite: InviteID(arg), Name: opts["as"], Face: 7})
	case "closes", "opens": // a browser its page
		delete(st.known.Closed, SeatID(who))
		if verb == "closes" {
			st.known.Closed[SeatID(who)] = st.now
		}
	case "invites":
		uses, _ := strconv.Atoi(opts["max"])
		st.try(MakeInvite{Player: who, ID: InviteID(arg), MaxUses: uses, Expires: st.duration(opts["expires"])})
	case "revokes":
		st.try(Revoke{who, InviteID(arg)})
	case "joins":
		c := st.joining(who, SeatID(opts["seat"]), InviteID(arg))
		if c.Fresh = opts["as"] == ""; !c.Fresh { // a guest with a name of its own
			c.Name = opts["as"]
		}
		st.try(c)
	case "finalizes":
		st.try(Finalize{who})
	case "leaves":
		st.try(Leave{Player: who, Reason: ReasonLeft})
	case "fails":
		st.try(Leave{Player: who, Reason: ReasonFailed})
	case "drops":
		st.known.Absent[who] = Absence{st.now, arg == "with its server"}
	case "returns":
		st.back(who)
		session := SessionID(who + "1")
		st.try(Resume{Player: who, Session: session, Hash: "hash2", Prev: "hash"})
	case "sets":
		st.try(SetData{who, pairs(opts)})
	case "titles":
		st.try(SetLanding{who, title(arg)})
	case "keeps": // to itself, until it leads
		own := Own{Data: pairs(opts)}
		if arg != "" {
			own.Landing = title(arg)
		}
		st.known.Own[who] = own
	case "renames":
		st.try(Rename{who, arg})
	default:
		st.t.Fatalf("no story has a line %q", words)
	}
}

func (st *story) try(c Command) {
	st.t.Helper()
	switch events, err := st.do(c); {
	case err != nil:
		st.printf("refused, %v", err)
	case len(events) == 0:
		st.printf("nothing to do")
	}
}

func (st *story) entry(seq uint64, e Entry) {
	st.t.Helper()
	st.printf("entry %d after %v, revision %d", seq, start.Until(e.At), e.Rev)
	for _, event := range e.Events {
		body, err := json.Marshal(event)
		if err != nil {
			st.t.Fatalf("marshal: %v", err)
		}
		if _, ok := event.(Founded); ok {
			body = []byte("the party as it was")
		}
		st.printf("  %s %s", event.kind(), body)
	}
}

func (st *story) show() {
	s := st.s
	state := ""
	switch {
	case s.Ended:
		state = ", ended"
	case len(s.Members) == 0:
		state = ", rests"
	case !st.logged():
		state = ", in memory"
	}
	st.printf("revision %d, %d of %d%s", s.Revision, s.Taken(), s.Size, state)
	for _, m := range s.Members {
		crown := ""
		if m.Player == s.Leader {
			crown = ", leads"
		}
		st.printf("  %d %s (%s) %s%s", m.N, m.Name, m.Player, m.State, crown)
	}
	for _, x := range s.Seats {
		st.printf("  %d %s holds a seat by %s", x.N, x.Name, x.Invite)
	}
	for _, i := range s.Invites {
		state := "dead"
		if i.Live(st.now) {
			state = fmt.Sprintf("live for %v", st.now.Until(i.Expires))
		}
		st.printf("  link %s by %s, %s, uses %d, at most %d", i.ID, i.ByName, state, i.Uses, i.MaxUses)
	}
	if s.Data != nil || s.Landing != nil {
		st.printf("  data %s, landing %v", text(s.Data), s.Landing)
	}
}

func (st *story) duration(text string) time.Duration {
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		st.t.Fatalf("%v", err)
	}
	return d
}

func pairs(opts map[string]string) Data {
	d := Data{}
	for key, value := range opts {
		d[key] = json.RawMessage(strconv.Quote(value))
	}
	return d
}

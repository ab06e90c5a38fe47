package party

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// when says of each code when a developer meets it. Together with Problems it
// makes docs/errors.md.
var when = map[Code]string{
	ApprovalNeeded:   "The party approves newcomers. Ask to join on the invite page or with the SDK; whoever may invite answers within a minute.",
	BadName:          "A name that a player chose is empty once invisible characters are taken out, or longer than 32 characters or 128 bytes. Show the sentence and let the player choose again; nothing else was lost.",
	BadRequest:       "A frame or request is not as the protocol wants it: not one JSON object, a name twice, a value of the wrong type, an unknown `t`, an option outside its limits. The message says which. It is a mistake in the program that sent it, so sending it again helps nobody.",
	Banned:           "The party's people shut this player out for good.",
	ConfirmRequired:  "`join` would take the player out of a party with other people in it. The error carries `invite` (who invites, which game, how many are there). Ask the player; if the answer is yes, send the same `join` with a new id and `\"confirm\": true`.",
	Ended:            "Nobody is left in the party and none of its links lives, so it is gone for good. The player's own party of one is not concerned.",
	Expired:          "The link's time is over: 24 hours unless its maker chose otherwise. Whoever held a seat before may still come in.",
	Full:             "Members and held seats together fill the party. It is told when somebody holds a seat or joins without one, never after, and it may be over a moment later.",
	Internal:         "The server met something that it did not expect and has written it to its log. Please report it if it stays.",
	KitNotActivated:  "The operator of this server knows the game but has not switched the kit on for it. Every call answers this until `partykit game activate ID`.",
	Locked:           "The party lets nobody new in for now. Seats that were held before may still come in.",
	NotAllowed:       "The player may not do this here: revoke somebody else's link, or set the party's data without leading it. What a member sets while another leads is kept and counts when it leads.",
	NotFound:         "There is no such link, game, member or page, or it belongs to somebody who may not be told about it. Links are forgotten a day after they died.",
	OriginNotAllowed: "A browser opened the connection from a web address that is not on the game's list. Add it with `partykit game set ID --origin ADDRESS`.",
	PartyTooLarge:    "The party with everything in it would be larger than 256 KiB. Make its data smaller, or revoke links that nobody needs.",
	RateLimited:      "More requests than docs/protocol.md allows. Only this request is concerned. `retryAfter` says in how many seconds to send it again. SDKs hand the error on and send nothing again by themselves: by then the game may want something else.",
	RevisionConflict: "The command asked for the data's revision with `if`, and somebody set the data since. The error carries `data` and `dataRevision` as they are now. Nothing was set.",
	Revoked:          "Its maker or the party's leader took the link back. Whoever held a seat before may still come in.",
	StaleCommand:     "A command was sent again under its old id, but so late that its answer is no longer kept (16 are, for each session). It took effect once at most. Look at the party as it is and decide whether to send a new one.",
	StorageFull:      "The disk of the server, or the room that its operator gave it, is full. Parties go on; what has to be stored is refused.",
	TicketSpent:      "A ticket works for the guest that redeemed it first, however often it is repeated, and for nobody else. The player is in its own party; the invite link still works for as long as it lives.",
	TooLarge:         "A frame, message, text, key or value is larger than its limit in docs/protocol.md. The message says which and by how much. Nothing was cut, nothing was set.",
	TooMany:          "A limit of how many is reached: 64 live links of a party, 20 of each member.",
	Unauthorized:     "A credential is not valid: forged, too old, or of another game or server. A guest's token never leads to it in this version, because a guest whose token is not valid is taken for a new one; SDKs that meet it all the same forget the token and connect without.",
	Unavailable:      "The storage cannot be reached, or not quickly enough. Whether the command took effect may be unknown: send it again under the same id, and it takes effect once.",
	UsedUp:           "As many players came by the link as its maker allowed, or the last uses are reserved by people who are opening the game right now. A player who came by it before costs no further use.",
	WrongVersion:     "The inviter's game and this player's differ in a way that the game declared as not fitting. It is told before the join, so nobody left their party for it.",
}

func TestProblemsAreAClosedList(t *testing.T) {
	declared := declaredCodes(t)
	var listed []Code
	for _, p := range Problems {
		listed = append(listed, p.Code)
		if http.StatusText(p.Status) == "" || p.Status < 400 {
			t.Errorf("%s has status %d", p.Code, p.Status)
		}
		if !strings.HasSuffix(p.Sentence, ".") || len(p.Sentence) > 140 {
			t.Errorf("%s says %q: want a short sentence", p.Code, p.Sentence)
		}
		if Lookup(p.Code) != p {
			t.Errorf("%s is found as %v", p.Code, Lookup(p.Code))
		}
	}
	if !slices.IsSorted(listed) {
		t.Error("the list is not in alphabetical order")
	}
	slices.Sort(declared)
	if diff := cmp.Diff(declared, listed); diff != "" {
		t.Errorf("declared and listed codes differ (-declared +listed):\n%s", diff)
	}
}

// The statuses that pages are bound to.
func TestStatusesOfPages(t *testing.T) {
	for code, want := range map[Code]int{
		NotFound: 404, Expired: 410, Revoked: 410, UsedUp: 410, Ended: 410, Full: 409, Locked: 403, Banned: 403,
		KitNotActivated: 403, WrongVersion: 409, RateLimited: 429,
	} {
		if got := Lookup(code).Status; got != want {
			t.Errorf("%s answers %d, want %d", code, got, want)
		}
	}
}

// declaredCodes reads the constants of type Code.
func declaredCodes(t *testing.T) []Code {
	f, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var codes []Code
	ast.Inspect(f, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			if kind, ok := v.Type.(*ast.Ident); ok && kind.Name == "Code" {
				code, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				codes = append(codes, Code(code))
			}
		}
		return true
	})
	return codes
}

// TestErrorDocs keeps docs/errors.md what the table says; -update writes it.
func TestErrorDocs(t *testing.T) {
	const file = "../docs/errors.md"
	var b strings.Builder
	b.WriteString("# Errors\n\n" +
		"Whatever goes wrong has one of these codes, the same in the protocol, on the pages and in the SDKs. The list is closed:\n" +
		"a program may switch over it. The message beside a code is written for people and may change; the code does not.\n" +
		"An error concerns the one request that it answers and nothing else. Names in `code` are defined in [protocol.md](protocol.md).\n\n" +
		"This page is written from the table in `party/errors.go` by `go test ./party -run ErrorDocs -update`.\n\n" +
		"| code | status | again? |\n|---|---|---|\n")
	again := func(p Problem) string {
		if p.Retry {
			return "yes, later"
		}
		return "no"
	}
	for _, p := range Problems {
		fmt.Fprintf(&b, "| [`%s`](#%s) | %d | %s |\n", p.Code, p.Code, p.Status, again(p))
	}
	for _, p := range Problems {
		if when[p.Code] == "" {
			t.Errorf("docs/errors.md does not say when %s comes", p.Code)
		}
		fmt.Fprintf(&b, "\n## %s\n\n> %s\n\n%s\n\n", p.Code, p.Sentence, when[p.Code])
		fmt.Fprintf(&b, "HTTP status %d %s. ", p.Status, http.StatusText(p.Status))
		if p.Retry {
			b.WriteString("The same request may succeed later.\n")
		} else {
			b.WriteString("The same request will not succeed later.\n")
		}
	}
	if len(when) != len(Problems) {
		t.Errorf("docs/errors.md explains %d codes of %d", len(when), len(Problems))
	}
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.String(), string(got)); diff != "" {
		t.Errorf("docs/errors.md is not what the table says; run with -update (-want +got):\n%s", diff)
	}
}

package landing

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"partykit/party"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

// told are the roles by which somebody finds the way who does not see the page.
var told = []string{"heading", "region", "group", "button", "link", "textbox", "list", "listitem", "progressbar", "timer", "status"}

// readAloud is what the browser tells a screen reader of the page: what stands
// there, in order, each with its name and, behind a dash, what describes it.
func readAloud(t *testing.T, ctx context.Context) []string {
	t.Helper()
	tree, err := chromedp.Call(ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		t.Fatal(err)
	}
	nodes := map[accessibility.NodeID]*accessibility.Node{}
	for _, n := range tree.Nodes {
		nodes[n.NodeID] = n
	}
	text := func(v *accessibility.Value) (s string) {
		if v != nil {
			_ = json.Unmarshal(v.Value, &s) // a number stays ""
		}
		return s
	}
	var lines []string
	var walk func(*accessibility.Node)
	walk = func(n *accessibility.Node) {
		if role := text(n.Role); !n.Ignored && slices.Contains(told, role) {
			line := strings.TrimSpace(role + " " + text(n.Name))
			if about := text(n.Description); about != "" {
				line += " – " + about
			}
			lines = append(lines, line)
		}
		for _, id := range n.ChildIDs {
			if child := nodes[id]; child != nil {
				walk(child)
			}
		}
	}
	walk(tree.Nodes[0])
	return lines
}

// TestPagesAreReadAloud: every state of the page makes sense in words alone.
func TestPagesAreReadAloud(t *testing.T) {
	const how = " – Opens in a new tab. No account, nothing to install."
	people := []string{"heading In the party 4 of 8", "list", "listitem", "listitem", "listitem", "listitem", "status"}
	about := []string{"region About this game right now", "heading Level 3: The Ruins"}
	invited := []string{"heading FriendlyAlpaca invites you to Meadow Run", "region Join"}
	full := slices.Clone(people)
	full[0] = "heading In the party 4 of 4"
	ctx := browse(t)
	for name, c := range map[string]struct {
		inv  party.Invitation
		want []string
	}{
		"invited": {lively(), slices.Concat(invited, []string{"button Start" + how}, people, about)},
		"loading": {arriving(party.LoadingNow), slices.Concat(invited,
			[]string{"group Your way in", "progressbar Your game’s loading", "button Open again" + how}, people, about)},
		"in line": {inLine(3, 5), slices.Concat([]string{"heading Meadow Run The party is full", "region What you can do", "group Your way in",
			"button Leave the line", "link Play Meadow Run alone"}, full, about)},
		"locked": {askable(party.Locked), []string{"heading Meadow Run The party is locked", "region What you can do",
			"button Ask to join – Somebody of the party answers within a minute.", "link Play Meadow Run alone", "status"}},
		"unknown": {dead(party.NotFound), []string{"heading This link leads nowhere", "region What you can do",
			"textbox Invite link or code", "button Open the invite", "status"}},
	} {
		s := newStage(t, c.inv)
		run(t, ctx, chromedp.Navigate(s.join()))
		if doorOf(c.inv) != nil { // the script brings it
			run(t, ctx, chromedp.WaitVisible("#door button"))
		}
		if diff := cmp.Diff(c.want, readAloud(t, ctx)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestThePageIsWalkedByKeyboard: Start is the first thing that Tab reaches, and
// what has the focus shows it.
func TestThePageIsWalkedByKeyboard(t *testing.T) {
	ctx := browse(t)
	s := newStage(t, lively())
	run(t, ctx, chromedp.Navigate(s.join()), chromedp.KeyEvent("\t"))
	const focused = `(() => { const e = document.activeElement, s = getComputedStyle(e); return e.textContent.trim() + " " + s.outlineStyle; })()`
	if got := evaluate[string](t, ctx, focused); got != "Start solid" {
		t.Errorf("after Tab: %s", got)
	}
	run(t, ctx, chromedp.KeyEvent("\r"))
	<-s.arrived
}

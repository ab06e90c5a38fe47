package landing

import (
	"bytes"
	"image"
	_ "image/png"
	"slices"
	"strings"
	"testing"
	"unicode"

	"partykit/internal/game"
	"partykit/party"
)

// hostile is what strangers put into texts to break out of them, to turn the
// text around them, or to break what draws them.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `</style><svg onload=alert(1)>`, `{{.Path}}`, `javascript:alert(1)`,
	"&lt;script&gt;", "]]>", "<!--", "\u202emoc.live\u202c", "a\u200b\u200d\u2060b", "e\u0301\u0301\u0301\u0301\u0301\u0301\u0301", "\x00\x1b[31m\x7f", "\xff\xfe",
	"👩‍👩‍👧‍👦🎮", "مرحبا بالعالم", "日本語の名前", strings.Repeat("W", 2000), strings.Repeat("\n", 50), "\ufeff", "", "constructor", "__proto__",
}

// hostileInvitation has the text in every field that a stranger can write.
func hostileInvitation(text string) party.Invitation {
	who := party.Person{Name: text, Face: 1}
	loading := &party.Loading{Phase: text, Message: text, Progress: new(7.5)}
	return party.Invitation{
		Game: "meadow", Invite: "iabc", Size: 8, Taken: 3, Inviter: who, Message: text,
		Members: []party.PublicMember{
			{Person: who, State: party.In, Presence: party.Connected},
			{Person: who, State: party.Loads, Presence: party.Connected, Loading: loading},
			{Person: who, State: party.Loads, Presence: party.Connected, Loading: &party.Loading{Phase: text, Stalled: true}},
		},
		Held: []party.Person{who}, Match: &party.PublicMatch{Since: 1, Joinable: true, Free: 1},
		Landing: []party.Field{
			{ID: "title", Value: text}, {ID: "description", Value: text}, {ID: "image", Value: text}, {ID: "partySize", Value: text}, {ID: "partyMaxSize", Value: text},
			{ID: text, Value: text}, {ID: "x", Label: text, Value: text},
		},
		You: &party.Arrival{Person: who, Stage: party.LoadingNow, Loading: loading, Reason: text},
	}
}

// elements counts the elements of a page and the names of their attributes.
func elements(t *testing.T, page string) (count int, kinds []string) {
	t.Helper()
	walk(t, page, func(path []string, attrs map[string]string, _ string) {
		if attrs == nil {
			return
		}
		count++
		for name := range attrs {
			kinds = append(kinds, path[len(path)-1]+" "+name)
		}
	})
	slices.Sort(kinds)
	return count, slices.Compact(kinds)
}

func TestHostileTextsStayTexts(t *testing.T) {
	_, known := elements(t, newSetup(t, hostileInvitation("harmless")).do("GET", "/join/"+testCode).Body.String())
	silent := hostileInvitation("harmless")
	silent.Landing = nil
	_, hidden := elements(t, newSetup(t, silent).do("GET", "/join/"+testCode).Body.String())
	known = append(known, hidden...)
	for _, text := range hostile {
		x := newSetup(t, hostileInvitation(text))
		x.games.game.Name = text
		x.server.games = x.games
		page := x.do("GET", "/join/"+testCode).Body.String()
		_, kinds := elements(t, page)
		for _, k := range kinds {
			if !slices.Contains(known, k) && k != "img src" {
				t.Errorf("%q makes an attribute of its own: %s", text, k)
			}
		}
		if strings.Contains(page, "<script>") || strings.Contains(page, "<img src=x") {
			t.Errorf("%q gets into the page as markup", text)
		}
		for _, r := range page {
			if r != '\n' && unicode.In(r, unicode.Cc, unicode.Bidi_Control) || r == '\u200b' || r == unicode.ReplacementChar {
				t.Errorf("%q leaves %U in the page", text, r)
				break
			}
		}
	}
}

func TestHostileTextsOnTheCard(t *testing.T) {
	for i := 0; i+1 < len(hostile); i += 2 { // each text once, as a player's name or as a game's
		g := meadow().game
		g.Name = hostile[i+1]
		p, err := drawCard(subjectOf(hostileInvitation(hostile[i]), g, game.Picture{Data: []byte(hostile[i])}))
		if err != nil {
			t.Errorf("%q and %q: %v", hostile[i], hostile[i+1], err)
			continue
		}
		m, _, err := image.DecodeConfig(bytes.NewReader(p.body))
		if err != nil || m.Width != cardWidth || m.Height != cardHeight {
			t.Errorf("%q and %q: %d × %d, %v", hostile[i], hostile[i+1], m.Width, m.Height, err)
		}
	}
}

// TestLaunchAddressCannotBendThePolicy holds against a launch address that got
// past the registry's own checks.
func TestLaunchAddressCannotBendThePolicy(t *testing.T) {
	for _, address := range []string{"javascript:alert(1)", "data:text/html,x", "https://a.example; script-src *", "https://*", "//a.example", "https://a.example\r\nX: y", ""} {
		x := newSetup(t, lively())
		x.games.game.Launch.Web = address
		x.server.games = x.games
		w := x.do("GET", "/join/"+testCode)
		if got := policy(w.Header())["form-action"]; !slices.Equal(got, []string{"'self'"}) {
			t.Errorf("%q: form-action %q", address, got)
		}
		w = x.do("POST", "/join/"+testCode, header("Sec-Fetch-Site", "same-origin"))
		if w.Header().Get("Location") != "" {
			t.Errorf("%q: sent to %q", address, w.Header().Get("Location"))
		}
	}
}

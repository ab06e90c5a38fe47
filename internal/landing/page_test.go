package landing

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"partykit/internal/auth"
	"partykit/party"
)

func TestInvitePageSaysWhatItKnows(t *testing.T) {
	inv := lively()
	inv.Match = &party.PublicMatch{Since: 1}
	w := newSetup(t, inv).do("GET", "/join/"+testCode)
	if w.Code != http.StatusOK {
		t.Fatalf("status %d", w.Code)
	}
	text := visibleText(t, w.Body.String())
	for _, want := range []string{
		"FriendlyAlpaca invites you to Meadow Run", "We are two short for the old gate.", "Start",
		"4 of 8", "4 places free", "BraveOtter is downloading · 42 %", "QuietLynx is reconnecting", "SunnyHeron is opening the game", "FriendlyAlpaca leads is in the game",
		"Level 3: The Ruins", "The gate needs two", "In a match since", "not open to join now", "Difficulty Hard", "Lanterns 4 of 9", "In the game’s lobby 3 of 6", "This link works until",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
}

func TestEachProblemHasItsPage(t *testing.T) {
	cases := []struct {
		code   party.Code
		status int
		says   []string
		alone  bool
	}{
		{party.NotFound, 404, []string{"This link leads nowhere", "Paste it here once more"}, false},
		{party.Expired, 410, []string{"This link has expired", "Ask your friend for a new one"}, true},
		{party.Revoked, 410, []string{"This link was taken back"}, true},
		{party.UsedUp, 410, []string{"This link has been used up"}, true},
		{party.Ended, 410, []string{"That party is over"}, true},
		{party.Full, 409, []string{"The party is full", "Look again", "BraveOtter", "No place free"}, true},
		{party.KitNotActivated, 403, []string{"Invites are switched off here", "may work again later", "Look again", "arcade@example.org", "Send the game’s id: meadow"}, false},
		{party.RateLimited, 429, []string{"That was a little fast", "Look again"}, true},
	}
	for _, c := range cases {
		t.Run(string(c.code), func(t *testing.T) {
			x := newSetup(t, dead(c.code))
			x.games.game.Active = c.code != party.KitNotActivated
			x.server.games = x.games
			w := x.do("GET", "/join/"+testCode)
			if w.Code != c.status {
				t.Errorf("status %d, want %d", w.Code, c.status)
			}
			if (w.Header().Get("Retry-After") != "") != (c.code == party.RateLimited) {
				t.Errorf("Retry-After is %q", w.Header().Get("Retry-After"))
			}
			body := w.Body.String()
			text := visibleText(t, body)
			for _, want := range c.says {
				if !strings.Contains(text, want) {
					t.Errorf("the page does not say %q:\n%s", want, text)
				}
			}
			if strings.Contains(body, `method="post"`) {
				t.Error("a link that cannot be used offers Start")
			}
			if c.code != party.Full && strings.Contains(body, "FriendlyAlpaca") {
				t.Error("a dead link shows a name")
			}
			if got := strings.Contains(body, `href="https://play.meadow.example/run?lang=en#intro=1"`); got != c.alone {
				t.Errorf("playing alone offered: %t, want %t", got, c.alone)
			}
		})
	}
}

// The first round trip of a new connection carries ten packets, 14 KB: headers
// and page, of a party with more people than are listed and with all the texts
// that there can be.
func TestAFullPageComesInOneRoundTrip(t *testing.T) {
	inv := lively()
	inv.Size, inv.Taken, inv.Members, inv.Landing = 256, 256, nil, nil
	for i := range 256 {
		name := fmt.Sprintf("%x", sha256.Sum256([]byte{byte(i)})) // as hard to pack as a name can be
		inv.Members = append(inv.Members, party.PublicMember{
			Person: party.Person{Name: name[:32], Face: uint32(i * 2654435761)}, State: party.Loads, Presence: party.Connected,
			Loading: &party.Loading{Message: name[24:], Progress: new(0.01 * float64(i%100))},
		})
	}
	for i := range 8 {
		text := fmt.Sprintf("%x", sha256.Sum256([]byte{byte(i), 1}))
		inv.Landing = append(inv.Landing, party.Field{ID: fmt.Sprint("fact", i), Label: text[:40], Value: text})
	}
	inv.Problem = party.Full
	w := newSetup(t, inv).do("GET", "/join/"+testCode, header("Accept-Encoding", "gzip"), header("Cookie", "__Host-pk="+auth.Browser()))
	size := w.Body.Len()
	for name, values := range w.Header() {
		size += len(name) + 4 + len(values[0])
	}
	if w.Code != 409 || size > 14_000 {
		t.Errorf("status %d, %d bytes", w.Code, size)
	}
}

package host

import (
	"strings"
	"testing"
	"time"

	"partykit/internal/names"
	"partykit/party"
)

// forbid sets what a game does not want in names.
func (w *world) forbid(id string, words ...string) {
	w.t.Helper()
	g := w.games[id]
	var err error
	if g.NameFilter, err = names.NewFilter(words); err != nil {
		w.t.Fatal(err)
	}
	w.games[id] = g
}

func (c *client) name() string { return c.you()["name"].(string) }

// token says hello with the guest token that c was given.
func (c *client) token() func(*Caller) {
	token := c.welcome()["token"].(string)
	return func(x *Caller) { x.Hello.Token = token }
}

// ofType lists the frames of a type.
func (c *client) ofType(t string) (list []map[string]any) {
	for _, f := range c.frames() {
		if f["t"] == t {
			list = append(list, f)
		}
	}
	return list
}

func TestAGameRefusesNamesThatPlayersChoose(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.forbid("demo", "darn", "=ass")
		if _, err := w.tryHello("a", 1, called("G0d-d4rn")); failure(err).Code != party.BadName {
			t.Errorf("hello with a name that is not wanted: %v", err)
		}
		a := w.hello("a", 1, called("Cassandra"))
		refused := a.fails(party.BadName, "rename", map[string]any{"name": "Big Ass"})
		if text := refused["message"].(string); !strings.Contains(text, "This game") || strings.Contains(text, "Ass") {
			t.Errorf("it says %q", text)
		}
		if got := a.ok("rename", map[string]any{"name": " Ada "})["name"]; got != "Ada" {
			t.Errorf("renamed to %v", got)
		}
		other := w.hello("a", 2, func(c *Caller) { c.Game, c.Hello.Name, c.Origin = "other", "Darn", "https://other.example" })
		if other.name() != "Darn" {
			t.Errorf("another game's player is called %s", other.name())
		}
	})
}

func TestNamesOfTheGamesOwnPlayersPassItsFilter(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.naming()
		w.forbid("demo", "darn")
		if got := w.hello("a", 1, as("7", "Darn")).name(); got != names.Friendly(player("7")) {
			t.Errorf("who its game calls Darn is %s", got)
		}
		if got := w.hello("a", 2, as("8", "Darn"), called("d4rn")).name(); got != names.Friendly(player("8")) {
			t.Errorf("who its game calls Darn, and itself d4rn, is %s", got)
		}
		if got := w.hello("a", 3, as("9", "Darn"), called("Ada")).name(); got != "Ada" {
			t.Errorf("who its game calls Darn, and itself Ada, is %s", got)
		}
		guest := w.hello("a", 4, called("Bea"))
		if you := guest.ok("identify", map[string]any{"token": named("10", "Darn")})["you"].(map[string]any); you["name"] != "Bea" {
			t.Errorf("Bea, whom the game calls Darn, became %v", you)
		}
	})
}

// A filter holds for names given from then on: who is in a party stays as it is.
func TestAFilterLeavesThePartyAlone(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, _, _ := w.pair("a")
		a.ok("rename", map[string]any{"name": "Darn"})
		w.forbid("demo", "darn")
		a.ok("chat", map[string]any{"text": "still me"})
		a = a.back("a", a.token())
		a.ok("chat", map[string]any{"text": "and still"})
		for i, f := range b.ofType("chat") {
			if f["name"] != "Darn" {
				t.Errorf("line %d is by %v", i, f["name"])
			}
		}
		a.ok("leave", nil)
		if left := a.ofType("party"); len(left) != 1 || left[0]["you"].(map[string]any)["name"] != names.Friendly(guest(1)) {
			t.Errorf("alone again it is %v", left)
		}
	})
}

func TestNamesOlderThanTheFilterBecomeFriendly(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		named := w.hello("a", 1, called("Darn"))
		fresh := names.Friendly(guest(2))
		w.forbid("demo", "darn", strings.ToLower(fresh))
		named.drop()
		time.Sleep(3 * time.Minute) // its party of one is gone
		again := w.hello("a", 1, named.token())
		if again.name() != names.Friendly(guest(1)) {
			t.Errorf("the guest of the old token is %s", again.name())
		}
		stays := w.hello("a", 1, again.token())
		if stays.name() != again.name() {
			t.Errorf("it is %s next time", stays.name())
		}
		if got := w.hello("a", 2).name(); got == fresh || names.Animal(got) == "" {
			t.Errorf("a new guest is %s", got)
		}
	})
}

// Who opens the page is promised the name under which it then plays, and it is
// one that the game takes.
func TestThePagePromisesAFriendlyNameThatPasses(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		code := a.invite(nil)
		invite := party.InviteID(a.ok("invites", nil)["invites"].([]any)[0].(map[string]any)["id"].(string))
		var unwanted []string
		for n := 1; n <= 2; n++ {
			unwanted = append(unwanted, names.Friendly(string(w.hosts["a"].seat(browser(n), invite))))
		}
		w.forbid("demo", unwanted...)
		pages := []*Page{w.open("a", code, 1), w.open("a", code, 2)}
		look(pages[1], 3*time.Second) // a place is held
		for i, page := range pages {
			ticket := w.start("a", code, i+1)
			promised := w.newest(page).You
			if promised == nil || promised.Name == unwanted[i] || names.Animal(promised.Name) == "" {
				t.Fatalf("the page promises %+v", promised)
			}
			if got := w.hello("a", i+2, ticketed(ticket)).name(); got != promised.Name {
				t.Errorf("promised %s, it is %s", promised.Name, got)
			}
			page.Close()
		}
	})
}

// Who travels brings its name along, where the other game takes it.
func TestATravellersNamePassesTheOtherGamesFilter(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		ada, ben, _ := crew(w, "a", "a")
		w.forbid("moon", "=ben")
		tickets := []string{ticketOfURL(t, ada.ok("travel", map[string]any{"to": "moon"}))}
		tickets = append(tickets, ticketOfURL(t, ben.boards(ben.asked())))
		if got := w.onMoon("a", 11, ticketed(tickets[0])).name(); got != "Ada" {
			t.Errorf("Ada is %s", got)
		}
		if got := w.onMoon("a", 22, ticketed(tickets[1])).name(); names.Animal(got) == "" {
			t.Errorf("Ben is %s", got)
		}
	})
}

func TestATokenDoesNotPromiseANameThatIsRefused(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.forbid("demo", "darn")
		life := time.Hour
		_, err := w.hosts["a"].NamePlayer("demo", Naming{Subject: "7", Name: "D4RN", Life: life})
		if err == nil || failure(err).Code != party.BadName {
			t.Errorf("a token is made for a name that its player would not get: %v", err)
		}
		for _, name := range []string{"", "Cassandra"} {
			if _, err := w.hosts["a"].NamePlayer("demo", Naming{Subject: "7", Name: name, Life: life}); err != nil {
				t.Errorf("%q: %v", name, err)
			}
		}
	})
}

package host

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"partykit/internal/auth"
	"partykit/internal/game"
	"partykit/party"
	"partykit/protocol"
)

const gamesSecret = "this is how the game signs: 32 bytes or more"

// naming lets game demo name its players by a secret.
func (w *world) naming() {
	g := w.games["demo"]
	g.Identity = game.Identity{Secret: w.keys.Seal(game.IdentityPurpose("demo"), []byte(gamesSecret))}
	w.games["demo"] = g
}

// named is the game's token for one of its players, made by another library.
func named(sub, name string) string { return namedFor("demo", gamesSecret, sub, name) }

func namedFor(audience, secret, sub, name string) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: []byte(secret)}, nil)
	if err != nil {
		panic(err)
	}
	claims := map[string]any{"aud": audience, "sub": sub, "exp": time.Now().Add(time.Hour).Unix()}
	if name != "" {
		claims["name"] = name
	}
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		panic(err)
	}
	return token
}

// player is the id of the game's player sub.
func player(sub string) string { return auth.IdentityID("demo", "", sub) }

// as says hello as a player of the game, without a guest's key.
func as(sub, name string) func(*Caller) {
	token := named(sub, name)
	return func(c *Caller) { c.Hello.Identity, c.Hello.Key = token, "" }
}

func (c *client) you() map[string]any { return c.welcome()["you"].(map[string]any) }

func TestAPlayerThatItsGameNames(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.naming()
		a := w.hello("a", 1, as("7", "Ada"))
		if you := a.you(); you["id"] != player("7") || you["name"] != "Ada" || a.welcome()["token"] != "" {
			t.Fatalf("welcomed as %v with the token %v", you, a.welcome()["token"])
		}
		home := a.lastParty()
		// One everywhere: the newest connection fences the older.
		b := w.hello("a", 2, as("7", "Ada"))
		if a.closedWith() != protocol.Replaced || b.lastParty() != home {
			t.Fatalf("the older was closed with %v, the newer is in %s, was %s", a.closedWith(), b.lastParty(), home)
		}
		// A name that is none is not taken.
		c := w.hello("a", 3, as("8", "\u202e\u200b"))
		if name := c.you()["name"].(string); strings.ContainsAny(name, "\u202e\u200b") || name == "" {
			t.Fatalf("called %q", name)
		}
	})
}

func TestAGamesTokenThatProvesNothing(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		before := named("7", "Ada")
		with := func(token string) func(*Caller) { return func(c *Caller) { c.Hello.Identity = token } }
		refused := func(what, token string) {
			t.Helper()
			if _, err := w.tryHello("a", 1, with(token)); err == nil || failure(err).Code != party.Unauthorized || strings.Contains(err.Error(), token) {
				t.Fatalf("%s: %v", what, err)
			}
		}
		refused("where the game names nobody", before)
		w.naming()
		someone := w.hello("a", 1)
		own := someone.ok("token", nil)["token"].(string)
		refused("another game's", namedFor("other", gamesSecret, "7", ""))
		refused("another secret's", namedFor("demo", strings.Repeat("x", 32), "7", ""))
		refused("a guest token", someone.welcome()["token"].(string))
		refused("a player token", own)
		someone.fails(party.Unauthorized, "identify", map[string]any{"token": own})
		if you := w.hello("a", 2, func(c *Caller) { c.Hello.Token = own }).you(); you["id"] != guest(2) {
			t.Fatalf("a player token made a guest %v", you)
		}
	})
}

func TestAGuestBecomesThePlayer(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.naming()
		a, b, home, _ := w.pair("a")
		a.ok("data", map[string]any{"set": map[string]any{"level": "meadow"}})
		got := a.ok("identify", map[string]any{"token": named("7", "Ada")})
		if you := got["you"].(map[string]any); you["id"] != player("7") || you["n"] != 1.0 || you["name"] != "Ada" {
			t.Fatalf("answered %v", you)
		}
		w.wantParty("a", home, "*1:in:connected 2:in:connected")
		if seen := strings.Join(b.events(), " "); !strings.HasSuffix(seen, "data identified renamed") {
			t.Fatalf("the friend saw %s", seen)
		}
		a.ok("data", map[string]any{"patch": map[string]any{"level": "ruins"}}) // the crown is kept
		a.ok("identify", map[string]any{"token": named("7", "Ada")})            // once more changes nothing
		a.fails(party.NotAllowed, "identify", map[string]any{"token": named("8", "Bob")})
		a.reliable(1, 0, "still me")
		if m := b.messages(); len(m) != 1 || m[0] != "still me" {
			t.Fatalf("messages: %q", m)
		}
		// It comes back as that player, and resumes.
		seq := a.seq()
		a.drop()
		w.wantParty("a", home, "*1:in:reconnecting 2:in:connected")
		again := w.hello("a", 1, resuming(a, seq), func(c *Caller) { c.Hello.Identity = named("7", "Ada") })
		if again.welcome()["t"] != "resumed" {
			t.Fatalf("welcomed %v", again.welcome())
		}
		w.wantParty("a", home, "*1:in:connected 2:in:connected")
		// The guest that it was is somebody else now.
		if other := w.hello("a", 1); other.lastParty() == home {
			t.Fatal("the former guest is still in the party")
		}
	})
}

func TestAGuestBecomesThePlayerAlone(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.naming()
		a := w.hello("a", 1)
		a.ok("identify", map[string]any{"token": named("7", "")})
		b := w.hello("a", 2, as("7", ""))
		if a.closedWith() != protocol.Replaced || b.lastParty() != a.lastParty() {
			t.Fatal("the player is not found in the party it is in")
		}
	})
}

// A hello that shows the guest's key and the game's token: a reload after
// signing in, or an identify whose answer was lost.
func TestAHelloUpgradesTheGuest(t *testing.T) {
	for name, on := range map[string]string{"same host": "a", "another host": "b"} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				w.naming()
				w.host("b")
				a, b, home, _ := w.pair("a")
				next := w.hello(on, 1, resuming(a, a.seq()), func(c *Caller) { c.Hello.Identity = named("7", "Ada") })
				synctest.Wait()
				if a.closedWith() != protocol.Replaced || next.lastParty() != home {
					t.Fatalf("the older was closed with %v, the newer is in %s", a.closedWith(), next.lastParty())
				}
				w.wantParty("a", home, "*1:in:connected 2:in:connected")
				if seen := strings.Join(b.events(), " "); !strings.HasSuffix(seen, "identified renamed") {
					t.Fatalf("the friend saw %s", seen)
				}
				next.ok("data", map[string]any{"set": map[string]any{"level": "ruins"}})
			})
		})
	}
}

func TestThePlayerIsElsewhereAlready(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.naming()
		_, _, home, code := w.pair("a")
		// The player of the game is in a party with a friend, on another device.
		elsewhere := w.hello("a", 5, as("7", "Ada"))
		friend := w.hello("a", 6)
		friend.ok("join", map[string]any{"code": elsewhere.invite(nil)})
		there := elsewhere.lastParty()
		guest := w.hello("a", 8)
		guest.ok("join", map[string]any{"code": code})
		asked := guest.fails(party.ConfirmRequired, "identify", map[string]any{"token": named("7", "Ada")})
		if ask := asked["invite"].(map[string]any); ask["game"] != "demo" || ask["size"] != 3.0 {
			t.Fatalf("asked %v", ask)
		}
		w.wantParty("a", there, "*1:in:connected 2:loading:connected")
		guest.ok("identify", map[string]any{"token": named("7", "Ada"), "confirm": true})
		w.wantParty("a", home, "*1:in:connected 2:in:connected 3:loading:connected")
		w.wantParty("a", there, "*2:loading:connected")
		if elsewhere.closedWith() != protocol.Replaced {
			t.Fatalf("the older connection was closed with %v", elsewhere.closedWith())
		}
	})
}

func TestThePlayerIsInTheSameParty(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.naming()
		a, _, home, code := w.pair("a")
		twin := w.hello("a", 5, as("7", "Ada"))
		twin.ok("join", map[string]any{"code": code})
		got := a.ok("identify", map[string]any{"token": named("7", "Ada")})
		if n := got["you"].(map[string]any)["n"]; n != 3.0 {
			t.Fatalf("answered %v", got)
		}
		if twin.closedWith() != protocol.Replaced {
			t.Fatalf("the older connection was closed with %v", twin.closedWith())
		}
		w.wantParty("a", home, "2:in:connected *3:loading:connected")
		a.ok("data", map[string]any{"set": map[string]any{"level": "ruins"}})
	})
}

func TestAnIdentifyIsAnsweredOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.naming()
		a, b, _, _ := w.pair("a")
		token := map[string]any{"token": named("7", "Ada")}
		first := a.ok("identify", token)
		if again := a.redo(a.next, "identify", token); again["you"].(map[string]any)["id"] != first["you"].(map[string]any)["id"] {
			t.Fatalf("repeated, it answers %v", again)
		}
		if n := strings.Count(strings.Join(b.events(), " "), "identified"); n != 1 {
			t.Fatalf("the friend saw it %d times", n)
		}
	})
}

// An id stands in many places: who missed that a member got another is told the
// party anew, behind what it missed.
func TestAnIdentifyThatWasMissed(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.naming()
		a, b, _, _ := w.pair("a")
		b.drop()
		a.ok("identify", map[string]any{"token": named("ada", "Ada")})
		a.ok("rename", map[string]any{"name": "Ada II"})
		c := b.back("a")
		var kinds []any
		var last map[string]any
		for _, f := range c.frames() {
			kinds = append(kinds, f["t"])
			if f["t"] == "party" {
				last = f
			}
		}
		if last == nil || last["reason"] != "identified" || last["party"].(map[string]any)["leader"] != player("ada") {
			t.Errorf("after %v the party is %v", kinds, last)
		}
	})
}

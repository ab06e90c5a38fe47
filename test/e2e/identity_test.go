package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// accounts is a game with accounts: it names its players.
type accounts struct {
	t      *testing.T
	secret []byte
}

func newAccounts(t *testing.T, s *server) accounts {
	t.Helper()
	a := accounts{t, []byte("a secret of at least thirty-two bytes")}
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, a.secret, 0o600); err != nil {
		t.Fatal(err)
	}
	s.cli("game", "identity", "demo", "--secret-file", file)
	return a
}

// token says who a player is, as the game's own server does.
func (a accounts) token(id, name string) string {
	a.t.Helper()
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			a.t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	text := part(map[string]any{"alg": "HS256"}) + "." +
		part(map[string]any{"aud": "demo", "sub": id, "name": name, "exp": time.Now().Add(time.Hour).Unix()})
	sum := hmac.New(sha256.New, a.secret)
	sum.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(sum.Sum(nil))
}

// TestAPlayerWithAnAccount: is one on every device, the newest takes over, and
// a party it was in is the one it comes back to.
func TestAPlayerWithAnAccount(t *testing.T) {
	s := dev(t)
	ada := newAccounts(t, s).token("u1", "Ada Keeper")
	br := newPeople(t)
	login := func(p *tab) *tab {
		p.js(`window.options = { identity: "` + ada + `" }`)
		return p
	}
	laptop, b := login(br.bare(s, "Ada's laptop")), br.bare(s, "B")
	link := laptop.kit(`return (await kit.createInvite()).url`)
	me, home := laptop.kit(`return kit.player.id`), laptop.kit(`return kit.party.id`)
	page := br.friend("B's page", link)
	page.Wait("her name", `document.body.innerText.includes("Ada Keeper")`)
	b.kit(`await kit.join("` + link + `"); await kit.finalizeInviteLoading(true)`)

	laptop.kit(`kit.on("connection", (state) => (window.state = state))`)
	phone := login(br.bare(s, "Ada's phone"))
	if got := phone.kit(`return kit.player.id + " " + kit.party.id + " " + kit.party.members.length`); got != me+" "+home+" 2" {
		t.Fatalf("on the other device: %s, want %s %s 2", got, me, home)
	}
	laptop.Wait("the end of the older connection", `window.state === "closed"`)
	phone.kit(`await kit.chat("from the phone")`)
	b.Wait("her line", `window.kit.chatHistory.some((line) => line.text === "from the phone")`)
}

// TestLoggingInWhilePlaying: a guest becomes the player of its account where it
// stands: same number, same crown, same link; the others see the same member.
func TestLoggingInWhilePlaying(t *testing.T) {
	s := dev(t)
	ada := newAccounts(t, s).token("u1", "Ada Keeper")
	a, b, link := two(t, s)
	guest, n := a.kit(`return kit.player.id`), a.kit(`return kit.player.n`)
	a.kit(`await kit.identify("` + ada + `")`)
	if got := a.kit(`return [kit.player.id !== "` + guest + `", kit.player.n, kit.party.leader === kit.player.id].join()`); got != "true,"+n+",true" {
		t.Fatalf("after logging in: %s", got)
	}
	b.Wait("the same member under another id", `window.kit.party.leader === "`+a.kit(`return kit.player.id`)+`" && window.kit.party.members.length === 2`)
	if code, _ := status(t, link); code != 200 {
		t.Fatalf("the link made before: status %d", code)
	}
	a.Reload()
	a.js(`window.options = { identity: "` + ada + `" }`)
	if got := a.kit(`return kit.player.n + " of " + kit.party.members.length`); got != n+" of 2" {
		t.Fatalf("after a reload: number %s", got)
	}
	wrong := accounts{t, []byte("another secret of thirty-two bytes.")}.token("u1", "Mallory")
	if code := b.kit(`return kit.identify("` + wrong + `").then(() => "taken", (e) => e.code)`); code != "unauthorized" {
		t.Fatalf("a forged token: %s", code)
	}
}

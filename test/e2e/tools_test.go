package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// two are a leader and a friend that is in, each with the SDK alone.
func two(t *testing.T, s *server) (a, b *tab, link string) {
	t.Helper()
	br := newPeople(t)
	a, b = br.bare(s, "A"), br.bare(s, "B")
	link = a.kit(`return (await kit.createInvite()).url`)
	b.kit(`await kit.join("` + link + `"); await kit.finalizeInviteLoading(true)`)
	a.Wait("the friend to be in", `window.kit.party.members[1]?.state === "in"`)
	return a, b, link
}

// sees waits until so many are in the party as the player sees it, which is a
// little later than those know who come and go.
func (p *tab) sees(members int) {
	p.t.Helper()
	p.Wait(fmt.Sprint(members, " members"), fmt.Sprintf(`window.kit.party.members.length === %d`, members))
}

// TestAKickedFriend: is told, stays out of that party by the link and by its
// page, and is let back in when readmitted.
func TestAKickedFriend(t *testing.T) {
	s := dev(t)
	a, b, link := two(t, s)
	b.kit(`kit.on("kicked", (k) => (window.kicked = k.leader)); return 0`)
	a.kit(`await kit.kick(kit.party.members[1])`)
	b.Wait("the note", `window.kicked`)
	if n := b.kit(`return kit.party.members.length`); n != "1" {
		t.Fatalf("who was kicked is among %s", n)
	}
	if code := b.kit(`return kit.join("` + link + `").then(() => "in", (e) => e.code)`); code != "banned" {
		t.Fatalf("coming back: %s", code)
	}
	a.kit(`await kit.readmit(kit.party.outcasts[0])`)
	b.kit(`await kit.join("` + link + `")`)
	a.sees(2)
}

// TestAReadyCheck: asked of all, answered by each, told to all.
func TestAReadyCheck(t *testing.T) {
	s := dev(t)
	a, b, _ := two(t, s)
	for _, p := range []*tab{a, b} {
		p.kit(`kit.on("ready", (check, end) => (window.ready = check ? "asked" : end ? String(end.ready) : "")); return 0`)
	}
	a.kit(`await kit.startReadyCheck({ seconds: 30 })`)
	b.Wait("the question", `window.ready === "asked"`)
	b.kit(`await kit.answerReady(true)`)
	a.kit(`await kit.answerReady(true)`)
	for _, p := range []*tab{a, b} {
		p.Wait("the outcome", `window.ready === "true"`)
	}
}

// TestFollowingIntoAMatch: the others are asked, the page tells of it.
func TestFollowingIntoAMatch(t *testing.T) {
	s := dev(t)
	a, b, link := two(t, s)
	b.kit(`kit.on("follow", (q) => (window.asked = q)); return 0`)
	a.kit(`await kit.setMatch({ id: "m1", connection: { ip: "::1" }, joinable: true, free: 1 })`)
	b.Wait("the question", `window.asked`)
	b.kit(`await window.asked.accept()`)
	a.Wait("the answer", `window.kit.party.members[1].follow === "yes" && window.kit.party.match.connection.ip === "::1"`)
	if code, text := status(t, link); code != http.StatusOK || strings.Contains(text, "::1") {
		t.Fatalf("the page: status %d, tells the connection: %v", code, strings.Contains(text, "::1"))
	}
}

// TestChatReachesAll: every member sees each line once, newcomers the last.
func TestChatReachesAll(t *testing.T) {
	s := dev(t)
	a, b, _ := two(t, s)
	b.kit(`window.lines = []; kit.on("chat", (l) => lines.push(l.text)); return 0`)
	a.kit(`await kit.chat("<b>Hello</b>")`)
	b.kit(`await kit.chat("Hi")`)
	b.Wait("both lines", `lines.join() === "<b>Hello</b>,Hi"`)
	a.Wait("both lines, too", `window.kit.chatHistory.map((l) => l.text).join() === "<b>Hello</b>,Hi"`)
}

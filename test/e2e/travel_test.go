package e2e

import (
	"testing"

	"partykit/test/browser"
)

// TestTravellingTogether: the leader takes the party to another game of the
// studio; who is asked by the overlay comes along or stays, and who travelled is
// in one party there, in the old order and under the old names.
func TestTravellingTogether(t *testing.T) {
	s := dev(t)
	s.cli("game", "add", "moonfall", "--name", "Moonfall", "--url", s.url+blank+"?moonfall", "--studio", "lab", "--activate")
	s.cli("game", "set", "demo", "--studio", "lab")
	a, b, link := two(t, s)
	c := newPeople(t).bare(s, "C")
	c.kit(`await kit.join("` + link + `"); await kit.finalizeInviteLoading(true); window.told = []; kit.on("member", (m) => told.push([m.change, m.reason].join(" ")))`)
	names := `kit.party.members.map((m) => m.name).join()`
	leader, friend := a.kit(`return kit.player.name`), b.kit(`return kit.player.name`)

	if code := b.kit(`return kit.travel("moonfall").then(() => "done", (e) => e.code)`); code != "not_allowed" {
		t.Fatalf("a member travels: %s", code)
	}
	if code := a.kit(`return kit.travel("elsewhere").then(() => "done", (e) => e.code)`); code != "not_found" {
		t.Fatalf("to a game of nobody's: %s", code)
	}
	way := a.kit(`return (await kit.travel("moonfall", { payload: { from: "ruins" } })).url`)
	for _, p := range []*tab{b, c} {
		p.Wait("the question", inOverlay+`?.includes("`+leader+` takes the party to Moonfall. Come along?")`)
	}
	if asked := browser.Eval[bool](a.Tab, inOverlay+`?.includes("Come along?") ?? false`); asked {
		t.Error("who takes the party there is asked")
	}
	c.Press(browser.OverlayText("button", "Stay"))
	c.Wait("the question to go", `!`+inOverlay+`.includes("Come along?")`)
	b.Picture("travel")
	b.Press(browser.OverlayText("button", "Come along"))

	there := func(p *tab) string {
		p.Wait("the other game", `location.search === "?moonfall"`)
		p.js(`window.options = { game: "moonfall" }`)
		return p.kit(`return [location.hash, kit.player.name, kit.party.game, kit.isInviteLoading(), JSON.stringify(kit.invitePayload)].join()`)
	}
	if got, want := there(b), ","+friend+`,moonfall,true,{"from":"ruins"}`; got != want {
		t.Fatalf("who came along: %s, want %s", got, want)
	}
	a.js(`location.assign("` + way + `")`)
	if got, want := there(a), ","+leader+`,moonfall,true,{"from":"ruins"}`; got != want {
		t.Fatalf("who led: %s, want %s", got, want)
	}
	for _, p := range []*tab{a, b} {
		p.kit(`await kit.finalizeInviteLoading(true)`)
		p.Wait("both", `window.`+names+` === "`+leader+`,`+friend+`" && window.kit.party.members[0].leader`)
	}
	c.Wait("the others to have left", `told.filter((change) => change === "left travelled").length === 2`)
	c.Wait("to lead", `window.kit.party.members.length === 1 && window.kit.party.leader === window.kit.player.id`)
}

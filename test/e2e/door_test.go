package e2e

import "testing"

// TestTheLine: who comes to a full party waits on its page, and starts when a
// seat is free.
func TestTheLine(t *testing.T) {
	s := dev(t)
	a, b, link := two(t, s)
	a.kit(`await kit.settings({ size: 2 })`)
	br := newPeople(t)
	page := br.friend("C's page", link)
	page.Wait("to be told", `document.body.innerText.includes("full")`)
	page.PressText("button", "Wait in line")
	page.Wait("the place in line", `document.body.innerText.includes("1st in line") || document.body.innerText.includes("next in line")`)
	page.Picture("line")
	b.kit(`await kit.leaveParty()`)
	a.sees(1)
	page.Wait("a free place", `document.querySelector("#start button")?.offsetParent && document.body.innerText.includes("place is free")`)
	page.start("C").learn()
	a.sees(2)
}

// TestAskingToJoin: a locked party is asked, and lets the friend in.
func TestAskingToJoin(t *testing.T) {
	s := dev(t)
	a, _, link := two(t, s)
	a.kit(`await kit.settings({ openness: "locked" })`)
	br := newPeople(t)
	page := br.friend("C's page", link)
	page.Wait("to be told", `document.body.innerText.includes("locked")`)
	page.PressText("button", "Ask to join")
	a.Wait("the question", `window.kit.party.asks?.length`)
	page.Picture("asking")
	a.kit(`await kit.admit(kit.party.asks[0].n, true)`)
	in := `document.querySelector("#start button")?.offsetParent && document.body.innerText.includes("You may come in")`
	page.Wait("to be let in", in)
	page.Reload()
	page.Wait("to be let in still", in)
	page.start("C").learn()
	a.sees(3)
}

// TestBeingDeclined: a no is told kindly, and outlives the page.
func TestBeingDeclined(t *testing.T) {
	s := dev(t)
	a, _, link := two(t, s)
	a.kit(`await kit.settings({ openness: "locked" })`)
	page := newPeople(t).friend("C's page", link)
	page.PressText("button", "Ask to join")
	a.Wait("the question", `window.kit.party.asks?.length`)
	a.kit(`await kit.admit(kit.party.asks[0].n, false)`)
	told := `document.body.innerText.includes("Not this time") && document.body.innerText.includes("You may ask again in") && !document.querySelector("#door button").offsetParent`
	page.Wait("the no", told)
	page.Reload()
	page.Wait("the no still", told)
	page.Picture("declined")
	if n := a.kit(`return kit.party.asks.length`); n != "0" {
		t.Errorf("%s ask after the reload", n)
	}
}

// TestASpokenCode: typed at /join, it leads to the invite.
func TestASpokenCode(t *testing.T) {
	s := dev(t)
	br := newPeople(t)
	a := br.bare(s, "A")
	spoken := a.kit(`return (await kit.createInvite({ spoken: true })).spoken`)
	name := a.kit(`return kit.player.name`)
	page := br.friend("B", s.url+"/join")
	page.Type("#code", spoken)
	page.PressText("button", "Open the invite")
	page.Wait("the inviter", `document.body.innerText.includes("`+name+`")`)
	page.start("B").learn()
	a.sees(2)
}

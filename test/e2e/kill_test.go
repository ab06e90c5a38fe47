package e2e

import "testing"

// TestKillInTheMiddle kills the server under two players and starts it again:
// both come back by themselves, nothing acknowledged is lost, and the link that
// was made before still works.
func TestKillInTheMiddle(t *testing.T) {
	s := dev(t)
	b := newPeople(t)
	a := begin(b, "A", s.url+"/play/")
	a.goTo("Ruins")
	link := a.inviteLink()
	bob := b.friend("B's page", link).start("B")
	bob.learn()
	bob.Wait("A's level", `document.querySelector("#place").textContent === "Ruins"`)
	members := `document.querySelectorAll("#party li").length`
	a.Wait("two in the party", members+" === 2")
	a.goTo("Lighthouse")
	bob.Wait("to be asked", `!document.querySelector("#ask").hidden`)
	bob.Click("#follow")
	bob.Wait("the leader's level", `document.querySelector("#place").textContent === "Lighthouse"`)

	s.kill()
	for _, p := range []*tab{a, bob} {
		p.Wait("the lost connection", `document.querySelector("#hint").textContent.includes("Trying again")`)
	}
	s.start()
	for _, p := range []*tab{a, bob} {
		p.Wait("the connection", `!document.querySelector("#hint").textContent.includes("Trying again")`)
		p.Wait("two in the party", members+" === 2")
	}
	seesMoving(t, a, bob, bob.guestName())

	carol := b.friend("C's page", link).start("C")
	carol.learn()
	carol.Wait("the leader's level", `document.querySelector("#place").textContent === "Lighthouse"`)
	a.Wait("three in the party", members+" === 3")
}

// TestStopInOrder: SIGTERM ends the server in order, and players come back to
// the next one.
func TestStopInOrder(t *testing.T) {
	s := dev(t)
	b := newPeople(t)
	a := begin(b, "A", s.url+"/play/")
	link := a.inviteLink()
	bob := b.friend("B's page", link).start("B")
	bob.learn()
	if code := s.stop(); code != 0 {
		t.Fatalf("SIGTERM: exit code %d", code)
	}
	s.start()
	a.Wait("the connection", `!document.querySelector("#hint").textContent.includes("Trying again")`)
	seesMoving(t, a, bob, bob.guestName())
}

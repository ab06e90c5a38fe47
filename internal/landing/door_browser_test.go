package landing

import (
	"slices"
	"strings"
	"testing"
	"time"

	"partykit/party"

	"github.com/chromedp/chromedp"
)

// did waits until the page has done all that at the door.
func (s stage) did(t *testing.T, want ...string) {
	t.Helper()
	until(t, strings.Join(want, ", "), func() bool { return slices.Equal(s.parties.done(), want) })
}

func TestTheLineInABrowser(t *testing.T) {
	ctx := browse(t)
	full := dead(party.Full)
	full.Line = 2
	s := newStage(t, full)
	run(t, ctx, chromedp.Navigate(s.join()), shows("Wait in line"), shows("2 wait already."))
	if evaluate[bool](t, ctx, `document.getElementById("again").checkVisibility()`) {
		t.Error("a live page asks to look again")
	}
	run(t, ctx, chromedp.Focus("#door button"), chromedp.KeyEvent("\r"))
	s.did(t, "queue")
	s.parties.show(func(inv *party.Invitation) { *inv = inLine(3, 3) })
	run(t, ctx, shows("You are 3rd in line"), shows("Leave the line"))
	if said := evaluate[string](t, ctx, `document.getElementById("said").textContent`); !strings.HasPrefix(said, "You are 3rd in line. When it is your turn") {
		t.Errorf("a screen reader is told %q", said)
	}
	run(t, ctx, chromedp.Click("#door button"))
	s.did(t, "queue", "leave")
	s.parties.show(func(inv *party.Invitation) { *inv = inLine(1, 2) })
	run(t, ctx, shows("You are 1st in line"))

	s.parties.show(func(inv *party.Invitation) {
		*inv = with(lively(), party.Arrival{Stage: party.Offered, Until: party.Time(time.Now().Add(party.OfferTime).UnixMilli())})
	})
	becomesVisible(t, ctx, "#start button")
	run(t, ctx, shows("A place is free"), shows("Start within"))
	until(t, "calling in the tab's title", func() bool {
		return strings.HasPrefix(evaluate[string](t, ctx, `document.title`), "A place is free · ")
	})
	until(t, "counting down", func() bool {
		return evaluate[bool](t, ctx, `Number(document.querySelector("#you .clock").textContent.match(/\d+/)) < 29`)
	})
	run(t, ctx, chromedp.Click("#start button"))
	if got := <-s.arrived; !strings.Contains(got, "partykit=tIcKeT123") {
		t.Errorf("the game starts with %q", got)
	}
}

func TestAskingInABrowser(t *testing.T) {
	ctx := browse(t)
	s := newStage(t, askable(party.Locked))
	run(t, ctx, chromedp.Navigate(s.join()), shows("The party is locked"), shows("Ask to join"), chromedp.Focus("#door button"), chromedp.KeyEvent("\r"))
	s.did(t, "ask")
	asking := func(inv *party.Invitation) {
		*inv = with(askable(party.Locked), party.Arrival{Stage: party.Asking, Until: party.Time(time.Now().Add(party.AskTime).UnixMilli())})
	}
	s.parties.show(asking)
	run(t, ctx, shows("Somebody of the party answers within a minute"), shows("Up to"))
	if where := evaluate[string](t, ctx, `document.activeElement.id`); where != "you" {
		t.Errorf("the button is gone and the focus is on %q", where)
	}
	s.parties.show(func(inv *party.Invitation) {
		*inv = with(askable(party.Locked), party.Arrival{Stage: party.Gone, Reason: string(party.ReasonUnanswered)})
	})
	run(t, ctx, shows("Nobody answered"), shows("Ask again"), chromedp.Click("#door button"))
	s.did(t, "ask", "ask")
	s.parties.show(asking)
	run(t, ctx, shows("Up to"))
	s.parties.show(func(inv *party.Invitation) { *inv = declined(party.Locked, time.Now(), party.DeclineTime) })
	run(t, ctx, shows("Not this time"), shows("You may ask again in 10 min"))
	if evaluate[bool](t, ctx, `document.getElementById("door").checkVisibility()`) {
		t.Error("who was declined may press again")
	}
	run(t, ctx, chromedp.Navigate(s.join()), shows("Not this time"))
	s.parties.show(asking)
	run(t, ctx, shows("Up to"))
	s.parties.show(func(inv *party.Invitation) { *inv = arriving(party.HeldStage); inv.You.LetIn = true })
	becomesVisible(t, ctx, "#start button")
	run(t, ctx, shows("FriendlyAlpaca invites you to"), shows("You may come in"))
	if label := evaluate[string](t, ctx, `document.querySelector("#start button").textContent`); label != "Start" {
		t.Errorf("the button says %q", label)
	}
	run(t, ctx, chromedp.Click("#start button"))
	<-s.arrived
	s.parties.show(func(inv *party.Invitation) { *inv = arriving(party.LoadingNow) })
	run(t, ctx, shows("You are on your way in"))
}

func TestAStartThatFailedIsNotSentAgain(t *testing.T) {
	ctx := browse(t)
	s := newStage(t, lively())
	s.parties.refuse = &party.Error{Code: party.Full}
	run(t, ctx, chromedp.Navigate(s.join()))
	evaluate[string](t, ctx, `document.getElementById("start").target = ""`) // as in a browser that opens no tabs
	run(t, ctx, chromedp.Click("#start button"))
	until(t, "the invite page's return", func() bool {
		s.parties.mu.Lock()
		defer s.parties.mu.Unlock()
		return len(s.parties.pages) >= 3 // the first, the refusal, the one after
	})
	run(t, ctx, shows("FriendlyAlpaca invites you to"))
	if starts, _, _ := s.parties.seen(); len(starts) != 1 {
		t.Errorf("%d starts", len(starts))
	}
}

func TestTheWayOutOfAnAppCanBeCopied(t *testing.T) {
	ctx := browse(t)
	s := newStage(t, lively())
	run(t, ctx, lookingFrom(onInstagram), chromedp.Navigate(s.join()), shows("You are inside Instagram"))
	evaluate[bool](t, ctx, `navigator.clipboard.writeText = async (text) => { window.copied = text; }, true`)
	run(t, ctx, chromedp.Click("#copy"), shows("Copied"))
	if got := evaluate[string](t, ctx, `window.copied`); got != s.join() {
		t.Errorf("copied %q", got)
	}
	evaluate[bool](t, ctx, `navigator.clipboard.writeText = () => Promise.reject(new Error("refused")), true`)
	run(t, ctx, chromedp.Click("#copy"), chromedp.Poll[chromedp.Void](`getSelection().toString() === `+"`"+s.join()+"`"))
}

package landing

import (
	"bytes"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"partykit/party"
)

func subjectNow(inv party.Invitation) subject {
	games := meadow()
	g, _ := games.Get(string(inv.Game))
	cover, _ := games.Art(g.ID, "cover")
	return subjectOf(inv, g, cover)
}

func TestCardIsServedAndRevalidated(t *testing.T) {
	x := newSetup(t, lively())
	w := x.do("GET", "/join/"+testCode+"/card.png?r=7")
	if w.Code != 200 || w.Header().Get("Content-Type") != "image/png" || !bytes.HasPrefix(w.Body.Bytes(), []byte("\x89PNG")) {
		t.Fatalf("status %d, %v", w.Code, w.Header())
	}
	t.Logf("%d bytes", w.Body.Len())
	if w := x.do("GET", "/join/"+testCode+"/card.png", header("If-None-Match", w.Header().Get("ETag"))); w.Code != 304 {
		t.Errorf("an unchanged card is sent again: %d", w.Code)
	}
}

func TestCardOfADeadLinkIsTheSameForAll(t *testing.T) {
	inv := dead(party.Expired)
	inv.Inviter = party.Person{Name: "FriendlyAlpaca"} // even if told
	inv.Taken = 3
	other := dead(party.Expired)
	other.Invite = "iother"
	if a, b := subjectNow(inv), subjectNow(other); a.key != b.key || a.state() != b.state() || a.inviter != nil {
		t.Errorf("a dead link's card differs by invite: %q %q, %q %q", a.key, a.state(), b.key, b.state())
	}
	if a, b := subjectNow(inv), subjectNow(dead(party.Revoked)); a.key == b.key {
		t.Error("cards do not tell problems apart")
	}
}

func TestCardShowsNoNamesButTheInviters(t *testing.T) {
	a, b := lively(), lively()
	b.Members[1].Name, b.Held[0].Name, b.Message, b.Landing = "Somebody", "Else", "other", nil
	if subjectNow(a).state() != subjectNow(b).state() {
		t.Error("the card depends on more than game, inviter and seats")
	}
	b.Taken++
	if subjectNow(a).state() == subjectNow(b).state() {
		t.Error("the card does not depend on the seats")
	}
}

func TestOneCardPerInviteInThirtySeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCards()
		inv := lively()
		first := c.get(t.Context(), subjectNow(inv))
		inv.Taken++
		if got := c.get(t.Context(), subjectNow(inv)); got.version != first.version {
			t.Error("drawn again at once")
		}
		time.Sleep(cardRest)
		second := c.get(t.Context(), subjectNow(inv))
		if second.version == first.version {
			t.Error("not drawn again after 30 s")
		}
		time.Sleep(time.Hour)
		if got := c.get(t.Context(), subjectNow(inv)); got.version != second.version {
			t.Error("an unchanged card is drawn again")
		}
	})
}

func TestWhoWaitsTooLongForACardGetsTheCover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCards()
		c.turn <- struct{}{} // somebody draws, and draws
		begun := time.Now()
		var mu sync.Mutex
		var waits []time.Duration
		// One game's requests fill no more than its share of the queue.
		for n := range 2*cardShare + 3 {
			x := subjectNow(lively())
			if n >= cardShare+3 {
				x.game.ID = "another"
			}
			go func() {
				p := c.get(t.Context(), x)
				mu.Lock()
				defer mu.Unlock()
				waits = append(waits, time.Since(begun))
				if !bytes.Equal(p.body, meadowCover.Data) {
					t.Error("got something else than the cover")
				}
			}()
		}
		synctest.Wait()
		mu.Lock()
		if len(waits) != 3 || waits[0] != 0 {
			t.Errorf("over a full share of the queue %d were answered at once, want 3", len(waits))
		}
		mu.Unlock()
		time.Sleep(cardWait)
		synctest.Wait()
		if len(waits) != 2*cardShare+3 {
			t.Errorf("%d were answered after %v", len(waits), cardWait)
		}
		<-c.turn
		if p := c.get(t.Context(), subjectNow(lively())); bytes.Equal(p.body, meadowCover.Data) {
			t.Error("no card is drawn after the queue has gone")
		}
	})
}

func TestWritable(t *testing.T) {
	c := canvas{}
	for in, want := range map[string]string{
		"FriendlyAlpaca": "FriendlyAlpaca", "Zoë 🎮": "Zoë", "日本": "A friend", "Ана": "Ана", "🎮": "A friend", "": "A friend", "a\u202eb": "ab",
	} {
		if got := c.writable(in, "A friend"); got != want {
			t.Errorf("writable(%q) = %q, want %q", in, got, want)
		}
	}
}

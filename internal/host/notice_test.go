package host

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"partykit/internal/game"
	"partykit/party"
)

// What a link shows is outdated before a change of its party is acknowledged,
// and only then.
func TestANoticeKnowsWhenItIsOutdated(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b := w.hello("a", 1), w.hello("a", 2)
		home, code := a.lastParty(), a.invite(nil)
		see := func() (party.Invitation, func() bool, func() bool) {
			t.Helper()
			n, err := w.hosts["a"].Notice(t.Context(), code, netip.Addr{})
			if err != nil || n.Current == nil || !n.Current() || !n.Same() {
				t.Fatalf("the link shows %+v, %v", n.Invitation, err)
			}
			return n.Invitation, n.Current, n.Same
		}
		_, before, same := see()
		a.session.Text(nil, []byte(`{"t":"away","away":true}`)) // fleeting
		synctest.Wait()
		if !before() {
			t.Error("presence outdates a page")
		}
		if same() {
			t.Error("presence is not shown to those who come later")
		}
		a.ok("rename", map[string]any{"name": "Ada"})
		if before() {
			t.Error("a new name is acknowledged, and the page from before still counts")
		}
		v, before, same := see()
		if v.Inviter.Name != "Ada" {
			t.Errorf("the page shows %q", v.Inviter.Name)
		}
		there := b.invite(nil)
		if !before() || !same() {
			t.Error("another party's change outdates a page")
		}
		a.ok("join", map[string]any{"code": there})
		if before() {
			t.Error("who is in another party by now is still shown here")
		}
		_, before, _ = see()
		time.Sleep(time.Minute)
		if w.has("a", home) || before() {
			t.Error("a party that is not in memory tells nobody of its changes")
		}
	})
}

// Of what no party watches nobody knows when it is outdated.
func TestANoticeOfNoParty(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		n, err := w.hosts["a"].Notice(t.Context(), "7k2m9q4xw8rjd3vhz0", netip.Addr{})
		if err != nil || n.Problem != party.NotFound || n.Current != nil {
			t.Errorf("an unknown code shows %+v, %v; watched: %t", n.Invitation, err, n.Current != nil)
		}
	})
}

// noticed is what a link shows to strangers.
func (w *world) noticed(code string) Notice {
	w.t.Helper()
	n, err := w.hosts["a"].Notice(w.t.Context(), code, netip.Addr{})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// A link that does not open its party changes with time, too: it expires, and
// after a day one cannot even ask by it.
func TestANoticeOfALockedPartyEndsWithItsLink(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		made := now()
		code := a.invite(map[string]any{"expires": 60})
		a.ok("settings", map[string]any{"openness": "locked"})
		expires := made.Add(time.Minute)
		want := func(problem party.Code, ask bool, until party.Time) {
			t.Helper()
			n := w.noticed(code)
			if n.Problem != problem || n.CanAsk != ask || n.Until < until || n.Until > until.Add(time.Second) {
				t.Errorf("it shows %q, asking: %t, until %v; want %q, %t, %v", n.Problem, n.CanAsk, n.Until, problem, ask, until)
			}
		}
		want(party.Locked, true, expires)
		time.Sleep(time.Minute)
		want(party.Expired, true, expires.Add(party.AskDead))
		page := w.open("a", code, 9) // keeps the party in memory
		defer page.Close()
		time.Sleep(party.AskDead)
		if n := w.noticed(code); n.CanAsk || n.Current != nil && n.Until > now() {
			t.Errorf("a day later it shows %q, asking: %t, until %v: its record may be gone now", n.Problem, n.CanAsk, n.Until)
		}
	})
}

// A page that were kept by a spoken code would show who guesses beyond all limits
// that it is one.
func TestANoticeByASpokenCodeIsNotKept(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		code := a.ok("invite", map[string]any{"until": "empty", "spoken": true})["spoken"].(string)
		if n := w.noticed(code); n.Problem != "" || n.Current != nil {
			t.Errorf("shown %q, kept: %t", n.Problem, n.Current != nil)
		}
	})
}

// Whether a member lets in who comes by a short code hangs on how much is guessed
// everywhere, of which its party knows nothing.
func TestANoticeByAShortCodeIsNotWatched(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		code := a.ok("invite", map[string]any{"expires": 600, "spoken": true})["spoken"].(string)
		if n := w.noticed(code); n.Problem != "" || n.Approve || n.Current != nil {
			t.Errorf("shown %q, approve: %t, watched: %t", n.Problem, n.Approve, n.Current != nil)
		}
		w.gives(maxShort, 5*time.Minute)
		if n := w.noticed(code); !n.Approve {
			t.Error("too many live, and nobody needs to let them in")
		}
	})
}

// A link that has gone with its maker is not here to watch, whoever was on the
// way here when it went.
func TestANoticeOfALinkThatHasGoneIsNotWatched(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, c := w.hello("a", 1), w.hello("a", 2), w.hello("a", 3)
		home := a.lastParty()
		c.ok("join", map[string]any{"code": a.invite(nil)}) // stays when the maker goes
		code := a.invite(map[string]any{"onLeave": "follow"})
		l, err := w.hosts["a"].linkOf(t.Context(), "demo", code, w.hosts["a"].guesser("", netip.Addr{}))
		if err != nil {
			t.Fatal(err)
		}
		notice := func() (n Notice) {
			w.on("a", home, func(p *live) { n = p.notice(l) })
			return n
		}
		before := notice()
		if before.Problem != "" || before.Current == nil || !before.Current() {
			t.Fatalf("shown %q, watched: %t", before.Problem, before.Current != nil)
		}
		a.ok("join", map[string]any{"code": b.invite(nil), "confirm": true})
		if before.Current() {
			t.Error("a link has gone, and its page still counts")
		}
		if n := notice(); n.Problem != party.Revoked || n.Current != nil {
			t.Errorf("where it was it shows %q, watched: %t", n.Problem, n.Current != nil)
		}
		if n := w.noticed(code); n.Problem != "" || n.Current == nil || !n.Current() {
			t.Errorf("where it is it shows %q, watched: %t", n.Problem, n.Current != nil)
		}
	})
}

// What a dead link shows hangs on where its maker is, as long as it leads on;
// what it shows when that has ended may be kept.
func TestANoticeOfADeadLinkFollowsItsMaker(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.deadLinks(game.DeadLinksOpen)
		a, b := w.hello("a", 1), w.hello("a", 2)
		code := a.invite(map[string]any{"expires": 60})
		if n := w.noticed(code); n.Until == 0 || n.Until > now().Add(time.Minute) {
			t.Errorf("it may be kept until %v", n.Until)
		}
		time.Sleep(time.Minute)
		if n := w.noticed(code); n.Onward != "" || n.Current != nil {
			t.Errorf("offered %q, watched: %t", n.Onward, n.Current != nil)
		}
		b.ok("settings", map[string]any{"openness": "open"})
		a.ok("join", map[string]any{"party": b.lastParty()})
		if n := w.noticed(code); n.Onward != party.OnwardJoin || n.Current != nil {
			t.Errorf("offered %q, watched: %t", n.Onward, n.Current != nil)
		}
	})
}

package host

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

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
			v, current, same, err := w.hosts["a"].Notice(t.Context(), code, netip.Addr{})
			if err != nil || current == nil || !current() || !same() {
				t.Fatalf("the link shows %+v, %v", v, err)
			}
			return v, current, same
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
		v, current, _, err := w.hosts["a"].Notice(t.Context(), "7k2m9q4xw8rjd3vhz0", netip.Addr{})
		if err != nil || v.Problem != party.NotFound || current != nil {
			t.Errorf("an unknown code shows %+v, %v; watched: %t", v, err, current != nil)
		}
	})
}

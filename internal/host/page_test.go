package host

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"partykit/party"
)

func browser(n int) string { return fmt.Sprintf("browser%025d", n) }

// open opens the invite page of browser n at an address of its own.
func (w *world) open(on, code string, n int) *Page {
	w.t.Helper()
	page, err := w.hosts[on].OpenPage(w.t.Context(), code, browser(n), home4(n))
	if err != nil {
		w.t.Fatal(err)
	}
	synctest.Wait()
	return page
}

func home4(n int) netip.Addr { return netip.AddrFrom4([4]byte{203, 0, byte(n >> 8), byte(n)}) }

func (w *world) start(on, code string, n int) string {
	w.t.Helper()
	ticket, err := w.hosts[on].Start(w.t.Context(), code, browser(n), home4(n))
	if err != nil {
		w.t.Fatal(err)
	}
	synctest.Wait()
	return ticket
}

// look shows the page for a while.
func look(page *Page, d time.Duration) {
	page.Visible(true)
	time.Sleep(d)
	page.Visible(false)
	synctest.Wait()
}

// newest is what the page shows by now.
func (w *world) newest(page *Page) (v party.Invitation) {
	w.t.Helper()
	time.Sleep(3 * time.Second)
	synctest.Wait()
	select {
	case shown := <-page.Updates():
		return *shown
	default:
		w.t.Fatal("the page was not told")
	}
	return v
}

func (w *world) wantStart(code string, n int, want party.Code) {
	w.t.Helper()
	if _, err := w.hosts["a"].Start(w.t.Context(), code, browser(n), home4(n)); err == nil || failure(err).Code != want {
		w.t.Errorf("Start answers %v, want %s", err, want)
	}
}

func TestARobotChangesNothing(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(map[string]any{"maxUses": 1})
		events, all := w.entries(home)
		for n := range 200 { // GETs, pages that run scripts, and robots that press the button
			if _, err := w.hosts["a"].Invitation(t.Context(), code, browser(n), netip.Addr{}); err != nil {
				t.Fatal(err)
			}
			page := w.open("a", code, n)
			if n%2 == 0 {
				look(page, 1900*time.Millisecond)
			}
			w.start("a", code, n)
			page.Close()
		}
		if e, m := w.entries(home); e != events || m != all {
			t.Errorf("robots wrote %d entries", m-all)
		}
		w.wantParty("a", home, "*1:in:connected")
		if got := a.ok("invites", nil)["invites"].([]any)[0].(map[string]any)["uses"]; got != 0.0 {
			t.Errorf("robots used the link %v times", got)
		}
	})
}

// A resting party is looked at without a write.
func TestLookingAtARestingPartyWritesNothing(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)
		a.ok("leave", nil)
		time.Sleep(time.Minute)
		if w.has("a", home) {
			t.Fatal("a resting party stays in memory")
		}
		node := w.hosts["a"].o.Node
		before, err := node.Load(t.Context(), ref("demo", party.ID(home)))
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			v, err := w.hosts["a"].Invitation(t.Context(), code, browser(1), netip.Addr{})
			if err != nil || v.Problem != "" || len(v.Members) != 0 || v.Inviter.Name == "" {
				t.Fatalf("the page of a resting party shows %+v, %v", v, err)
			}
			w.on("a", home, func(p *live) {
				if p.unsaved != 0 {
					t.Error("a party that was only looked at is to be written")
				}
			})
			time.Sleep(time.Minute)
		}
		after, err := node.Load(t.Context(), ref("demo", party.ID(home)))
		if err != nil || after.Last != before.Last || after.Covered != before.Covered {
			t.Errorf("a GET changed the log from %d to %d, %v", before.Last, after.Last, err)
		}
		b := w.hello("a", 2)
		b.ok("join", map[string]any{"code": code})
		w.wantParty("a", home, "*2:loading:connected")
	})
}

func TestAnExpiredLink(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		code := a.invite(map[string]any{"expires": 60})
		page := w.open("a", code, 1)
		defer page.Close()
		w.start("a", code, 1)
		time.Sleep(61 * time.Second)
		w.wantStart(code, 2, party.Expired)
		look(page, 3*time.Second)
		w.wantParty("a", a.lastParty(), "*1:in:connected")
		if v, err := w.hosts["a"].Invitation(t.Context(), code, "", netip.Addr{}); err != nil || v.Problem != party.Expired {
			t.Errorf("the page shows %s, %v", v.Problem, err)
		}
	})
}

func TestAnEndedParty(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		made := a.ok("invite", nil)
		code := made["code"].(string)
		page := w.open("a", code, 1)
		defer page.Close()
		a.ok("revoke", map[string]any{"invite": made["invite"].(map[string]any)["id"]})
		a.ok("leave", nil)
		if v := w.newest(page); v.Problem != party.Ended || v.Inviter.Name != "" {
			t.Errorf("the open page of an ended party shows %+v", v)
		}
		w.wantStart(code, 2, party.Ended)
		w.crash("a")
		w.host("a")
		if v, err := w.hosts["a"].Invitation(t.Context(), code, "", netip.Addr{}); err != nil || v.Problem != party.Ended {
			t.Errorf("after a restart its page shows %s, %v", v.Problem, err)
		}
		if v, err := w.hosts["a"].Invitation(t.Context(), "nosuchcode", "", netip.Addr{}); err != nil || v.Problem != party.NotFound {
			t.Errorf("no code shows %s, %v", v.Problem, err)
		}
	})
}

func TestAnOpenPageSeesItsLinkExpire(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		code := a.invite(map[string]any{"expires": 60})
		page, err := w.hosts["a"].OpenPage(t.Context(), code, browser(9), netip.MustParseAddr("192.0.2.2"))
		if err != nil {
			t.Fatal(err)
		}
		defer page.Close()
		if v := <-page.Updates(); v.Problem != "" {
			t.Fatalf("at first the page shows %q", v.Problem)
		}
		time.Sleep(61 * time.Second)
		synctest.Wait()
		select {
		case v := <-page.Updates():
			if v.Problem != party.Expired {
				t.Fatalf("the page shows %q", v.Problem)
			}
		default:
			t.Fatal("the page is not told")
		}
	})
}

func TestPagesEndWithTheHost(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		code := a.invite(nil)
		w.host("b")
		page, err := w.hosts["b"].OpenPage(t.Context(), code, browser(9), netip.MustParseAddr("192.0.2.2"))
		if err != nil {
			t.Fatal(err)
		}
		<-page.Updates()
		if err := w.hosts["b"].Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, more := <-page.Updates(); more {
			t.Fatal("the page is told more by a host that has closed")
		}
		page.Close()
	})
}

func TestAGamesOwnExpiry(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		g := w.games["demo"]
		g.Settings.InviteExpiry = time.Hour
		w.games["demo"] = g
		a := w.hello("a", 1)
		i := a.ok("invite", nil)["invite"].(map[string]any)
		if got := i["expires"].(float64) - i["made"].(float64); got != float64(time.Hour.Milliseconds()) {
			t.Fatalf("the link lives for %v ms", got)
		}
	})
}

// Who presses Start on a page that was seen for long enough is told at once that
// its place is held, and of nothing before that. Who presses earlier is told that.
func TestPressingStartIsToldByThePlace(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		code := w.hello("a", 1).invite(nil)
		press := func(n int, seen time.Duration) (stages []party.Stage) {
			page := w.open("a", code, n)
			defer page.Close()
			<-page.Updates()
			page.Visible(true)
			time.Sleep(seen)
			synctest.Wait()
			done := make(chan struct{})
			go func() {
				defer close(done)
				for v := range page.Updates() {
					stages = append(stages, v.You.Stage)
					if v.You.Stage == party.HeldStage {
						return
					}
				}
			}()
			pressed := time.Now()
			w.start("a", code, n)
			<-done
			if took := time.Since(pressed); took > max(0, looked-seen)+10*time.Millisecond {
				t.Errorf("the place was shown after %v", took)
			}
			return stages
		}
		if got, want := press(1, 3*time.Second), []party.Stage{party.HeldStage}; !slices.Equal(got, want) {
			t.Errorf("was told %v, want %v", got, want)
		}
		time.Sleep(time.Second)
		if got, want := press(2, time.Second), []party.Stage{party.Pressed, party.HeldStage}; !slices.Equal(got, want) {
			t.Errorf("early: was told %v, want %v", got, want)
		}
	})
}

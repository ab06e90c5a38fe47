package landing

import (
	"context"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"partykit/internal/game"
	"partykit/internal/testlog"
	"partykit/party"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

var look = flag.String("look", "", "write screenshots of the pages into this folder")

type step = chromedp.Action[chromedp.Void]

// browse opens a tab in a fresh headless browser. What the tab complains about
// fails the test.
func browse(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a browser")
	}
	var program string
	for _, name := range []string{"chromium-headless-shell", "chromium", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			program = p
			break
		}
	}
	if program == "" {
		t.Fatal("no browser found: apt-get install chromium-headless-shell, or run with -short")
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WSURLReadTimeout(time.Minute),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	console := chromedp.Console(ctx)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	listening := make(chan struct{})
	go func() {
		defer close(listening)
		for m, err := range console {
			if err != nil {
				return
			}
			if t.Context().Err() != nil && strings.Contains(m.Text, "WebSocket") {
				continue // the test is over, and its server goes before the page
			}
			// A page whose status is an error is one on purpose.
			if m.Type != "debug" && m.Type != "info" && !strings.Contains(m.Text, "responded with a status of 4") {
				t.Errorf("the browser complains: %s", m.String())
			}
		}
	}()
	t.Cleanup(func() { closeTab(); <-listening })
	return ctx
}

func run(t *testing.T, ctx context.Context, steps ...step) {
	t.Helper()
	within, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(within, steps...); err != nil {
		t.Fatal(err)
	}
}

func evaluate[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	within, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	v, err := chromedp.Run(within, chromedp.Evaluate[T](script))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return v
}

// shows waits until the page shows a text.
func shows(text string) step {
	quoted, _ := json.Marshal(text)
	return chromedp.Poll[chromedp.Void](`document.body.innerText.replace(/\s+/g, " ").includes(`+string(quoted)+`)`, chromedp.WithPollingTimeout(time.Minute))
}

// becomesVisible waits until an element can be seen. It asks anew each time,
// because the page may be replaced meanwhile.
func becomesVisible(t *testing.T, ctx context.Context, selector string) {
	t.Helper()
	until(t, "showing "+selector, func() bool {
		seen, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.querySelector("`+selector+`")?.checkVisibility() ?? false`))
		return err == nil && seen
	})
}

// A stage is a server with a game on another origin, as a browser reaches them.
type stage struct {
	*setup
	address string
	// arrived carries the fragment of every start of the game.
	arrived chan string
}

func newStage(t *testing.T, inv party.Invitation) stage {
	t.Helper()
	front, play := httptest.NewUnstartedServer(nil), httptest.NewServer(nil)
	s := stage{address: "http://" + front.Listener.Addr().String(), arrived: make(chan string, 8)}
	public, err := url.Parse(s.address)
	if err != nil {
		t.Fatal(err)
	}
	s.setup = newSetup(t, inv, func(o *Options) { o.PublicURL = public })
	registry, err := game.Open(t.Context(), shelf{}, game.Options{Logger: testlog.New(t)})
	if err != nil {
		t.Fatal(err)
	}
	g := meadow().game
	g.Launch.Web = strings.Replace(play.URL, "127.0.0.1", "localhost", 1) + "/run#intro=1"
	if _, err := registry.Add(t.Context(), g); err != nil {
		t.Fatal(err)
	}
	s.server.games = registry
	front.Config.Handler = s.mux
	play.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			body, _ := io.ReadAll(r.Body)
			s.arrived <- string(body)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, `<script>fetch("/", {method: "POST", body: location.hash + " from " + document.referrer})</script>`)
	})
	front.Start()
	t.Cleanup(front.Close)
	t.Cleanup(play.Close)
	return s
}

// shelf is a store for a registry that is used once: what is written is known
// to the registry already.
type shelf struct{}

func (shelf) Get(context.Context, string) ([]byte, uint64, error)         { return nil, 0, game.ErrNotFound }
func (shelf) Put(context.Context, string, []byte, uint64) (uint64, error) { return 1, nil }
func (shelf) Delete(context.Context, string) error                        { return nil }
func (shelf) Watch(context.Context, func(string, []byte)) error           { return nil }

func (s stage) join() string { return s.address + "/join/" + testCode }

func arriving(s party.Stage) party.Invitation {
	inv := lively()
	inv.Held = []party.Person{{Name: "CalmHeron", Face: 55433}}
	inv.You = &party.Arrival{Person: inv.Held[0], Stage: s}
	if s == party.LoadingNow {
		inv.You.Loading = &party.Loading{Phase: "downloading", Progress: new(0.42)}
	}
	return inv
}

func TestFromLinkToGameInABrowser(t *testing.T) {
	ctx := browse(t)
	s := newStage(t, lively())
	run(t, ctx, chromedp.Navigate(s.join()), shows("BraveOtter is downloading · 42 %"))
	until(t, "telling that the page is seen", func() bool { _, v, _ := s.parties.seen(); return slices.Equal(v, []bool{true}) })

	s.parties.show(func(inv *party.Invitation) {
		inv.Members = slices.Clone(inv.Members)
		inv.Members[1].State, inv.Members[1].Loading = party.In, nil
		inv.Taken++
		inv.Held = append(slices.Clone(inv.Held), party.Person{Name: "<b>New</b>", Face: 5})
	})
	run(t, ctx, shows("BraveOtter is in the game"), shows("<b>New</b> is opening the game"), shows("5 of 8"), shows("3 places free"))
	if said := evaluate[string](t, ctx, `document.getElementById("said").textContent`); said != "BraveOtter is in the game. <b>New</b> is opening the game." {
		t.Errorf("a screen reader is told %q", said)
	}

	run(t, ctx, chromedp.Click("#start button"))
	if got := <-s.arrived; got != "#intro=1&partykit=tIcKeT123 from " {
		t.Errorf("the game starts with %q", got)
	}
	for _, step := range []struct {
		change func(*party.Arrival)
		shows  []string
	}{
		{func(a *party.Arrival) { a.Stage = party.Pressed }, []string{"Opening the game…", "You are CalmHeron", "Open again"}},
		{func(a *party.Arrival) { a.Stage = party.HeldStage }, []string{"Your place is kept"}},
		{func(a *party.Arrival) { a.Stage = party.LoadingNow }, []string{"You are on your way in", "Your game is opening."}},
		{func(a *party.Arrival) {
			a.Stage, a.Loading = party.LoadingNow, &party.Loading{Phase: "tutorial", Progress: new(0.5)}
		}, []string{"You are on your way in", "Your game is in the tutorial."}},
		{func(a *party.Arrival) { a.Stage, a.Loading = party.Arrived, nil }, []string{"You are in!"}},
		{func(a *party.Arrival) { *a = party.Arrival{Stage: party.Gone, Reason: "timeout"} }, []string{"You are not in the party", "out of reach for too long", "Start again"}},
	} {
		s.parties.show(func(inv *party.Invitation) {
			a := party.Arrival{Person: party.Person{Name: "CalmHeron", Face: 55433}}
			step.change(&a)
			inv.You = &a
		})
		for _, text := range step.shows {
			run(t, ctx, shows(text))
		}
	}
	if said := evaluate[string](t, ctx, `document.getElementById("said").textContent`); said != "You are not in the party. Your game was out of reach for too long." {
		t.Errorf("a screen reader is told %q", said)
	}
	const nobody = `!document.querySelector("#you .as").checkVisibility()`
	if !evaluate[bool](t, ctx, nobody) {
		t.Error("who is gone is told a name")
	}
	run(t, ctx, chromedp.Navigate(s.join()), shows("You are not in the party"))
	if !evaluate[bool](t, ctx, nobody+` && document.querySelector("#you .face").childElementCount === 0`) {
		t.Error("who is gone is shown somebody's name or face after a reload")
	}
	if starts, _, _ := s.parties.seen(); len(starts) != 1 {
		t.Errorf("%d starts", len(starts))
	}
}

// Whoever is about to press Start must not miss it because a friend comes.
func TestStartStaysWhereItIs(t *testing.T) {
	ctx := browse(t)
	for size, d := range map[string][2]int64{"phone": {390, 844}, "desktop": {1280, 800}} {
		alone := lively()
		alone.Members, alone.Held, alone.Landing = alone.Members[:1], nil, nil
		s := newStage(t, alone)
		run(t, ctx, chromedp.EmulateViewport(d[0], d[1]), chromedp.Navigate(s.join()))
		until(t, "going live", func() bool { _, _, open := s.parties.seen(); return open == 1 })
		const top = `document.querySelector("#start button").getBoundingClientRect().top`
		before := evaluate[float64](t, ctx, top)
		s.parties.show(func(inv *party.Invitation) {
			*inv = lively()
			for n := range 5 {
				inv.Held = append(inv.Held, party.Person{Name: fmt.Sprint("Friend", n), Face: uint32(n)})
			}
		})
		run(t, ctx, shows("Friend4 is opening the game"))
		if after := evaluate[float64](t, ctx, top); after != before {
			t.Errorf("on a %s Start moves from %v to %v as friends come", size, before, after)
		}
	}
}

func TestFullPageOffersStartWhenAPlaceIsFree(t *testing.T) {
	ctx := browse(t)
	s := newStage(t, dead(party.Full))
	run(t, ctx, chromedp.Navigate(s.join()), shows("The party is full"), shows("Wait in line"))
	until(t, "going live", func() bool { _, _, open := s.parties.seen(); return open == 1 })
	s.parties.show(func(inv *party.Invitation) { inv.Problem, inv.Taken = "", inv.Taken-1 })
	becomesVisible(t, ctx, "#start button")
}

func TestADeadPageOffersTheWayOn(t *testing.T) {
	ctx := browse(t)
	s := newStage(t, dead(party.Expired))
	run(t, ctx, chromedp.Navigate(s.join()), shows("This link has expired"))
	until(t, "going live", func() bool { _, _, open := s.parties.seen(); return open == 1 })
	s.parties.show(func(inv *party.Invitation) { *inv = onward(party.OnwardJoin) })
	becomesVisible(t, ctx, "#start button")
	run(t, ctx, shows("Join them there"))
}

func TestPageComesBackAfterALostConnection(t *testing.T) {
	ctx := browse(t)
	s := newStage(t, lively())
	run(t, ctx, chromedp.Navigate(s.join()))
	until(t, "going live", func() bool { _, v, _ := s.parties.seen(); return len(v) == 1 })
	s.parties.mu.Lock()
	close(s.parties.pages[0].updates)
	s.parties.pages = nil
	s.parties.mu.Unlock()
	until(t, "coming back and telling again that it is seen", func() bool { _, v, _ := s.parties.seen(); return slices.Equal(v, []bool{true, true}) })
	s.parties.show(func(inv *party.Invitation) { inv.Taken = 7 })
	run(t, ctx, shows("7 of 8"))
}

func TestStartWithoutScript(t *testing.T) {
	ctx := browse(t)
	s := newStage(t, lively())
	run(t, ctx, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}), chromedp.Navigate(s.join()), chromedp.Click("#start button"))
	// The new tab is a game's, with script.
	if got := <-s.arrived; got != "#intro=1&partykit=tIcKeT123 from " {
		t.Errorf("the game starts with %q", got)
	}
	if _, visible, open := s.parties.seen(); len(visible) != 0 || open != 0 {
		t.Error("a page without script went live")
	}
}

// lookingFrom makes the browser call itself something else; "" ends that.
func lookingFrom(agent string) step {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: agent})
		return err
	})
}

//go:embed legible_test.js
var legible string

// TestPagesFitEveryScreen looks at every page in every surrounding: nothing
// sticks out sideways, every text can be told from what is behind it, and
// everything that can be pressed is large enough.
func TestPagesFitEveryScreen(t *testing.T) {
	ctx := browse(t)
	long := hostileInvitation(strings.Repeat("Wolfeschlegelsteinhausen", 9))
	long.You = nil
	playing := lively()
	playing.Match = &party.PublicMatch{Since: party.Time(time.Now().Add(-190 * time.Second).UnixMilli()), Joinable: true, Free: 1}
	full := dead(party.Full)
	full.Line = 2
	soon := party.Time(time.Now().Add(time.Hour).UnixMilli())
	for name, inv := range map[string]party.Invitation{
		"playing": playing, "inside": lively(), "in-line": inLine(3, 5), "offered": with(lively(), party.Arrival{Stage: party.Offered, Until: soon}),
		"locked": askable(party.Locked), "asking": with(askable(party.Locked), party.Arrival{Stage: party.Asking, Until: soon}), "approving": approving(),
		"declined": declined(party.Locked, time.Now(), party.DeclineTime), "banned": dead(party.Banned),
		"live": lively(), "held": arriving(party.HeldStage), "loading": arriving(party.LoadingNow), "in": arriving(party.Arrived), "gone": arriving(party.Gone), "long": long,
		"full": full, "expired": dead(party.Expired), "onward": onward(party.OnwardJoin), "not-found": dead(party.NotFound), "not-activated": dead(party.KitNotActivated),
	} {
		s := newStage(t, inv)
		agent := ""
		if name == "inside" {
			agent = onInstagram
		}
		run(t, ctx, lookingFrom(agent))
		for size, d := range map[string][2]int64{"phone": {390, 844}, "desktop": {1280, 800}, "small": {320, 568}, "sideways": {844, 390}} {
			run(t, ctx, chromedp.EmulateViewport(d[0], d[1]), chromedp.Navigate(s.join()))
			if doorOf(inv) != nil { // the script brings it
				run(t, ctx, chromedp.WaitVisible("#door button"))
			}
			for _, scheme := range []string{"light", "dark"} {
				run(t, ctx, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
					_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
					return err
				}))
				what := strings.Join([]string{name, size, scheme}, "-")
				if wide := evaluate[int64](t, ctx, `document.documentElement.scrollWidth`); wide > d[0] {
					t.Errorf("%s is %d wide on a screen of %d", what, wide, d[0])
				}
				if bottom := evaluate[float64](t, ctx, `document.querySelector("#start button")?.getBoundingClientRect().bottom ?? 0`); name == "live" && (bottom == 0 || bottom > float64(d[1])) {
					t.Errorf("%s: Start ends at %v on a screen %d high", what, bottom, d[1])
				}
				for _, flaw := range evaluate[[]string](t, ctx, legible) {
					t.Errorf("%s: %s", what, flaw)
				}
				if *look != "" {
					within, cancel := context.WithTimeout(ctx, time.Minute)
					shot, err := chromedp.Run(within, chromedp.FullScreenshot(100))
					cancel()
					if err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(filepath.Join(*look, what+".png"), shot, 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
}

package landing

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"partykit/internal/game"
	"partykit/party"
)

const (
	testCode = "7k2m9q4xw8rjd3vhz0"
	testHost = "party.example"
)

// fakeParties shows one invitation, whatever the code, and remembers what it
// was asked to do.
type fakeParties struct {
	mu      sync.Mutex
	inv     party.Invitation
	err     error // of Invitation and OpenPage
	refuse  error // of Start
	starts  []string
	visible []bool
	did     []string // at the door
	pages   []*fakePage
	open    int
	asked   []string // codes

	fleeting bool // all changes are
}

func (f *fakeParties) Invitation(_ context.Context, code, _ string, _ netip.Addr) (party.Invitation, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, code)
	return f.inv, f.err
}

func (f *fakeParties) Game(context.Context, string, string, netip.Addr) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return string(f.inv.Game), f.err
}

func (f *fakeParties) Notice(ctx context.Context, code string, from netip.Addr) (Notice, error) {
	inv, err := f.Invitation(ctx, code, "", from)
	same := func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return reflect.DeepEqual(inv, f.inv)
	}
	current := func() bool { return f.fleeting || same() }
	return Notice{inv, current, same, inv.Expires}, err
}

func (f *fakeParties) Start(_ context.Context, _, browser string, _ netip.Addr) (Started, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.starts = append(f.starts, browser)
	return Started{Ticket: "tIcKeT123"}, f.refuse
}

func (f *fakeParties) OpenPage(_ context.Context, _, _ string, _ netip.Addr) (Page, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return nil, f.err
	}
	p := &fakePage{f: f, updates: make(chan *party.Invitation, 8)}
	p.updates <- new(f.inv)
	f.pages = append(f.pages, p)
	f.open++
	return p, nil
}

// show changes the invitation and tells every open page.
func (f *fakeParties) show(change func(*party.Invitation)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.inv)
	now := new(f.inv)
	for _, p := range f.pages {
		p.updates <- now
	}
}

func (f *fakeParties) seen() (starts []string, visible []bool, open int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append(starts, f.starts...), append(visible, f.visible...), f.open
}

type fakePage struct {
	f       *fakeParties
	updates chan *party.Invitation
}

func (p *fakePage) Updates() <-chan *party.Invitation { return p.updates }

func (p *fakePage) Visible(v bool) {
	p.f.mu.Lock()
	defer p.f.mu.Unlock()
	p.f.visible = append(p.f.visible, v)
}

func (p *fakePage) Queue()     { p.f.do("queue") }
func (p *fakePage) Ask()       { p.f.do("ask") }
func (p *fakePage) LeaveLine() { p.f.do("leave") }

func (f *fakeParties) do(what string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.did = append(f.did, what)
}

func (f *fakeParties) done() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.did)
}

func (p *fakePage) Close() {
	p.f.mu.Lock()
	defer p.f.mu.Unlock()
	p.f.open--
}

// fakeGames is one game with pictures.
type fakeGames struct {
	game game.Game
	art  map[string]game.Picture
	hear *[]func()
}

func (g fakeGames) Get(id string) (game.Game, bool) { return g.game, id == g.game.ID }

func (g fakeGames) Art(id, name string) (game.Picture, bool) {
	p, ok := g.art[name]
	return p, ok && id == g.game.ID
}

func (g fakeGames) OnChange(fn func()) { *g.hear = append(*g.hear, fn) }

// changed says that a game has changed.
func (g fakeGames) changed() {
	for _, fn := range *g.hear {
		fn()
	}
}

var (
	meadowCover = paint(color.RGBA{0x2a, 0x6f, 0x55, 0xff})
	ruins       = paint(color.RGBA{0x80, 0x60, 0x40, 0xff})
)

func meadow() fakeGames {
	return fakeGames{
		game: game.Game{
			ID: "meadow", Name: "Meadow Run", Background: "#14342c", Accent: "#f4a261", Active: true,
			Launch: game.Launch{Web: "https://play.meadow.example/run?lang=en#intro=1"},
		},
		art:  map[string]game.Picture{game.CoverName: meadowCover, "ruins": ruins},
		hear: new([]func()),
	}
}

func paint(c color.Color) game.Picture {
	m := image.NewRGBA(image.Rect(0, 0, 120, 60))
	draw.Draw(m, m.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return game.Picture{Type: "image/png", Width: 120, Height: 60, Hash: fingerprint(b.Bytes()), Data: b.Bytes()}
}

// lively is an invitation of a party in which something is going on.
func lively() party.Invitation {
	return party.Invitation{
		Game: "meadow", Invite: "iabc", Revision: 7, Size: 8, Taken: 4,
		Inviter: party.Person{Name: "FriendlyAlpaca", Face: 7919},
		Message: "We are two short for the old gate. Come and help!",
		Members: []party.PublicMember{
			{Person: party.Person{Name: "FriendlyAlpaca", Face: 7919}, Leader: true, State: party.In, Presence: party.Connected},
			{Person: party.Person{Name: "BraveOtter", Face: 31676}, State: party.Loads, Presence: party.Connected,
				Loading: &party.Loading{Phase: "downloading", Progress: new(0.42)}},
			{Person: party.Person{Name: "QuietLynx", Face: 118785}, State: party.In, Presence: party.Reconnecting},
		},
		Held: []party.Person{{Name: "SunnyHeron", Face: 55433}},
		Landing: []party.Field{
			{ID: "title", Value: "Level 3: The Ruins"},
			{ID: "description", Value: "The gate needs two on the plates while a third runs through."},
			{ID: "difficulty", Label: "Difficulty", Value: "Hard"},
			{ID: "lanterns", Label: "Lanterns", Value: "4 of 9"},
			{ID: "partySize", Value: "3"}, {ID: "partyMaxSize", Value: "6"},
		},
		Expires: party.Time(1_795_500_000_000),
	}
}

// dead is what the host tells about a link that cannot be used.
func dead(code party.Code) party.Invitation {
	inv := party.Invitation{Problem: code, Game: "meadow", Invite: "iabc", Revision: 8}
	if code == party.NotFound {
		inv.Game, inv.Invite = "", ""
	}
	if code == party.Full {
		inv = lively()
		inv.Problem, inv.Size = party.Full, inv.Taken
	}
	return inv
}

type setup struct {
	parties *fakeParties
	games   fakeGames
	server  *Server
	mux     *http.ServeMux
	log     bytes.Buffer
	opts    Options
}

// newSetup makes a server over fakes. Change o in with to change its options.
func newSetup(t testing.TB, inv party.Invitation, with ...func(*Options)) *setup {
	t.Helper()
	x := &setup{parties: &fakeParties{inv: inv}, games: meadow(), mux: http.NewServeMux()}
	x.opts = Options{
		PublicURL:  &url.URL{Scheme: "https", Host: testHost},
		Contact:    "arcade@example.org",
		ClientAddr: func(*http.Request) netip.Addr { return netip.MustParseAddr("192.0.2.7") },
		AllowStart: func(string, netip.Addr) (bool, time.Duration) { return true, 0 },
		AllowPage:  func(string, netip.Addr) (func(), bool) { return func() {}, true },
		Whole:      func(*http.Request, string, []byte, []byte) bool { return false },
		Logger:     slog.New(slog.NewTextHandler(&x.log, nil)),
	}
	for _, f := range with {
		f(&x.opts)
	}
	x.server = New(x.parties, x.games, x.opts)
	x.server.Register(x.mux)
	return x
}

// do sends a request as a browser on the page's own host would.
func (x *setup) do(method, path string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "https://"+testHost+path, nil)
	for _, f := range change {
		f(r)
	}
	w := httptest.NewRecorder()
	x.server.FromMemory(x.mux).ServeHTTP(w, r)
	return w
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

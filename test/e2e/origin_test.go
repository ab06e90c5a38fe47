package e2e

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	"partykit/examples/demo"
	"partykit/test/browser"
)

// TestTheGameOnAnotherOrigin has the game where real games are: on another
// host name and port, with a strict policy of its own.
func TestTheGameOnAnotherOrigin(t *testing.T) {
	s := dev(t)
	game := serveGame(t, s.url)
	s.cli("game", "set", "demo", "--url", game+"/play/", "--origin", game)
	tellStory(t, newPeople(t), game+"/play/")
}

// serveGame serves the demo game from an address of its own.
func serveGame(t *testing.T, server string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Fatal(err)
	}
	web := &httptest.Server{Listener: l, Config: &http.Server{Handler: demo.Handler(demo.Options{ServerURL: server})}}
	web.Start()
	t.Cleanup(web.Close)
	return web.URL
}

// TestBehindATLSProxy has the server as operators run it: `serve`, plain HTTP
// behind a proxy that speaks TLS, under its public address.
func TestBehindATLSProxy(t *testing.T) {
	s := prepare(t)
	back, err := url.Parse("http://" + s.addr)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewUnstartedServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(back)
		r.SetXForwarded()
		r.Out.Host = r.In.Host
	}})
	proxy.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	proxy.StartTLS()
	t.Cleanup(proxy.Close)
	_, port, _ := net.SplitHostPort(proxy.Listener.Addr().String())
	public := fmt.Sprintf("https://localhost:%s", port)

	s.args = []string{"serve", "--listen", s.addr, "--data", s.data, "--public-url", public, "--trusted-proxy", "127.0.0.0/8"}
	s.start()
	game := serveTLSGame(t, public)
	s.cli("game", "add", "demo", "--name", "Lamplighters", "--url", game+"/play/", "--origin", game)
	s.cli("game", "activate", "demo")
	tellStory(t, newPeople(t), game+"/play/")
}

func serveTLSGame(t *testing.T, server string) string {
	t.Helper()
	web := httptest.NewUnstartedServer(demo.Handler(demo.Options{ServerURL: server}))
	web.StartTLS()
	t.Cleanup(web.Close)
	_, port, _ := net.SplitHostPort(web.Listener.Addr().String())
	return "https://game.localhost:" + port
}

// TestTravelBetweenOrigins: two games of a studio, each where real ones are, at
// an address of its own. The ticket crosses; the order, the leader and the names
// are the same on the other side, and nothing else of the guest's is.
func TestTravelBetweenOrigins(t *testing.T) {
	s := dev(t)
	from, to := studioGame(t, s, "ruins"), studioGame(t, s, "moonfall")
	br := newPeople(t)
	a, b := br.friend("A", from), br.friend("B", from)
	for _, p := range []*tab{a, b} {
		p.Wait("the party", `window.kit?.party`)
	}
	link := browser.Eval[string](a.Tab, `kit.createInvite().then((invite) => invite.url)`)
	browser.Eval[bool](b.Tab, `kit.join("`+link+`").then(() => kit.finalizeInviteLoading(true)).then(() => true)`)
	const order = `kit.party.members.map((m) => m.name).join()`
	names, id := browser.Eval[string](b.Tab, order), browser.Eval[string](b.Tab, `kit.player.id`)

	way := browser.Eval[string](a.Tab, `kit.travel("moonfall").then((way) => way.url)`)
	b.Press(browser.OverlayText("button", "Come along"))
	b.Wait("the other game", `location.origin === "`+to+`" && window.kit?.party`)
	a.Go(way)
	for _, p := range []*tab{a, b} {
		p.Wait("both in the other game", `location.origin === "`+to+`" && !location.hash && window.kit?.party.members.length === 2`)
		p.Wait("the order and the leader", order+` === "`+names+`" && kit.party.members[0].leader`)
	}
	if one, other := browser.Eval[string](a.Tab, `kit.party.id`), browser.Eval[string](b.Tab, `kit.party.id`); one != other {
		t.Errorf("they arrived in two parties, %s and %s", one, other)
	}
	if there := browser.Eval[string](b.Tab, `kit.player.id`); there == id {
		t.Errorf("the other game knows the player by its id of the first, %s", id)
	}
}

// studioGame serves the smallest game there is from an origin of its own, and
// registers it in a studio.
func studioGame(t *testing.T, s *server, id string) string {
	t.Helper()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><title>%s</title><script type="module">
			import { PartyKit } from "%s/sdk/v1/partykit.js";
			window.kit = await PartyKit.start({ game: "%[1]s" });
		</script>`, id, s.url)
	}))
	t.Cleanup(web.Close)
	s.cli("game", "add", id, "--url", web.URL+"/", "--studio", "lamps", "--activate")
	return web.URL
}

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

package game

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLaunchURL(t *testing.T) {
	for web, want := range map[string]string{
		"https://a.example/":            "https://a.example/#partykit=T1",
		"https://a.example/?x=1":        "https://a.example/?x=1#partykit=T1",
		"https://a.example/#":           "https://a.example/#partykit=T1",
		"https://a.example/#/lobby?a=b": "https://a.example/#/lobby?a=b&partykit=T1",
		"https://a.example/#a=1&b=2":    "https://a.example/#a=1&b=2&partykit=T1",
	} {
		if got := (Game{Launch: Launch{Web: web}}).LaunchURL("T1"); got != want {
			t.Errorf("with %q: %q, want %q", web, got, want)
		}
	}
	if got := (Game{Launch: Launch{Web: "https://a.example/"}}).LaunchURL("a&b#c"); got != "https://a.example/#partykit=a%26b%23c" {
		t.Errorf("a hostile ticket is not escaped: %q", got)
	}
}

func TestValidate(t *testing.T) {
	good := demo()
	good.Studio, good.Background, good.Accent = "two-bears", "#102030", "#ffeedd"
	good.Origins = []string{"https://play.example.com", "http://localhost:5173"}
	good.Settings.PartySize = 4
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	many := make([]string, 33)
	for i := range many {
		many[i] = fmt.Sprintf("https://h%d.example", i)
	}
	for name, spoil := range map[string]func(*Game){
		"no id":              func(g *Game) { g.ID = "" },
		"capital":            func(g *Game) { g.ID = "Demo" },
		"subject in id":      func(g *Game) { g.ID = "a.b" },
		"wildcard":           func(g *Game) { g.ID = ">" },
		"dash first":         func(g *Game) { g.ID = "-a" },
		"underscore":         func(g *Game) { g.ID = "a_b" },
		"line break":         func(g *Game) { g.ID = "demo\n" },
		"41 characters":      func(g *Game) { g.ID = strings.Repeat("a", 41) },
		"no name":            func(g *Game) { g.Name = "" },
		"bidi name":          func(g *Game) { g.Name = "a\u202eb" },
		"two lines":          func(g *Game) { g.Name = "a\nb" },
		"long name":          func(g *Game) { g.Name = strings.Repeat("a", 65) },
		"studio":             func(g *Game) { g.Studio = "Two Bears" },
		"background":         func(g *Game) { g.Background = "red" },
		"css in a colour":    func(g *Game) { g.Accent = "#12345;" },
		"signed colour":      func(g *Game) { g.Accent = "#+12345" },
		"short colour":       func(g *Game) { g.Accent = "#123" },
		"no launch URL":      func(g *Game) { g.Launch.Web = "" },
		"bad launch URL":     func(g *Game) { g.Launch.Web = "javascript:alert(1)" },
		"origin with path":   func(g *Game) { g.Origins = []string{"https://a.example/x"} },
		"origin with slash":  func(g *Game) { g.Origins = []string{"https://a.example/"} },
		"origin in capitals": func(g *Game) { g.Origins = []string{"https://A.example"} },
		"every origin":       func(g *Game) { g.Origins = []string{"*"} },
		"opaque origin":      func(g *Game) { g.Origins = []string{"null"} },
		"33 origins":         func(g *Game) { g.Origins = many },
		"picture's name":     func(g *Game) { g.Art = map[string]Picture{"../x": {}} },
		"empty party":        func(g *Game) { g.Settings.PartySize = -1 },
		"huge party":         func(g *Game) { g.Settings.PartySize = 257 },
		"endless invite":     func(g *Game) { g.Settings.InviteExpiry = 31 * 24 * 3600e9 },
	} {
		bad := good
		spoil(&bad)
		if err := bad.Validate(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
	}
}

func TestLaunchTargets(t *testing.T) {
	for _, web := range []string{
		"https://play.example.com", "https://play.example.com:8443/a/b?c=d#e", "http://localhost:5173/", "http://game.localhost/",
		"http://127.0.0.1:8080/", "http://[::1]:8080/", "http://192.168.1.20:7700/play", "http://10.0.0.2/", "http://studio-pc.local/",
		"http://buildbox:3000/", "https://1.2.3.4/", "https://xn--bcher-kva.example/",
	} {
		g := demo()
		g.Launch.Web = web
		if err := g.Validate(); err != nil {
			t.Errorf("%q: %v", web, err)
		}
	}
	for _, web := range []string{
		"javascript:alert(1)", "JavaScript://a.example/%0aalert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://a.example/", "steam://run/1",
		"//a.example/", "/play", "play.example.com", "https:play.example.com", "https://", "https:///x", "https://:443/",
		"https://user@a.example/", "https://user:pw@a.example/", "https://@a.example/", "https://a.example\\@b.example/",
		"https://a.example\n.b.example/", "https://a.example/\tx", " https://a.example/", "https://a.example/\"onload", "https://a.example/<x>",
		"https://bücher.example/", "https://a..example/", "https://-a.example/", "https://a.example:0/", "https://a.example:99999/", "https://a.example:/",
		"http://play.example.com/", "http://8.8.8.8/", "http://[2001:4860::1]/", "http://localhost.example.com/", "http://127.0.0.1.example.com/",
		"https://a.example/#partykit=x", "https://a.example/#a=b&partykit=x", "https://a.example/" + strings.Repeat("a", maxURL),
	} {
		g := demo()
		g.Launch.Web = web
		if err := g.Validate(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q is accepted as a launch URL", web)
		}
	}
}

func TestParseOrigin(t *testing.T) {
	for in, want := range map[string]string{
		"https://Play.Example.com/":    "https://play.example.com",
		"https://play.example.com:443": "https://play.example.com",
		"http://localhost:80":          "http://localhost",
		"https://localhost:80":         "https://localhost:80",
		"http://[0:0::1]:5173":         "http://[::1]:5173",
		"HTTPS://a.example:8443":       "https://a.example:8443",
	} {
		if got, err := ParseOrigin(in); err != nil || got != want {
			t.Errorf("ParseOrigin(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"", "null", "*", "https://*.example.com", "https://a.example/x", "https://a.example?", "https://a.example#", "a.example", "http://a.example"} {
		if got, err := ParseOrigin(in); err == nil {
			t.Errorf("ParseOrigin(%q) = %q", in, got)
		}
	}
}

func TestIsLoopback(t *testing.T) {
	for origin, want := range map[string]bool{
		"http://localhost": true, "http://localhost:5173": true, "https://localhost:8443": true, "http://game.localhost:3000": true,
		"http://127.0.0.1:8080": true, "http://127.9.8.7": true, "http://[::1]:1": true,
		"": false, "null": false, "http://localhost/": false, "localhost": false, "http://LOCALHOST": false,
		"http://localhost.evil.example": false, "https://localhost.evil.example": false, "https://evil-localhost": false,
		"http://192.168.1.2": false, "http://0.0.0.0": false, "http://[::]": false, "https://127.0.0.1.evil.example": false,
		"file://": false, "http://user@localhost": false,
	} {
		if got := IsLoopback(origin); got != want {
			t.Errorf("IsLoopback(%q) = %t", origin, got)
		}
	}
}

func TestAllowsOrigin(t *testing.T) {
	g := Game{Origins: []string{"https://play.example.com"}}
	for origin, want := range map[string]bool{
		"https://play.example.com": true, "https://play.example.com:443": false, "http://play.example.com": false,
		"https://play.example.com.evil.example": false, "https://evil.example": false, "null": false, "": false,
	} {
		if got := g.AllowsOrigin(origin); got != want {
			t.Errorf("AllowsOrigin(%q) = %t", origin, got)
		}
	}
}

func TestGameJSON(t *testing.T) {
	g := demo()
	g.Origins, g.Active = []string{"https://play.example.com"}, true
	g.Art = map[string]Picture{"cover": {Type: "image/png", Width: 2, Height: 1, Hash: "ab", Data: []byte("not written")}}
	g.Settings = Settings{PartySize: 4, InviteExpiry: 3600e9}
	b, err := json.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"id":"demo","name":"Two Keys","launch":{"web":"https://play.example.com/two/?v=1"},"origins":["https://play.example.com"],` +
		`"active":true,"art":{"cover":{"type":"image/png","width":2,"height":1,"hash":"ab"}},"settings":{"invite_expiry":"1h0m0s","party_size":"4"}}`
	if string(b) != want {
		t.Errorf("written as %s\nwant       %s", b, want)
	}
	var back Game
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	g.Art["cover"] = Picture{Type: "image/png", Width: 2, Height: 1, Hash: "ab"}
	if diff := cmp.Diff(g, back); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

func FuzzParseOrigin(f *testing.F) {
	for _, s := range []string{"https://a.example", "http://[::1]:80/", "http://localhost", "https://a@b", "https://a:65535", "http://[fe80::1%25eth0]/", "https://a.example:443?"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		origin, err := ParseOrigin(s)
		if err != nil {
			return
		}
		if again, err := ParseOrigin(origin); err != nil || again != origin {
			t.Fatalf("ParseOrigin(%q) = %q, again %q, %v", s, origin, again, err)
		}
		g := demo()
		g.Origins = []string{origin}
		if err := g.Validate(); err != nil {
			t.Fatalf("ParseOrigin(%q) = %q, which a game cannot have: %v", s, origin, err)
		}
		if strings.ContainsAny(origin, " \r\n\t,;'\"@\\?#*") {
			t.Fatalf("ParseOrigin(%q) = %q, which could break out of a header", s, origin)
		}
	})
}

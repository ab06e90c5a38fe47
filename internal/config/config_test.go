package config

import (
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
)

// grammar is the part of the command line that has to do with options.
type grammar struct {
	Config
	Dev   Dev    `cmd:""`
	Serve Server `cmd:""`
	Game  struct {
		Data
		ID string `arg:""`
	} `cmd:""`
}

type parsed struct {
	grammar
	ctx    *kong.Context
	source *Source
}

// parse reads a command line in an empty environment, but for what the test
// has set since.
func parse(t *testing.T, args ...string) (*parsed, error) {
	t.Helper()
	p := &parsed{source: NewSource()}
	k, err := kong.New(&p.grammar, append(p.source.Options(), kong.Name("partykit"), kong.Writers(io.Discard, io.Discard))...)
	if err != nil {
		t.Fatal(err)
	}
	p.ctx, err = k.Parse(args)
	return p, err
}

func clearEnv(t *testing.T) {
	t.Helper()
	for _, e := range os.Environ() {
		if name, _, _ := strings.Cut(e, "="); strings.HasPrefix(name, "PARTYKIT_") {
			t.Setenv(name, "")
			os.Unsetenv(name)
		}
	}
	t.Setenv("STATE_DIRECTORY", "/state/partykit")
}

func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "partykit.toml")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDefaults(t *testing.T) {
	clearEnv(t)
	serve, err := parse(t, "serve")
	if err != nil {
		t.Fatal(err)
	}
	if err := serve.Serve.Complete(); err != nil {
		t.Fatal(err)
	}
	want := Server{Data: Data{"/state/partykit"}, Listen: ":7700", Durability: "strict", LogLevel: "info"}
	if diff := cmp.Diff(want, serve.Serve); diff != "" {
		t.Errorf("serve (-want +got):\n%s", diff)
	}
	for name, c := range map[string]struct {
		args   []string
		listen string
	}{
		"dev":               {[]string{"dev"}, "127.0.0.1:7700"},
		"lan":               {[]string{"dev", "--lan"}, ":7700"},
		"lan, another port": {[]string{"dev", "--lan", "--listen", ":8080"}, ":8080"},
		"other port":        {[]string{"dev", "--listen=127.0.0.1:0"}, "127.0.0.1:0"},
	} {
		dev, err := parse(t, c.args...)
		if err != nil {
			t.Fatal(err)
		}
		if err := dev.Dev.Complete(); err != nil || dev.Dev.Listen != c.listen || dev.Dev.Data.Data != "partykit-data" {
			t.Errorf("%s: listens on %s with data in %s, %v", name, dev.Dev.Listen, dev.Dev.Data.Data, err)
		}
	}
}

func TestWhoWins(t *testing.T) {
	clearEnv(t)
	path := file(t, `
listen = "file:1"
contact = "file"
durability = "relaxed"
trusted-proxy = ["10.0.0.0/8", "192.0.2.1"]
lan = true
`)
	t.Setenv("PARTYKIT_CONTACT", "environment")
	t.Setenv("PARTYKIT_LISTEN", "environment:2")
	p, err := parse(t, "dev", "--listen", "flag:3", "--config", path)
	if err != nil {
		t.Fatal(err)
	}
	d := p.Dev
	got := []string{d.Listen, d.Contact, d.Durability, d.LogLevel}
	if diff := cmp.Diff([]string{"flag:3", "environment", "relaxed", "info"}, got); diff != "" || !d.LAN {
		t.Errorf("flag, environment, file, default (-want +got):\n%s", diff)
	}
	proxies := d.Proxies()
	if len(proxies) != 2 || proxies[0] != netip.MustParsePrefix("10.0.0.0/8") || proxies[1] != netip.MustParsePrefix("192.0.2.1/32") {
		t.Errorf("trusted proxies %v", proxies)
	}
	var b strings.Builder
	if err := p.source.Show(&b, p.ctx); err != nil {
		t.Fatal(err)
	}
	want := `data           (none)                   default
listen         flag:3                   --listen
public-url     (none)                   default
tls-cert       (none)                   default
tls-key        (none)                   default
trusted-proxy  10.0.0.0/8,192.0.2.1/32  FILE
durability     relaxed                  FILE
contact        environment              PARTYKIT_CONTACT
log-level      info                     default
lan            true                     FILE
`
	if diff := cmp.Diff(want, strings.ReplaceAll(b.String(), path, "FILE")); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
}

func TestConfigFromTheEnvironment(t *testing.T) {
	clearEnv(t)
	t.Setenv("PARTYKIT_CONFIG", file(t, `contact = "from the file"`))
	p, err := parse(t, "serve")
	if err != nil || p.Serve.Contact != "from the file" {
		t.Errorf("contact %q, %v", p.Serve.Contact, err)
	}
	t.Setenv("PARTYKIT_TRUSTED_PROXY", "10.0.0.0/8,fd00::/8")
	if p, err = parse(t, "serve"); err != nil || len(p.Serve.TrustedProxy) != 2 {
		t.Errorf("trusted proxies %v, %v", p.Serve.TrustedProxy, err)
	}
}

func TestFileIsForEveryCommand(t *testing.T) {
	clearEnv(t)
	path := file(t, "listen = \":1\"\nlan = true\ndata = \"/from/file\"\n")
	p, err := parse(t, "game", "demo", "--config", path)
	if err != nil || p.Game.Folder() != "/from/file" {
		t.Errorf("folder %q, %v", p.Game.Folder(), err)
	}
}

func TestRefusedFiles(t *testing.T) {
	clearEnv(t)
	for content, want := range map[string]string{
		"lisen = \":1\"":                           `there is no option "lisen"; there are contact, data, durability, lan, listen`,
		"config = \"x\"":                           `there is no option "config"`,
		"help = true":                              `there is no option "help"`,
		"[serve]\nlisten = \":1\"":                 `there is no option "serve"`,
		"a = 1\nlisten = !":                        "line 2",
		"listen = 7700":                            "listen cannot be 7700",
		"listen = [\":1\"]":                        "listen cannot be",
		"trusted-proxy = [1]":                      "trusted-proxy cannot be",
		"trusted-proxy = [\"everybody\"]":          `"everybody" is not an address`,
		"durability = \"none\"":                    `must be one of "strict","relaxed"`,
		"listen = \":1\"\nlisten = \":2\"\n":       "line 2",
		"trusted-proxy = [\"::ffff:1.2.3.4/120\"]": "is not an address or a network",
	} {
		if _, err := parse(t, "serve", "--config", file(t, content)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", content, err, want)
		}
	}
	if _, err := parse(t, "serve", "--config", "/does/not/exist.toml"); err == nil || !strings.Contains(err.Error(), "there is no file /does/not/exist.toml") {
		t.Errorf("without the file: %v", err)
	}
}

func TestRefusedOptions(t *testing.T) {
	clearEnv(t)
	for line, want := range map[string]string{
		"serve --listen 7700":                               "is not HOST:PORT",
		"serve --listen :http":                              "is not HOST:PORT",
		"serve --listen :70000":                             "is not HOST:PORT",
		"serve --listen ::1":                                "is not HOST:PORT",
		"serve --tls-cert /x.pem":                           "belong together",
		"serve --tls-key /x.pem":                            "belong together",
		"serve --public-url party.example.com":              "--public-url is scheme and host",
		"serve --public-url https://party.example.com/kit":  "must end after host and port",
		"serve --public-url http://party.example.com":       "must be https",
		"serve --public-url https://user@party.example.com": "user name",
		"serve --contact " + strings.Repeat("a", 201):       "too long",
		"dev --lan --listen 127.0.0.1:7700":                 "--lan listens on every address",
		"dev --lan --listen 192.168.1.5:7700":               "--lan listens on every address",
	} {
		p, err := parse(t, strings.Fields(line)...)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if strings.HasPrefix(line, "dev") {
			err = p.Dev.Complete()
		} else {
			err = p.Serve.Complete()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
	}
	for _, line := range []string{"serve --durability none", "serve --log-level loud", "serve --trusted-proxy 10.0.0.0/33", "serve --lan"} {
		if _, err := parse(t, strings.Fields(line)...); err == nil {
			t.Errorf("%s is accepted", line)
		}
	}
}

func TestCompleteCleans(t *testing.T) {
	s := Server{PublicURL: "https://Party.Example.com:443/", Contact: " Ada \u202e<ada@example.com>\n"}
	if err := s.Complete(); err != nil || s.PublicURL != "https://party.example.com" || s.Contact != "Ada <ada@example.com>" {
		t.Errorf("%q, %q, %v", s.PublicURL, s.Contact, err)
	}
}

func TestURL(t *testing.T) {
	for name, c := range map[string]struct {
		s         Server
		listening string
		want      string
	}{
		"configured":    {Server{PublicURL: "https://party.example.com"}, "0.0.0.0:7700", "https://party.example.com"},
		"loopback":      {Server{}, "127.0.0.1:7700", "http://localhost:7700"},
		"every address": {Server{}, "[::]:41234", "http://localhost:41234"},
		"one address":   {Server{}, "192.168.1.5:7700", "http://192.168.1.5:7700"},
		"mapped":        {Server{}, "[::ffff:192.168.1.5]:7700", "http://192.168.1.5:7700"},
		"IPv6":          {Server{}, "[2001:db8::1]:7700", "http://[2001:db8::1]:7700"},
		"HTTPS":         {Server{TLSCert: "c", TLSKey: "k"}, "127.0.0.1:443", "https://localhost"},
		"port 80":       {Server{}, "127.0.0.1:80", "http://localhost"},
		"HTTPS on 80":   {Server{TLSCert: "c", TLSKey: "k"}, "127.0.0.1:80", "https://localhost:80"},
	} {
		if got := c.s.URL(netip.MustParseAddrPort(c.listening)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestWarnings(t *testing.T) {
	tls := Server{TLSCert: "c", TLSKey: "k"}
	for name, c := range map[string]struct {
		s    Server
		want string
	}{
		"nobody can open the links": {Server{Listen: ":7700"}, "without --public-url"},
		"only this machine":         {Server{Listen: "127.0.0.1:7700"}, ""},
		"only this machine by name": {Server{Listen: "localhost:7700"}, ""},
		"plain behind nothing":      {Server{Listen: ":7700", PublicURL: "https://a.example"}, "serves plain HTTP"},
		"plain behind a proxy":      {Server{Listen: ":7700", PublicURL: "https://a.example", TrustedProxy: []Network{{}}}, ""},
		"HTTPS":                     {Server{Listen: ":443", PublicURL: "https://a.example", TLSCert: tls.TLSCert}, ""},
		"HTTPS, links are not":      {Server{Listen: ":443", PublicURL: "http://localhost", TLSCert: tls.TLSCert}, "begins with http://"},
	} {
		got := strings.Join(c.s.Warnings(), "\n")
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestSecretsAreHidden(t *testing.T) {
	clearEnv(t)
	var cli struct {
		Config
		Key   string `name:"key" env:"PARTYKIT_KEY" secret:""`
		Other string `name:"other" env:"PARTYKIT_OTHER" secret:""`
	}
	source := NewSource()
	k, err := kong.New(&cli, source.Options()...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, err := k.Parse([]string{"--key", "hunter2"})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := source.Show(&b, ctx); err != nil {
		t.Fatal(err)
	}
	if want := "key    (hidden)  --key\nother  (none)    default\n"; b.String() != want {
		t.Errorf("shown:\n%s\nwant:\n%s", b.String(), want)
	}
}

func TestDataFolder(t *testing.T) {
	for name, c := range map[string]struct {
		system string
		uid    int
		env    map[string]string
		want   string
	}{
		"systemd":          {"linux", 0, map[string]string{"STATE_DIRECTORY": "/var/lib/a:/var/lib/b"}, "/var/lib/a"},
		"root":             {"linux", 0, map[string]string{"HOME": "/root"}, "/var/lib/partykit"},
		"user":             {"linux", 1000, map[string]string{"HOME": "/home/ada"}, "/home/ada/.local/state/partykit"},
		"user with a wish": {"linux", 1000, map[string]string{"HOME": "/home/ada", "XDG_STATE_HOME": "/s"}, "/s/partykit"},
		"mac":              {"darwin", 501, map[string]string{"HOME": "/Users/ada"}, "/Users/ada/Library/Application Support/PartyKit"},
		"windows":          {"windows", -1, map[string]string{"ProgramData": `/ProgramData`}, "/ProgramData/PartyKit"},
		"nothing known":    {"linux", 1000, nil, "partykit-data"},
	} {
		if got := dataFolder(c.system, c.uid, func(k string) string { return c.env[k] }); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestFolder(t *testing.T) {
	clearEnv(t)
	t.Chdir(t.TempDir())
	if got := (Data{}).Folder(); got != "/state/partykit" {
		t.Errorf("with nothing here: %s", got)
	}
	if err := os.Mkdir(DevData, 0o700); err != nil {
		t.Fatal(err)
	}
	if got := (Data{}).Folder(); got != DevData {
		t.Errorf("beside dev's data: %s", got)
	}
	if got := (Data{"/given"}).Folder(); got != "/given" {
		t.Errorf("given: %s", got)
	}
}

func TestLANURL(t *testing.T) {
	url, ok := new(Dev).LANURL(netip.MustParseAddrPort("[::]:7700"))
	addr, in := lanAddress()
	if ok != in || ok && url != "http://"+addr.String()+":7700" {
		t.Errorf("%q, %t; this machine is %s, %t", url, ok, addr, in)
	}
	if in && !addr.IsPrivate() {
		t.Errorf("%s is not in a local network", addr)
	}
}

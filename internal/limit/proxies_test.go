package limit

import (
	"net/netip"
	"testing"
)

func TestClient(t *testing.T) {
	proxies := Proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("fd00::/8")}
	for name, c := range map[string]struct {
		proxies   Proxies
		remote    string
		forwarded []string
		want      string
	}{
		"direct":                     {proxies, "203.0.113.7:1234", nil, "203.0.113.7"},
		"a liar without a proxy":     {proxies, "203.0.113.7:1234", []string{"1.1.1.1"}, "203.0.113.7"},
		"nobody is trusted":          {nil, "10.0.0.1:1", []string{"1.1.1.1"}, "10.0.0.1"},
		"one proxy":                  {proxies, "10.0.0.1:1", []string{"198.51.100.2"}, "198.51.100.2"},
		"a liar behind a proxy":      {proxies, "10.0.0.1:1", []string{"1.1.1.1, 198.51.100.2"}, "198.51.100.2"},
		"a liar with another header": {proxies, "10.0.0.1:1", []string{"1.1.1.1", "198.51.100.2"}, "198.51.100.2"},
		"claims to be a proxy":       {proxies, "10.0.0.1:1", []string{"1.1.1.1, 10.9.9.9, 198.51.100.2"}, "198.51.100.2"},
		"two proxies":                {proxies, "127.0.0.1:1", []string{"198.51.100.2,10.0.0.1"}, "198.51.100.2"},
		"two headers":                {proxies, "127.0.0.1:1", []string{"198.51.100.2", "10.0.0.1"}, "198.51.100.2"},
		"only proxies":               {proxies, "127.0.0.1:1", []string{"10.0.0.2, 10.0.0.1"}, "10.0.0.2"},
		"no header":                  {proxies, "10.0.0.1:1", nil, "10.0.0.1"},
		"an empty header":            {proxies, "10.0.0.1:1", []string{""}, "10.0.0.1"},
		"nonsense":                   {proxies, "10.0.0.1:1", []string{"unknown"}, "10.0.0.1"},
		"nonsense in the middle":     {proxies, "127.0.0.1:1", []string{"1.1.1.1, _hidden, 10.0.0.1"}, "10.0.0.1"},
		"a comma too many":           {proxies, "10.0.0.1:1", []string{"1.1.1.1,"}, "10.0.0.1"},
		"with ports":                 {proxies, "10.0.0.1:1", []string{"198.51.100.2:4711"}, "198.51.100.2"},
		"IPv6":                       {proxies, "[fd00::1]:1", []string{"2001:db8::5"}, "2001:db8::5"},
		"IPv6 in brackets":           {proxies, "[fd00::1]:1", []string{"[2001:db8::5]"}, "2001:db8::5"},
		"IPv6 with a port":           {proxies, "[fd00::1]:1", []string{"[2001:db8::5]:80"}, "2001:db8::5"},
		"IPv4 written as IPv6":       {proxies, "[::ffff:10.0.0.1]:1", []string{"::ffff:198.51.100.2"}, "198.51.100.2"},
		"white space":                {proxies, "10.0.0.1:1", []string{"1.1.1.1 ,\t198.51.100.2 "}, "198.51.100.2"},
	} {
		got, ok := c.proxies.Client(c.remote, c.forwarded)
		if !ok || got != netip.MustParseAddr(c.want) {
			t.Errorf("%s: %s, %t; want %s", name, got, ok, c.want)
		}
	}
	for _, remote := range []string{"", "@", "/run/partykit.sock", "localhost:80"} {
		if got, ok := proxies.Client(remote, []string{"1.1.1.1"}); ok {
			t.Errorf("from %q: %s", remote, got)
		}
	}
}

func FuzzClient(f *testing.F) {
	proxies := Proxies{netip.MustParsePrefix("10.0.0.0/8")}
	f.Add("10.0.0.1:1", "1.1.1.1, 10.0.0.2", "[::1]:5")
	f.Add("[fe80::1%x]:1", ",,", "")
	f.Fuzz(func(t *testing.T, remote, first, second string) {
		got, ok := proxies.Client(remote, []string{first, second})
		if ok != got.IsValid() {
			t.Fatalf("%s, %t", got, ok)
		}
		if !ok {
			return
		}
		if got.Zone() != "" || got.Is4In6() || !HomeOf(got).IsValid() {
			t.Fatalf("%s is not in its one form", got)
		}
		if direct, _ := parse(remote); !proxies.trusts(direct) && got != direct {
			t.Fatalf("%s is not trusted, but its word makes it %s", direct, got)
		}
	})
}

package limit

import (
	"net/netip"
	"testing"
	"unsafe"
)

func TestHomeOf(t *testing.T) {
	for in, want := range map[string]string{
		"203.0.113.7":          "203.0.113.7/32",
		"0.0.0.0":              "0.0.0.0/32",
		"::ffff:203.0.113.7":   "203.0.113.7/32",
		"::ffff:203.0.113.7%x": "203.0.113.7/32",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff::":  "2001:db8:1:2::/64",
		"fe80::1%eth0":         "fe80::/64",
		"::1":                  "::/64",
		"::":                   "::/64",
	} {
		if got := HomeOf(netip.MustParseAddr(in)); got.String() != want || !got.IsValid() {
			t.Errorf("HomeOf(%s) = %s, want %s", in, got, want)
		}
	}
	if got := HomeOf(netip.Addr{}); got.IsValid() || got.Prefix().IsValid() || got.String() != "" {
		t.Errorf("no address has the home %s", got)
	}
	if home, visitor := unsafe.Sizeof(Home{}), unsafe.Sizeof(Visitor{}); home != 16 || visitor != 32 {
		t.Errorf("a home takes %d bytes, a visitor %d", home, visitor)
	}
}

// A home is the prefix that netip knows, and two are equal exactly where their
// prefixes are.
func FuzzHome(f *testing.F) {
	seeds := []netip.Addr{
		{}, netip.MustParseAddr("0.0.0.0"), netip.MustParseAddr("0.0.0.1"), netip.MustParseAddr("203.0.113.7"),
		netip.MustParseAddr("::"), netip.MustParseAddr("::1"), netip.MustParseAddr("::ffff:0.0.0.1"),
		netip.MustParseAddr("::203.0.113.7"), netip.MustParseAddr("::ffff:203.0.113.7"), netip.MustParseAddr("0:0:cb00:7107::"),
		netip.MustParseAddr("2001:db8:1:2::1"), netip.MustParseAddr("2001:db8:1:2:ffff::"), netip.MustParseAddr("2001:db8:1:3::1"),
	}
	for _, a := range seeds {
		for _, b := range seeds {
			f.Add(a.AsSlice(), b.AsSlice(), "")
			f.Add(a.AsSlice(), b.AsSlice(), "eth0")
		}
	}
	f.Fuzz(func(t *testing.T, one, other []byte, zone string) {
		a, _ := netip.AddrFromSlice(one)
		b, _ := netip.AddrFromSlice(other)
		a = a.WithZone(zone)
		home, prefix := HomeOf(a), prefixOf(a)
		if home.Prefix() != prefix || home.IsValid() != prefix.IsValid() {
			t.Fatalf("HomeOf(%s) is %s, want %s", a, home.Prefix(), prefix)
		}
		if text, _ := prefix.MarshalText(); home.String() != string(text) {
			t.Fatalf("%s is written %q", prefix, home)
		}
		if same := home == HomeOf(b); same != (prefix == prefixOf(b)) {
			t.Fatalf("%s and %s have one home: %t", a, b, same)
		}
	})
}

// prefixOf is the network that is the home of an address.
func prefixOf(addr netip.Addr) netip.Prefix {
	addr = addr.Unmap()
	prefix, _ := addr.Prefix(min(64, addr.BitLen()))
	return prefix
}

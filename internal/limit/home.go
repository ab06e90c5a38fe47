package limit

import (
	"encoding/binary"
	"net/netip"
)

// Home is whom to limit instead of a single address: an IPv4 address by itself,
// of an IPv6 address the /64 it is in, because that is what one home or server
// is given. Those of two addresses are equal where they are limited together.
// The zero home is none. It takes 16 bytes, for every connection keeps it.
type Home struct {
	net  uint64 // the bits of the network, as a number
	bits uint8  // how many they are: 32 of IPv4, 64 of IPv6
}

// HomeOf returns the home an address is in. An IPv4 address written as IPv6 is
// the IPv4 address; zones are left out. The invalid address has none.
func HomeOf(addr netip.Addr) Home {
	switch addr = addr.Unmap(); {
	case addr.Is4():
		a := addr.As4()
		return Home{uint64(binary.BigEndian.Uint32(a[:])), 32}
	case addr.Is6():
		a := addr.As16()
		return Home{binary.BigEndian.Uint64(a[:]), 64}
	}
	return Home{}
}

// IsValid reports whether there is a home.
func (h Home) IsValid() bool { return h != Home{} }

// Prefix returns the network that the home is; of none the invalid prefix.
func (h Home) Prefix() netip.Prefix {
	switch h.bits {
	case 32:
		var a [4]byte
		binary.BigEndian.PutUint32(a[:], uint32(h.net))
		return netip.PrefixFrom(netip.AddrFrom4(a), 32)
	case 64:
		var a [16]byte
		binary.BigEndian.PutUint64(a[:], h.net)
		return netip.PrefixFrom(netip.AddrFrom16(a), 64)
	}
	return netip.Prefix{}
}

// String returns the home in CIDR notation, as "192.0.2.1/32" or
// "2001:db8::/64"; of none "".
func (h Home) String() string {
	if !h.IsValid() {
		return ""
	}
	return h.Prefix().String()
}

// Visitor is a home at a game: what one game's players do at an address takes
// nothing from another's.
type Visitor struct {
	Game string
	Home Home
}

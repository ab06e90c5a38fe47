package limit

import (
	"net/netip"
	"strings"
)

// Proxies are the networks of reverse proxies that are trusted to say for whom
// they ask.
type Proxies []netip.Prefix

// Client returns the address of the client behind a request: of remote, the
// connection's other end, and of forwarded, the values of the request's
// X-Forwarded-For headers in their order. Every proxy appends the address it
// was asked from, so the list is read from its end, and only as long as what
// wrote it is trusted: the first address that is no trusted proxy is the
// client. Where an entry cannot be read, the proxy that wrote it stands for its
// client. Without trusted proxies the headers mean nothing.
//
// It reports false when remote is not an address, as that of a Unix socket.
func (p Proxies) Client(remote string, forwarded []string) (client netip.Addr, ok bool) {
	client, ok = parse(remote)
	if !ok {
		return netip.Addr{}, false
	}
	for i := len(forwarded) - 1; i >= 0; i-- {
		for rest := forwarded[i]; ; {
			if !p.trusts(client) {
				return client, true
			}
			cut := strings.LastIndexByte(rest, ',')
			hop, ok := parse(strings.Trim(rest[cut+1:], " \t"))
			if !ok {
				return client, true
			}
			client = hop
			if cut < 0 {
				break
			}
			rest = rest[:cut]
		}
	}
	return client, true
}

func (p Proxies) trusts(addr netip.Addr) bool {
	for _, network := range p {
		if network.Contains(addr) {
			return true
		}
	}
	return false
}

// parse reads an address with or without a port; IPv6 with a port is in
// brackets, without one it may be.
func parse(s string) (netip.Addr, bool) {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone(""), true
	}
	if inner, ok := strings.CutPrefix(s, "["); ok {
		s = strings.TrimSuffix(inner, "]")
	}
	addr, err := netip.ParseAddr(s)
	return addr.Unmap().WithZone(""), err == nil
}

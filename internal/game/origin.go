package game

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// ParseOrigin returns a web origin as browsers send it: scheme and host in
// lower case, the port unless it is the scheme's own, nothing after it. It
// accepts what people write, such as "https://Play.Example.com:443/". Plain
// http is for this machine and private networks only.
func ParseOrigin(s string) (string, error) {
	u, err := parseWeb(s)
	if err != nil {
		return "", fmt.Errorf("the origin %q %w", s, err)
	}
	if u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.ForceQuery || strings.Contains(s, "#") {
		return "", fmt.Errorf("the origin %q must end after host and port", s)
	}
	return canonical(u), nil
}

// originOf returns the origin of an address.
func originOf(address string) (string, error) {
	u, err := parseWeb(address)
	if err != nil {
		return "", err
	}
	return canonical(u), nil
}

// checkLaunch says what keeps an address from being a launch URL, in words that
// follow "the launch URL".
func checkLaunch(address string) error {
	if address == "" {
		return errors.New("is missing: give the web address at which the game starts")
	}
	if _, err := parseWeb(address); err != nil {
		return err
	}
	_, fragment, _ := strings.Cut(address, "#")
	for part := range strings.SplitSeq(fragment, "&") {
		if strings.HasPrefix(part, "partykit=") {
			return errors.New("must not have partykit= in its fragment: the ticket goes there")
		}
	}
	return nil
}

// hostShape is a DNS name in ASCII; an international name is written in its
// xn-- form, as browsers do.
var hostShape = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$`)

// parseWeb parses an absolute http or https address without credentials. Any
// other scheme is refused by this being the only list of what is allowed.
func parseWeb(s string) (*url.URL, error) {
	if len(s) > maxURL {
		return nil, fmt.Errorf("is longer than %d bytes", maxURL)
	}
	// Browsers drop tabs and line breaks inside an address and read \ as /;
	// what they would see differently is refused.
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' || r == '"' || r == '<' || r == '>' }) {
		return nil, errors.New("has characters that do not belong into an address")
	}
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return nil, errors.New("cannot be read as an address")
	case u.Scheme != "http" && u.Scheme != "https", u.Opaque != "", u.Host == "":
		return nil, errors.New("must begin with https:// and a host")
	case u.User != nil:
		return nil, errors.New("must not have a user name or password")
	}
	u.Host = strings.ToLower(u.Host)
	host := u.Hostname()
	if _, err := netip.ParseAddr(host); err != nil && !hostShape.MatchString(host) {
		return nil, errors.New("has a host that is not a name or an address (write an international name in its xn-- form)")
	}
	if strings.HasSuffix(u.Host, ":") {
		return nil, errors.New("has a colon without a port")
	}
	if p := u.Port(); p != "" {
		if n, err := strconv.Atoi(p); err != nil || n < 1 || n > 65535 || p[0] == '0' {
			return nil, errors.New("has a port that is not between 1 and 65535")
		}
	}
	if u.Scheme == "http" && !private(host) {
		return nil, errors.New("must be https: plain http is for this machine and private networks only")
	}
	return u, nil
}

func canonical(u *url.URL) string {
	host, port := u.Hostname(), u.Port()
	if addr, err := netip.ParseAddr(host); err == nil && addr.Is6() {
		host = "[" + addr.WithZone("").String() + "]"
	}
	if u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
		port = ""
	}
	if port != "" {
		host += ":" + port
	}
	return u.Scheme + "://" + host
}

// IsLoopback reports whether an origin is on this very machine: localhost and
// names below it, 127.0.0.0/8 and [::1]. A name that merely resolves there, as
// an attacker's can, is not.
func IsLoopback(origin string) bool {
	u, err := parseWeb(origin)
	return err == nil && canonical(u) == origin && loopback(u.Hostname())
}

func loopback(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap().IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// private reports whether a host is on this machine or in a private network,
// by its address or by a name that is never public.
func private(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		addr = addr.Unmap()
		return addr.IsLoopback() || addr.IsPrivate() || addr.IsLinkLocalUnicast()
	}
	return loopback(host) || strings.HasSuffix(host, ".local") || !strings.Contains(host, ".")
}

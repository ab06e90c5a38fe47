// Package outbound makes the requests that this server sends to addresses which
// others chose: a game's key set, a game's webhook. Such an address must never
// lead into the operator's own network, so the address that is dialled is
// checked, after its name was resolved, at every dial: no private, link-local,
// metadata, mapped or NAT64 address passes, however it was spelled and whatever
// a second answer of the name's server says. Redirects are not followed, no
// proxy of the environment is asked, and nothing waits for longer than its
// client's timeout.
package outbound

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"code.dny.dev/ssrf"
)

// MaxURL bounds an address, in bytes.
const MaxURL = 2048

// ErrURL marks an address that cannot be asked, with a reason in words.
var ErrURL = errors.New("not an address this server sends to")

// CheckURL says what is wrong with an address that a game's operator gave: it
// must be https, without credentials or fragment. Plain http is for a game
// server on this machine, and reached in dev only.
func CheckURL(address string) error {
	bad := func(why string) error { return fmt.Errorf("%w: %s", ErrURL, why) }
	if len(address) > MaxURL {
		return bad(fmt.Sprintf("it is longer than %d bytes", MaxURL))
	}
	u, err := url.Parse(address)
	switch {
	case err != nil || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' }):
		return bad("it cannot be read")
	case u.User != nil:
		return bad("it must not have a user name or password")
	case u.Hostname() == "" || u.Opaque != "":
		return bad("it must begin with https:// and a host")
	case strings.Contains(address, "#"):
		return bad("it must not have a fragment")
	case u.Scheme == "https", u.Scheme == "http" && loopback(u.Hostname()):
		return nil
	}
	return bad("it must begin with https:// (plain http is for this machine only)")
}

// Local reports whether an address that [CheckURL] takes is on this machine:
// only dev reaches it.
func Local(address string) bool {
	u, err := url.Parse(address)
	return err == nil && loopback(u.Hostname())
}

func loopback(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// Client returns a client that reaches public addresses only, and with
// allowLoopback, which is for dev, this machine as well. A redirect is returned
// as the answer it is.
func Client(timeout time.Duration, allowLoopback bool) *http.Client {
	options := []ssrf.Option{ssrf.WithAnyPort()}
	if allowLoopback {
		options = append(options,
			ssrf.WithAllowedV4Prefixes(netip.MustParsePrefix("127.0.0.0/8")),
			ssrf.WithAllowedV6Prefixes(netip.MustParsePrefix("::1/128")))
	}
	dialer := &net.Dialer{Timeout: timeout, Control: ssrf.New(options...).Safe}
	return &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			TLSHandshakeTimeout:    timeout,
			MaxResponseHeaderBytes: 16 << 10,
			MaxIdleConnsPerHost:    2,
			MaxConnsPerHost:        16,
			IdleConnTimeout:        30 * time.Second,
			ForceAttemptHTTP2:      true,
		},
	}
}

package outbound

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"code.dny.dev/ssrf"
)

func TestCheckURL(t *testing.T) {
	for _, good := range []string{
		"https://example.com/keys", "https://example.com:8443/a?b=c", "http://localhost:3000/keys",
		"http://127.0.0.1:3000/", "http://[::1]:80/", "http://game.localhost/",
	} {
		if err := CheckURL(good); err != nil {
			t.Errorf("%s is refused: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", "keys", "/keys", "ftp://example.com/", "file:///etc/passwd", "http://example.com/", "http://10.0.0.1/",
		"http://localhost.example.com/", "https://", "https://a:b@example.com/", "https://example.com/#x", "https://exa mple.com/",
		"https:example.com", "javascript:alert(1)", "https://example.com\\@evil.example/", "https://example.com/\n",
		"https://example.com/" + strings.Repeat("a", MaxURL),
	} {
		if err := CheckURL(bad); !errors.Is(err, ErrURL) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// Every way to spell an address inside a network is refused before a packet
// leaves.
func TestNoWayInside(t *testing.T) {
	for _, allowLoopback := range []bool{false, true} {
		c := Client(time.Minute, allowLoopback)
		for _, host := range []string{
			"10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1",
			"[fe80::1]", "[fd00::1]", "[fd00:ec2::254]", "[::ffff:10.0.0.1]", "[64:ff9b::a00:1]", "[2002:a00:1::]", "[::]",
		} {
			r, _ := http.NewRequestWithContext(t.Context(), "GET", "http://"+host+"/", nil)
			_, err := c.Do(r)
			if !errors.Is(err, ssrf.ErrProhibitedIP) {
				t.Errorf("loopback %v: %s is not refused as an address: %v", allowLoopback, host, err)
			}
		}
	}
}

func TestLoopbackIsForDev(t *testing.T) {
	var hits atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	defer server.Close()
	for _, address := range []string{server.URL, strings.Replace(server.URL, "127.0.0.1", "localhost", 1)} {
		if _, err := get(t.Context(), Client(time.Minute, false), address); !errors.Is(err, ssrf.ErrProhibitedIP) {
			t.Errorf("%s: %v", address, err)
		}
		if _, err := get(t.Context(), Client(time.Minute, true), address); err != nil {
			t.Errorf("in dev, %s: %v", address, err)
		}
	}
	if n := hits.Load(); n != 2 {
		t.Errorf("the server was reached %d times, want 2", n)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	var inner atomic.Int32
	secret := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { inner.Add(1) }))
	defer secret.Close()
	server := httptest.NewServer(http.RedirectHandler(secret.URL, http.StatusFound))
	defer server.Close()
	status, err := get(t.Context(), Client(time.Minute, true), server.URL)
	if err != nil || status != http.StatusFound || inner.Load() != 0 {
		t.Fatalf("status %d, %v, the target was asked %d times", status, err, inner.Load())
	}
}

func TestTheEnvironmentsProxyIsNotAsked(t *testing.T) {
	if p := Client(time.Minute, false).Transport.(*http.Transport).Proxy; p != nil {
		t.Fatal("requests go through a proxy, which would resolve names itself")
	}
}

func get(ctx context.Context, c *http.Client, address string) (int, error) {
	r, err := http.NewRequestWithContext(ctx, "GET", address, nil)
	if err != nil {
		return 0, err
	}
	response, err := c.Do(r)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	return response.StatusCode, nil
}

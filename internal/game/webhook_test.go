package game

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAWebhooksSecretsAreShownOnceAndStoredSealed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		r := open(t, m, Options{Sealer: letters{}})
		add(t, r, demo())
		g, first, err := r.SetWebhook(t.Context(), "demo", "https://backend.example/hook")
		if err != nil || !g.Webhook.On() || !g.Webhook.Since.Equal(time.Now()) {
			t.Fatalf("%+v, %v", g.Webhook, err)
		}
		if b, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(first, "whsec_")); err != nil || len(b) != 32 || len(first) == len(b) {
			t.Fatalf("the secret is %q", first)
		}
		if strings.Contains(string(m.records["game.demo"]), first) {
			t.Fatal("the secret is stored as it is")
		}
		time.Sleep(time.Hour)
		again, secret, err := r.SetWebhook(t.Context(), "demo", "https://backend.example/other")
		if err != nil || secret != "" || again.Webhook.URL != "https://backend.example/other" || !again.Webhook.Since.Equal(g.Webhook.Since) {
			t.Fatalf("another address: %+v, %q, %v", again.Webhook, secret, err)
		}
	})
}

func TestAWebhooksSecretsRotate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, newMemory(), Options{Sealer: letters{}})
		add(t, r, demo())
		if _, _, err := r.RotateWebhook(t.Context(), "demo", time.Hour); !errors.Is(err, ErrNoWebhook) {
			t.Fatalf("without one: %v", err)
		}
		_, first, err := r.SetWebhook(t.Context(), "demo", "https://backend.example/hook")
		if err != nil {
			t.Fatal(err)
		}
		rotate := func(overlap time.Duration, signing int) string {
			t.Helper()
			g, secret, err := r.RotateWebhook(t.Context(), "demo", overlap)
			if err != nil || secret == first || !strings.HasPrefix(secret, "whsec_") {
				t.Fatalf("%q, %v", secret, err)
			}
			s := g.Webhook.Signing(time.Now())
			if len(s) != signing || s[0].Sealed != "webhook demo "+strings.ToUpper(secret) || !s[0].Until.IsZero() {
				t.Fatalf("signing: %+v, want %d", s, signing)
			}
			return secret
		}
		rotate(time.Hour, 2)
		rotate(time.Hour, 3)
		rotate(time.Hour, 4)
		rotate(time.Hour, maxWebhookSecrets)
		time.Sleep(time.Hour)
		g, _ := r.Get("demo")
		if n := len(g.Webhook.Signing(time.Now())); n != 1 {
			t.Fatalf("%d sign after the overlap", n)
		}
		rotate(0, 1)
		if g, err := r.RemoveWebhook(t.Context(), "demo"); err != nil || g.Webhook.On() {
			t.Fatalf("%+v, %v", g.Webhook, err)
		}
	})
}

func TestAWebhooksAddressIsChecked(t *testing.T) {
	r := open(t, newMemory(), Options{Sealer: letters{}})
	add(t, r, demo())
	for _, bad := range []string{"", "http://backend.example/", "https://user:pass@backend.example/", "ftp://backend.example/", "http://169.254.169.254/"} {
		if _, secret, err := r.SetWebhook(t.Context(), "demo", bad); !errors.Is(err, ErrInvalid) || secret != "" {
			t.Errorf("%q: %q, %v", bad, secret, err)
		}
	}
	if _, secret, err := r.SetWebhook(t.Context(), "nothing", "https://backend.example/"); !errors.Is(err, ErrNotFound) || secret != "" {
		t.Errorf("of no game: %q, %v", secret, err)
	}
}

func TestChangesAreHeard(t *testing.T) {
	m := newMemory()
	r := open(t, m, Options{})
	heard := 0
	r.OnChange(func() { heard++ })
	add(t, r, demo())
	if heard == 0 {
		t.Fatal("nothing was heard of a new game")
	}
	heard = 0
	if _, err := open(t, m, Options{}).Activate(t.Context(), "demo"); err != nil { // another node
		t.Fatal(err)
	}
	if heard != 1 {
		t.Fatalf("a change elsewhere was heard %d times", heard)
	}
}

package game

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"partykit/internal/outbound"
)

// WebhookOverlap is how long the former secret of a webhook also signs after a
// rotation.
const WebhookOverlap = 24 * time.Hour

// webhookSecret is the length of a webhook's secret, in bytes (Standard Webhooks
// wants 24 to 64).
const webhookSecret = 32

// maxWebhookSecrets bounds how many secrets sign at once.
const maxWebhookSecrets = 4

// Webhook says where a game's backend is told what happens.
type Webhook struct {
	URL     string          `json:"url,omitempty"`
	Since   time.Time       `json:"since,omitzero"` // nothing from before is told
	Secrets []WebhookSecret `json:"secrets,omitempty"`
}

// WebhookSecret is one secret that signs.
type WebhookSecret struct {
	Sealed string    `json:"sealed"`
	Until  time.Time `json:"until,omitzero"` // zero: until it is replaced
}

// On reports whether anything is told.
func (w Webhook) On() bool { return w.URL != "" }

// WebhookPurpose is for what the secrets of a game's webhook are sealed.
func WebhookPurpose(id string) string { return "webhook " + id }

// ErrNoWebhook says that a game has no webhook.
var ErrNoWebhook = errors.New("the game has no webhook: set one with its address")

// SetWebhook sets where a game's backend is told what happens from now on. The
// first time it makes the secret that signs and returns it, "whsec_" and
// base64; it is shown nowhere else. It fails with [ErrInvalid] and [ErrNotFound].
func (r *Registry) SetWebhook(ctx context.Context, id, address string) (Game, string, error) {
	if err := outbound.CheckURL(address); err != nil {
		return Game{}, "", fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	secret, sealed := r.newWebhookSecret(id)
	g, err := r.Update(ctx, id, func(g *Game) error {
		if !g.Webhook.On() {
			g.Webhook = Webhook{Since: time.Now().UTC().Truncate(time.Millisecond), Secrets: []WebhookSecret{{Sealed: sealed}}}
		}
		g.Webhook.URL = address
		return nil
	})
	if err != nil || g.Webhook.Secrets[0].Sealed != sealed {
		secret = ""
	}
	return g, secret, err
}

// RotateWebhook makes a new secret and returns it. The former ones also sign for
// overlap, so that the receiver can change over without losing anything.
func (r *Registry) RotateWebhook(ctx context.Context, id string, overlap time.Duration) (Game, string, error) {
	secret, sealed := r.newWebhookSecret(id)
	g, err := r.Update(ctx, id, func(g *Game) error {
		if !g.Webhook.On() {
			return ErrNoWebhook
		}
		now := time.Now().UTC().Truncate(time.Millisecond)
		secrets := []WebhookSecret{{Sealed: sealed}}
		for _, old := range g.Webhook.Signing(now) {
			if end := now.Add(overlap); old.Until.IsZero() || end.Before(old.Until) {
				old.Until = end
			}
			if overlap > 0 && len(secrets) < maxWebhookSecrets {
				secrets = append(secrets, old)
			}
		}
		g.Webhook.Secrets = secrets
		return nil
	})
	if err != nil {
		secret = ""
	}
	return g, secret, err
}

// RemoveWebhook ends a game's webhook.
func (r *Registry) RemoveWebhook(ctx context.Context, id string) (Game, error) {
	return r.Update(ctx, id, func(g *Game) error { g.Webhook = Webhook{}; return nil })
}

// Signing returns the secrets that sign at that time, the newest first.
func (w Webhook) Signing(now time.Time) []WebhookSecret {
	var list []WebhookSecret
	for _, s := range w.Secrets {
		if s.Until.IsZero() || now.Before(s.Until) {
			list = append(list, s)
		}
	}
	return list
}

func (r *Registry) newWebhookSecret(id string) (secret, sealed string) {
	b := make([]byte, webhookSecret)
	rand.Read(b) // never fails: see crypto/rand
	secret = "whsec_" + base64.StdEncoding.EncodeToString(b)
	return secret, r.sealer.Seal(WebhookPurpose(id), []byte(secret))
}

func (w Webhook) validate() error {
	if !w.On() {
		return nil
	}
	if err := outbound.CheckURL(w.URL); err != nil {
		return fmt.Errorf("the webhook: %w", err)
	}
	if len(w.Secrets) == 0 || len(w.Secrets) > maxWebhookSecrets {
		return fmt.Errorf("a webhook has 1 to %d secrets", maxWebhookSecrets)
	}
	return nil
}

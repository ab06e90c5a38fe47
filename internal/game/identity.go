package game

import (
	"context"
	"errors"
	"fmt"

	"partykit/internal/names"
	"partykit/internal/outbound"
)

const (
	maxIssuer = 255
	minSecret = 32 // as long as what HS256 makes of it
	maxSecret = 1024
)

// Identity says how a game's own players are recognised: by a secret that signs
// their tokens, or by the key set at an address. Neither: its players are
// guests.
type Identity struct {
	Issuer string `json:"issuer,omitempty"` // which the tokens must name; empty: any
	JWKS   string `json:"jwks,omitempty"`
	Secret string `json:"secret,omitempty"` // sealed
}

// On reports whether the game names its players.
func (i Identity) On() bool { return i.JWKS != "" || i.Secret != "" }

// A Sealer encrypts what games entrust to the server and must be used again.
type Sealer interface {
	Seal(purpose string, plain []byte) string
	Open(purpose, sealed string) ([]byte, error)
}

// IdentityPurpose is for what a game's secret is sealed.
func IdentityPurpose(id string) string { return "identity " + id }

// SetIdentity sets how a game's players are recognised. secret is plain and
// stored sealed; nil is for a key set, or for guests alone. It fails with
// [ErrInvalid] and [ErrNotFound].
func (r *Registry) SetIdentity(ctx context.Context, id string, identity Identity, secret []byte) (Game, error) {
	identity.Secret = ""
	if secret != nil {
		if len(secret) < minSecret || len(secret) > maxSecret {
			return Game{}, fmt.Errorf("%w: the secret has %d bytes; it must have %d to %d, best random ones", ErrInvalid, len(secret), minSecret, maxSecret)
		}
		identity.Secret = r.sealer.Seal(IdentityPurpose(id), secret)
	}
	return r.Update(ctx, id, func(g *Game) error { g.Identity = identity; return nil })
}

func (i Identity) validate() error {
	if i.JWKS != "" && i.Secret != "" {
		return errors.New("players are recognised by a key set or by a secret, not by both")
	}
	if i.JWKS != "" {
		if err := outbound.CheckURL(i.JWKS); err != nil {
			return fmt.Errorf("the key set's address: %w", err)
		}
	}
	if !i.On() && i.Issuer != "" {
		return errors.New("an issuer needs a key set or a secret beside it")
	}
	if clean, err := names.Text(i.Issuer, maxIssuer); err != nil || clean != i.Issuer {
		return fmt.Errorf("the issuer must be one line of visible text of at most %d bytes", maxIssuer)
	}
	return nil
}

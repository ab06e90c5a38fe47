package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"

	"partykit/internal/control"
	"partykit/internal/game"
	"partykit/internal/outbound"
)

type gameIdentity struct {
	ID         string `arg:"" help:"The game's id."`
	JWKS       string `name:"jwks" placeholder:"URL" xor:"by" help:"Verify the game's tokens by the key set (JWKS) at this https address."`
	SecretFile string `placeholder:"FILE" xor:"by" type:"existingfile" help:"Verify them (HS256) by the secret in this file: its bytes, without line breaks at the end; at least 32."`
	Issuer     string `placeholder:"NAME" help:"What the tokens must name as iss."`
	Off        bool   `xor:"by" help:"Players are guests again."`
}

func (c *gameIdentity) Run(s *surroundings, g *grammar) error {
	x := control.Identity{Issuer: c.Issuer, JWKS: c.JWKS}
	if c.SecretFile != "" {
		secret, err := os.ReadFile(c.SecretFile)
		if err != nil {
			return err
		}
		x.Secret = bytes.TrimRight(secret, "\r\n")
		if len(x.Secret) == 0 {
			return fmt.Errorf("%s holds no secret. Make one with: openssl rand -base64 48 > %s", c.SecretFile, c.SecretFile)
		}
	}
	change := c.Off || c.JWKS != "" || c.SecretFile != ""
	if c.Issuer != "" && (c.Off || !change) {
		return errors.New("--issuer goes with --jwks or --secret-file")
	}
	return g.Game.ask(s, false, func(ctx context.Context, games *control.Client) error {
		ask := games.Show
		if change {
			ask = func(ctx context.Context, id string) (game.Game, error) { return games.SetIdentity(ctx, id, x) }
		}
		made, err := ask(ctx, c.ID)
		if err != nil {
			return gameError(c.ID, err)
		}
		return g.Game.print(s.stdout, publicIdentity(made), func(t *tabwriter.Writer) {
			fmt.Fprintf(t, "players\t%s\n", recognised(made))
			if made.Identity.Issuer != "" {
				fmt.Fprintf(t, "issuer\t%s\n", made.Identity.Issuer)
			}
		})
	})
}

// publicIdentity is what is shown of a game's identity: not even the sealed
// secret.
func publicIdentity(g game.Game) any {
	return struct {
		JWKS   string `json:"jwks,omitempty"`
		Issuer string `json:"issuer,omitempty"`
		Secret bool   `json:"secret"`
	}{g.Identity.JWKS, g.Identity.Issuer, g.Identity.Secret != ""}
}

func recognised(g game.Game) string {
	switch {
	case g.Identity.JWKS != "":
		return "named by tokens of the keys at " + reached(g.Identity.JWKS)
	case g.Identity.Secret != "":
		return "named by tokens of a secret (HS256)"
	}
	return "guests"
}

// reached is an address that the server asks, with a word where serve will not.
func reached(address string) string {
	if outbound.Local(address) {
		return address + " (on this machine: only partykit dev asks there)"
	}
	return address
}

package node

import (
	"context"
	"fmt"
	"slices"

	"partykit/examples/demo"
	"partykit/internal/game"
)

// registerDemo makes the demo game known, launched where this server is now. An
// operator who deactivated it to see what happens finds it as it was.
func (n *Node) registerDemo(ctx context.Context) error {
	launch := game.Launch{Web: n.opts.PublicURL.JoinPath("play").String() + "/"}
	origin := n.URL()
	known, ok := n.games.Get(DemoID)
	if !ok {
		_, err := n.games.Add(ctx, game.Game{
			ID: DemoID, Name: "Lamplighters", Launch: launch, Origins: []string{origin},
			Background: "#1b2a3a", Accent: "#f2b84b", Active: true,
		})
		if err != nil {
			return err
		}
		return n.hangPictures(ctx)
	}
	if known.Launch == launch && slices.Contains(known.Origins, origin) {
		return nil
	}
	_, err := n.games.Update(ctx, DemoID, func(g *game.Game) error {
		g.Launch, g.Origins = launch, []string{origin}
		return nil
	})
	return err
}

// hangPictures gives the demo game its pictures, once.
func (n *Node) hangPictures(ctx context.Context) error {
	for name, picture := range demo.Art() {
		if _, err := n.games.SetArt(ctx, DemoID, name, picture); err != nil {
			return fmt.Errorf("the demo game's picture %s: %w", name, err)
		}
	}
	return nil
}

package control

import (
	"net/http"

	"partykit/internal/game"
)

// secretSet stands where a game has a secret: not even the sealed one is told.
const secretSet = "set"

// hideSecrets returns games without their secrets.
func hideSecrets(games ...game.Game) []game.Game {
	hidden := make([]game.Game, len(games))
	for i, g := range games {
		if g.Identity.Secret != "" {
			g.Identity.Secret = secretSet
		}
		var secrets []game.WebhookSecret
		for _, s := range g.Webhook.Secrets {
			secrets = append(secrets, game.WebhookSecret{Sealed: secretSet, Until: s.Until})
		}
		g.Webhook.Secrets = secrets
		hidden[i] = g
	}
	return hidden
}

// answerGame answers with a game.
func answerGame(w http.ResponseWriter, g game.Game, err error) { answer(w, hideSecrets(g)[0], err) }

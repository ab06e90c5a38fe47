package gateway

import "partykit/internal/limit"

// More than maxWaiting may wait for so many connections at once: of an address at
// a game, and of a game. Each may have maxBurst, so that this is what clients can
// make the server hold for them by coming back and not reading.
const (
	burdensOfHome = 8
	burdensOfGame = 32
)

// burdens are the connections for which more than maxWaiting waits. The zero
// burdens are none.
type burdens struct {
	homes limit.Counts[home]
	games limit.Counts[string]
}

// home is an address at a game.
type home struct {
	game string
	at   limit.Home
}

func (b *burdens) take(game string, at limit.Home) bool {
	if !b.homes.Take(home{game, at}, burdensOfHome) {
		return false
	}
	if !b.games.Take(game, burdensOfGame) {
		b.homes.Give(home{game, at})
		return false
	}
	return true
}

func (b *burdens) give(game string, at limit.Home) {
	b.homes.Give(home{game, at})
	b.games.Give(game)
}

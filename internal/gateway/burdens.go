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
	homes limit.Counts[visitor]
	games limit.Counts[string]
}

// visitor is who is limited as one at a game.
type visitor struct {
	game string
	home limit.Home
}

func (b *burdens) take(game string, home limit.Home) bool {
	if !b.homes.Take(visitor{game, home}, burdensOfHome) {
		return false
	}
	if !b.games.Take(game, burdensOfGame) {
		b.homes.Give(visitor{game, home})
		return false
	}
	return true
}

func (b *burdens) give(game string, home limit.Home) {
	b.homes.Give(visitor{game, home})
	b.games.Give(game)
}

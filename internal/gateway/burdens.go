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
	homes limit.Counts[limit.Visitor]
	games limit.Counts[string]
}

// visitor is who counts for what waits for the connection.
func (c *Conn) visitor() limit.Visitor { return limit.Visitor{Game: c.game, Home: c.home} }

func (b *burdens) take(v limit.Visitor) bool {
	if !b.homes.Take(v, burdensOfHome) {
		return false
	}
	if !b.games.Take(v.Game, burdensOfGame) {
		b.homes.Give(v)
		return false
	}
	return true
}

func (b *burdens) give(v limit.Visitor) {
	b.homes.Give(v)
	b.games.Give(v.Game)
}

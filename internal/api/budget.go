package api

import (
	"fmt"
	"math"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"partykit/party"
)

// The requests of a game on one node.
const (
	PerSecond = 50
	Burst     = 100
)

// budgets are the games' token buckets. There are no more than games with a
// key.
type budgets struct{ games sync.Map } // id → *rate.Limiter

// take takes a token of the game's and says in the headers what is left
// (draft-ietf-httpapi-ratelimit-headers).
func (b *budgets) take(game string, h http.Header) error {
	v, ok := b.games.Load(game)
	if !ok {
		v, _ = b.games.LoadOrStore(game, rate.NewLimiter(PerSecond, Burst))
	}
	l, now := v.(*rate.Limiter), time.Now()
	r := l.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	left := max(math.Floor(l.TokensAt(now)), 0)
	full := math.Ceil((Burst - left) / PerSecond)
	h.Set("RateLimit-Policy", fmt.Sprintf(`"game";q=%d;w=%d`, Burst, Burst/PerSecond))
	h.Set("RateLimit", fmt.Sprintf(`"game";r=%.0f;t=%.0f`, left, full))
	if wait > 0 {
		return &party.Error{Code: party.RateLimited, RetryAfter: wait}
	}
	return nil
}

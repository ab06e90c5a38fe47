package api

import (
	"fmt"
	"math"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"partykit/internal/game"
	"partykit/party"
)

// budgets are the games' token buckets. There are no more than games with a
// key.
type budgets struct{ games sync.Map } // id → *rate.Limiter

// take takes a token of the game's, as its settings are now, and says in the headers what is left
// (draft-ietf-httpapi-ratelimit-headers).
func (b *budgets) take(g game.Game, h http.Header) error {
	set := g.Settings.OrDefault()
	v, ok := b.games.Load(g.ID)
	if !ok {
		v, _ = b.games.LoadOrStore(g.ID, rate.NewLimiter(rate.Limit(set.Requests), set.RequestsBurst))
	}
	l, now := v.(*rate.Limiter), time.Now()
	if l.Limit() != rate.Limit(set.Requests) || l.Burst() != set.RequestsBurst {
		l.SetLimitAt(now, rate.Limit(set.Requests))
		l.SetBurstAt(now, set.RequestsBurst)
	}
	r := l.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	left := max(math.Floor(l.TokensAt(now)), 0)
	perSecond, burst := float64(set.Requests), float64(set.RequestsBurst)
	full := math.Ceil((burst - left) / perSecond)
	h.Set("RateLimit-Policy", fmt.Sprintf(`"game";q=%.0f;w=%.0f`, burst, math.Ceil(burst/perSecond)))
	h.Set("RateLimit", fmt.Sprintf(`"game";r=%.0f;t=%.0f`, left, full))
	if wait > 0 {
		return &party.Error{Code: party.RateLimited, RetryAfter: wait}
	}
	return nil
}

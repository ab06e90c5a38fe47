package host

import (
	"time"

	"golang.org/x/time/rate"

	"partykit/party"
)

// limits are one connection's token buckets: a second, and burst, as
// docs/protocol.md has them.
type limits struct {
	commands, volatile, reliable, chat, abuse *rate.Limiter
	volatileTold                              time.Time
}

func newLimits() limits {
	return limits{
		commands: rate.NewLimiter(30, 60),
		volatile: rate.NewLimiter(60, 120),
		reliable: rate.NewLimiter(10, 50),
		chat:     rate.NewLimiter(1, 5),
		abuse:    rate.NewLimiter(1000, 2000), // ten times all of them
	}
}

// take takes a token, or says when there will be one.
func take(l *rate.Limiter) *party.Error {
	t := time.Now()
	r := l.ReserveN(t, 1)
	wait := r.DelayFrom(t)
	if wait == 0 {
		return nil
	}
	r.CancelAt(t)
	return &party.Error{Code: party.RateLimited, RetryAfter: wait}
}

package host

import (
	"context"
	"encoding/json"
	"errors"
	"net/netip"
	"sync"
	"time"

	"partykit/internal/auth"
	"partykit/internal/engine"
	"partykit/internal/limit"
	"partykit/party"
)

const (
	shortLife   = 10 * time.Minute    // of a spoken code of six, unless newcomers are approved
	spokenRest  = 30 * 24 * time.Hour // until a spoken code is given out again
	spokenTries = 8
	guessBudget = 6000 // wrong spoken codes in guessTime, over the whole host
	guessTime   = 10 * time.Minute
)

// spoken is what the engine holds under a spoken code.
type spoken struct {
	link
	Until party.Time `json:"until"`
	Short bool       `json:"short,omitempty"` // of six
}

// speak gives a link a spoken code of its own: six characters for minutes, or
// longer where a member approves each who enters, else eight. What asks again,
// by its name and number, finds the code it was given.
func (h *Host) speak(ctx context.Context, asker string, counter uint64, l link, expires time.Duration, approve bool) (string, error) {
	record := spoken{link: l, Until: now().Add(expires)}
	length := auth.SpokenLong
	if (expires <= shortLife || approve) && !h.guesses.exhausted() {
		length, record.Short = auth.SpokenShort, true
	}
	b, err := json.Marshal(record)
	if err != nil {
		return "", err
	}
	for try := range spokenTries {
		code := h.o.Keys.Spoken(asker, counter, try, length)
		key := h.o.Keys.SpokenHash(code)
		_, err := h.o.Node.Put(ctx, engine.Invites, key, b, 0, max(expires, 0)+spokenRest)
		if err == nil {
			return auth.ShowSpoken(code), nil
		}
		if !errors.Is(err, engine.ErrConflict) {
			return "", err
		}
		if old, err := h.spokenOf(ctx, code); err == nil && old.Invite == l.Invite {
			return auth.ShowSpoken(code), nil
		}
	}
	return "", &party.Error{Code: party.Unavailable}
}

func (h *Host) spokenOf(ctx context.Context, code string) (spoken, error) {
	var r spoken
	b, _, err := h.o.Node.Get(ctx, engine.Invites, h.o.Keys.SpokenHash(code))
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(b, &r)
}

// hear finds where a spoken code leads. Wrong ones are counted against who
// guesses: an address that guesses too much is told to wait, and links stay
// open to everybody.
func (h *Host) hear(ctx context.Context, code string, from netip.Addr) (link, error) {
	if !from.IsValid() {
		return link{}, &party.Error{Code: party.NotFound}
	}
	if wait := h.guesses.wait(from); wait > 0 {
		return link{}, &party.Error{Code: party.RateLimited, RetryAfter: wait, Detail: "Too many wrong codes came from here. Wait a moment, or use the link."}
	}
	r, err := h.spokenOf(ctx, code)
	switch {
	case err != nil && !errors.Is(err, engine.ErrNotFound):
		return link{}, failure(err)
	case err != nil || now() >= r.Until:
		h.guesses.wrong(from)
		return link{}, &party.Error{Code: party.NotFound, Detail: "Nobody waits under that code. Check it, or ask for the link."}
	case r.Short && h.guesses.exhausted():
		return link{}, &party.Error{Code: party.ApprovalNeeded, Detail: "Short codes rest for a few minutes. Ask for the link."}
	}
	return h.leads(ctx, r.link, ""), nil
}

// guesses counts wrong spoken codes: 20 a minute of an address or /64, 100 of a
// larger network, and a budget for all.
type guesses struct {
	home, net *limit.Buckets[netip.Prefix]

	mu      sync.Mutex
	blocked map[netip.Prefix]time.Time // until when
	since   time.Time
	count   int
}

func newGuesses() *guesses {
	return &guesses{
		home:    limit.NewBuckets[netip.Prefix](20, time.Minute, 20, 10_000),
		net:     limit.NewBuckets[netip.Prefix](100, time.Minute, 100, 10_000),
		blocked: map[netip.Prefix]time.Time{},
	}
}

// networks are an address's home, and the larger network around it.
func networks(from netip.Addr) (home, net netip.Prefix) {
	home = limit.Address(from)
	bits := 24
	if home.Addr().Is6() {
		bits = 48
	}
	net, _ = home.Addr().Prefix(bits)
	return home, net
}

// wait is how long an address has to wait for its next try, 0 if not.
func (g *guesses) wait(from netip.Addr) time.Duration {
	home, net := networks(from)
	g.mu.Lock()
	defer g.mu.Unlock()
	return max(time.Until(g.blocked[home]), time.Until(g.blocked[net]), 0)
}

// wrong notes a wrong code.
func (g *guesses) wrong(from netip.Addr) {
	home, net := networks(from)
	t := time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	for prefix, buckets := range map[netip.Prefix]*limit.Buckets[netip.Prefix]{home: g.home, net: g.net} {
		if ok, retry := buckets.Allow(prefix, t); !ok {
			g.blocked[prefix] = t.Add(retry)
		}
	}
	for prefix, until := range g.blocked {
		if t.After(until) {
			delete(g.blocked, prefix)
		}
	}
	if t.Sub(g.since) >= guessTime {
		g.since, g.count = t, 0
	}
	g.count++
}

// exhausted reports whether so much is guessed that short codes are no longer
// safe.
func (g *guesses) exhausted() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.count >= guessBudget && time.Since(g.since) < guessTime
}

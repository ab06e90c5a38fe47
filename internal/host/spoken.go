package host

import (
	"context"
	"encoding/json"
	"errors"
	"net/netip"
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
)

// spoken is what the engine holds under a spoken code.
type spoken struct {
	link
	Until party.Time `json:"until"`
	Short bool       `json:"short,omitempty"` // of six
}

// speak gives a link a spoken code of its own: six characters for minutes, or
// longer where a member approves each who enters, else eight. What asks again
// finds the code it was given.
func (h *Host) speak(ctx context.Context, m *making, l link, approve bool) (string, error) {
	record := spoken{link: l, Until: l.ends()}
	length := auth.SpokenLong
	brief := l.Made.Until(record.Until) <= shortLife
	if (brief || approve) && !h.shortIsUnsafe(ctx, time.Now()) {
		length, record.Short = auth.SpokenShort, true
		record.Approve = !brief // also when the party goes over to letting everybody in
	}
	b, err := json.Marshal(record)
	if err != nil {
		return "", err
	}
	keep := max(now().Until(record.Until), 0) + spokenRest
	for try := range spokenTries {
		code := h.o.Keys.Spoken(m.asker, m.number, try, length)
		key := h.o.Keys.SpokenHash(code)
		if record.Short && !record.Approve {
			if err := h.countShort(ctx, key, record.Until); err != nil {
				return "", err
			}
		}
		_, err := h.o.Node.Put(ctx, string(l.Game), engine.Invites, key, b, 0, keep)
		if err == nil {
			return auth.ShowSpoken(code), nil
		}
		if !errors.Is(err, engine.ErrConflict) {
			return "", err
		}
		old, revision, err := h.spokenOf(ctx, l.Game, code)
		if err != nil || old.Invite != l.Invite {
			continue
		}
		if old != record { // of a try to make the link that failed, and may end before it
			if _, err := h.o.Node.Put(ctx, string(l.Game), engine.Invites, key, b, revision, keep); err != nil {
				return "", err
			}
		}
		return auth.ShowSpoken(code), nil
	}
	return "", &party.Error{Code: party.Unavailable}
}

// spokenOf reads what is stored under a spoken code, and its revision.
func (h *Host) spokenOf(ctx context.Context, in party.GameID, code string) (r spoken, revision uint64, err error) {
	b, revision, err := h.o.Node.Get(ctx, string(in), engine.Invites, h.o.Keys.SpokenHash(code))
	if err != nil {
		return r, 0, err
	}
	return r, revision, json.Unmarshal(b, &r)
}

// hear finds where a spoken code leads. Wrong ones are counted against who
// guesses: who guesses too much is told to wait, and links stay open to
// everybody. While so much is guessed, or so many short codes live, that one
// might be hit, a member lets in who comes by a short one.
func (h *Host) hear(ctx context.Context, in party.GameID, code string, who limit.Guesser) (link, error) {
	t := time.Now()
	right, wait := h.guesses.Try(who, t)
	if wait > 0 {
		return link{}, &party.Error{Code: party.RateLimited, RetryAfter: wait, Detail: "Too many wrong codes came from here. Wait a moment, or use the link."}
	}
	r, _, err := h.spokenOf(ctx, in, code)
	switch {
	case err != nil && !errors.Is(err, engine.ErrNotFound):
		right()
		return link{}, failure(err)
	case err != nil || party.At(t) >= r.Until:
		h.guesses.Wrong(t)
		return link{}, &party.Error{Code: party.NotFound, Detail: "Nobody waits under that code. Check it, or ask for the link."}
	}
	right()
	l := h.leads(ctx, r.link, "")
	l.spoken = true
	l.Approve = l.Approve || r.Short && h.shortIsUnsafe(ctx, t)
	return l, nil
}

// guessRates are how often somebody may say a wrong code. They hold for all
// games together, because a spoken code opens a party of any.
var guessRates = limit.GuessRates{
	By: limit.PerMinute(10), Home: limit.PerMinute(20), Net: limit.PerMinute(100),
	All: 6000, Window: 10 * time.Minute,
}

// guesser is who says a code: a player or a browser, at an address.
func (h *Host) guesser(by string, from netip.Addr) limit.Guesser {
	switch {
	case h.o.Unlimited != nil && h.o.Unlimited(from):
		from = netip.Addr{}
	case by == "" && !from.IsValid():
		by = "nowhere"
	}
	return limit.Guesser{By: by, From: from}
}

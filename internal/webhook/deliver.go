package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"partykit/internal/engine"
	"partykit/internal/game"
)

const (
	// Timeout bounds one post.
	Timeout = 15 * time.Second
	// GiveUp is for how long a notice is tried.
	GiveUp = 24 * time.Hour

	maxAnswer = 64 << 10 // bytes of an answer that are read, to use the connection again
)

// pauses are between the tries of a notice; the last one stays.
var pauses = []time.Duration{
	5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 4 * time.Hour,
}

// pause is how long to wait after a try, with a tenth of chance so that not all
// come back at once; 0 gives up. The last try is made when the day is over.
func pause(tries int, age time.Duration) time.Duration {
	left := GiveUp - age
	if left <= 0 {
		return 0
	}
	p := pauses[min(max(tries, 1), len(pauses))-1]
	p += time.Duration((rand.Float64() - 0.5) / 5 * float64(p))
	return max(min(p, left), time.Second)
}

// errGone is the answer 410: the receiver wants nothing more of it.
var errGone = errors.New("it answered 410 Gone")

// deliver posts a task once. It says when to try again.
func (s *Sender) deliver(ctx context.Context, t engine.Task) time.Duration {
	g, ok := s.o.Games.Get(t.Game)
	if !ok || !g.Webhook.On() || t.Added.Before(g.Webhook.Since) { // of an earlier webhook
		return 0
	}
	err := s.post(ctx, g, t)
	switch {
	case err == nil:
		return 0
	case ctx.Err() != nil:
		return time.Second // this node stops; another try does not count against it
	}
	again := pause(t.Tries, time.Since(t.Added))
	if again > 0 && !errors.Is(err, errGone) {
		s.log.Debug("a notice was not taken", "game", t.Game, "id", t.ID, "try", t.Tries, "err", err)
		return again
	}
	s.log.Warn("a notice is given up", "game", t.Game, "id", t.ID, "tries", t.Tries, "err", err)
	if err := s.o.Node.Bury(ctx, t.Game, t.ID, letter{t.Data, t.Tries, err.Error()}.encode()); err != nil {
		return setBack
	}
	return 0
}

func (s *Sender) post(ctx context.Context, g game.Game, t engine.Task) error {
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, "POST", g.Webhook.URL, bytes.NewReader(t.Data))
	if err != nil {
		return err
	}
	now := time.Now()
	signature, err := s.sign(g, t, now)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "PartyKit/"+s.o.Version)
	request.Header.Set(standardwebhooks.HeaderWebhookID, t.ID)
	request.Header.Set(standardwebhooks.HeaderWebhookTimestamp, fmt.Sprint(now.Unix()))
	request.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	response, err := s.o.Client.Do(request)
	if err != nil {
		return unaddressed(err)
	}
	defer response.Body.Close()
	io.Copy(io.Discard, io.LimitReader(response.Body, maxAnswer))
	switch {
	case response.StatusCode/100 == 2:
		return nil
	case response.StatusCode == http.StatusGone:
		return errGone
	case response.StatusCode/100 == 3:
		return fmt.Errorf("it answered %d, and redirects are not followed: set the address it leads to", response.StatusCode)
	}
	return fmt.Errorf("it answered %d", response.StatusCode)
}

// sign signs with every secret that counts now, so that a receiver may know
// either during a rotation.
func (s *Sender) sign(g game.Game, t engine.Task, now time.Time) (string, error) {
	var signatures []string
	for _, stored := range g.Webhook.Signing(now) {
		secret, err := s.o.Sealer.Open(game.WebhookPurpose(g.ID), stored.Sealed)
		if err != nil {
			return "", err
		}
		hook, err := standardwebhooks.NewWebhook(string(secret))
		if err != nil {
			return "", err
		}
		signature, err := hook.Sign(t.ID, now, t.Data)
		if err != nil {
			return "", err
		}
		signatures = append(signatures, signature)
	}
	return strings.Join(signatures, " "), nil
}

// unaddressed takes the address out of an error, whose query may hold a secret
// of the operator.
func unaddressed(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}

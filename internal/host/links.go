package host

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"partykit/internal/auth"
	"partykit/internal/engine"
	"partykit/party"
)

// knownLinks is how many links a host remembers at most, some 400 bytes each.
const knownLinks = 8192

// links are those that were looked up lately, by the hashes of their codes. What
// is stored of a link stays as it was written until it expires, so that it can be
// remembered. Of one that follows its maker it is known only that it is there, and
// it is read every time.
type links struct {
	mu     sync.Mutex
	byHash map[string]link
}

func (k *links) get(hash string, t party.Time) (link, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	l, ok := k.byHash[hash]
	if ok && l.stored() <= t {
		delete(k.byHash, hash)
		return link{}, false
	}
	return l, ok && !l.Follows
}

// game is whose link it is, if it is known that it is there.
func (k *links) game(hash string) (party.GameID, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	l, ok := k.byHash[hash]
	return l.Game, ok
}

// KnownLink returns whose the code's link is, if it was looked up lately and was
// there.
func (h *Host) KnownLink(code string) (party.GameID, bool) { return h.links.game(auth.CodeHash(code)) }

// put remembers a link, in the place of any other when there are too many.
func (k *links) put(hash string, l link, t party.Time) {
	if l.stored() <= t {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	remember(k.byHash, knownLinks, hash, l)
}

// ends is until when a link lives at most.
func (l link) ends() party.Time {
	if l.Expires == 0 {
		return l.Made.Add(party.MaxExpiry)
	}
	return l.Expires
}

// stored is until when a link's record is there for sure; 0: nobody knows.
func (l link) stored() party.Time {
	if l.Made == 0 {
		return 0
	}
	return l.ends().Add(keepLink)
}

// keep is for how long a link's record is stored from now on.
func (l link) keep(t party.Time) time.Duration {
	if l.Made == 0 {
		return party.MaxExpiry + keepLink
	}
	return max(t.Until(l.stored()), time.Second)
}

// link returns what is stored under the hash of a code, for somebody in a game. What
// a browser asks for is read in the turn of the link's game, if that is known.
func (h *Host) link(ctx context.Context, in party.GameID, hash string) (link, error) {
	known, ok := h.links.get(hash, now())
	if ok {
		return known, nil
	}
	l, _, err := h.record(ctx, cmp.Or(in, known.Game), hash)
	if err != nil {
		return link{}, failure(err)
	}
	h.links.put(hash, l, now())
	return l, nil
}

// record reads what is stored under the hash of a code, and its revision, in the turn
// of a game, "" for none.
func (h *Host) record(ctx context.Context, in party.GameID, hash string) (l link, revision uint64, err error) {
	b, revision, err := h.o.Node.Get(ctx, string(in), engine.Invites, hash)
	if err != nil {
		return link{}, 0, err
	}
	return l, revision, json.Unmarshal(b, &l)
}

// correct has the record that stands where a link's was to be written say what
// the link is. It does already where the link is asked for again, or has followed
// its maker from its party. Else it is of a command of the same number that made
// no link: it may expire before the link. But for want of room every error is one
// after which it may be tried again.
func (h *Host) correct(ctx context.Context, hash string, l link, data []byte) error {
	there, revision, err := h.record(ctx, l.Game, hash)
	if err == nil && there != l && there.Party == l.Party {
		_, err = h.o.Node.Put(ctx, string(l.Game), engine.Invites, hash, data, revision, l.keep(now()))
	}
	if err == nil || errors.Is(err, engine.ErrFull) {
		return err
	}
	return fmt.Errorf("%w: correcting a link's record: %w", engine.ErrUnavailable, err)
}

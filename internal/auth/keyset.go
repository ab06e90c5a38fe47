package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// How long a game's key set is used.
const (
	keysFresh  = 10 * time.Minute // after that it is fetched again beside its use
	keysKept   = time.Hour        // after that it is not used any more
	keysPause  = 30 * time.Second // between fetches for a key that is not in it
	keysRetry  = 5 * time.Second  // after a fetch that failed
	fetchLimit = 5 * time.Second
	maxKeySet  = 64 << 10 // bytes
)

// ErrKeysUnavailable says that a game's key set cannot be fetched now.
var ErrKeysUnavailable = errors.New("the game's keys cannot be fetched")

// keySet is the keys of one game and issuer, from one address.
type keySet struct {
	trust  Trust // without its secret
	client *http.Client

	mu       sync.Mutex
	keys     []pinned
	fetched  time.Time
	next     time.Time     // when it may be fetched again
	fetching chan struct{} // closed when the fetch under way ends
	failure  error         // of the last fetch
}

// key returns the key of this id. One that is not known is looked for once more
// at the game, but not as often as somebody invents ids.
func (s *keySet) key(ctx context.Context, kid string) (pinned, error) {
	s.mu.Lock()
	k, known := s.find(kid)
	if known && time.Since(s.fetched) < keysFresh {
		s.mu.Unlock()
		return k, nil
	}
	s.fetchSoon()
	fetching := s.fetching
	s.mu.Unlock()
	if known || fetching == nil {
		return k, s.missing(known)
	}
	select {
	case <-fetching:
	case <-ctx.Done():
		return pinned{}, ErrKeysUnavailable
	}
	s.mu.Lock()
	k, known = s.find(kid)
	s.mu.Unlock()
	return k, s.missing(known)
}

// missing says why a key was not found; nil if it was.
func (s *keySet) missing(found bool) error {
	if found {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failure != nil {
		return fmt.Errorf("%w: %w", ErrKeysUnavailable, s.failure)
	}
	return refuse("It was signed with a key that is not in the game's key set.")
}

// find looks a key up. A token that names none is checked with the only one.
// The lock is held.
func (s *keySet) find(kid string) (pinned, bool) {
	if time.Since(s.fetched) >= keysKept {
		return pinned{}, false
	}
	if kid == "" && len(s.keys) == 1 {
		return s.keys[0], true
	}
	for _, k := range s.keys {
		if kid != "" && k.kid == kid {
			return k, true
		}
	}
	return pinned{}, false
}

// fetchSoon begins a fetch unless one is under way or was just made. The lock
// is held.
func (s *keySet) fetchSoon() {
	if s.fetching != nil || time.Now().Before(s.next) {
		return
	}
	done := make(chan struct{})
	s.fetching = done
	go func() {
		keys, err := fetchKeys(s.client, s.trust.JWKS)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.failure, s.next = err, time.Now().Add(keysRetry)
		if err == nil {
			s.keys, s.fetched, s.next = keys, time.Now(), time.Now().Add(keysPause)
		}
		s.fetching = nil
		close(done)
	}()
}

func fetchKeys(client *http.Client, address string) ([]pinned, error) {
	ctx, cancel := context.WithTimeout(context.Background(), fetchLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, "GET", address, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/jwk-set+json, application/json")
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s", address, response.Status)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxKeySet+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxKeySet {
		return nil, fmt.Errorf("the key set is larger than %d bytes", maxKeySet)
	}
	return parseKeySet(body)
}

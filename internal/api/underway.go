package api

import (
	"context"
	"sync"

	"partykit/party"
)

// underway are the requests with a key that are being answered on this node.
// The zero value is ready.
type underway struct {
	mu   sync.Mutex
	busy map[string]chan struct{} // closed when that one is answered
}

// enter waits until no other request of that name is being answered, for as
// long as ctx lasts. The caller must leave.
func (u *underway) enter(ctx context.Context, name string) (leave func(), err error) {
	for {
		u.mu.Lock()
		other := u.busy[name]
		if other == nil {
			if u.busy == nil {
				u.busy = map[string]chan struct{}{}
			}
			mine := make(chan struct{})
			u.busy[name] = mine
			u.mu.Unlock()
			return func() {
				u.mu.Lock()
				delete(u.busy, name)
				u.mu.Unlock()
				close(mine)
			}, nil
		}
		u.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, &party.Error{Code: party.Unavailable}
		}
	}
}

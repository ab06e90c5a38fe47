package landing

import (
	"sync"
	"time"

	"partykit/party"
)

// halls are where the open pages of each link hear what to show: an invitation
// that many of them show is put into words once.
type halls struct {
	mu    sync.Mutex
	byKey map[hallKey]*hall
}

// hallKey is what the pages of a hall have in common: the link, and whether their
// browsers can be known by a cookie.
type hallKey struct {
	code  string
	known bool
}

// A hall is the open pages of one link.
type hall struct {
	pages int // of the halls

	mu    sync.Mutex
	inv   *party.Invitation
	at    time.Time
	words []byte
}

// wordsFor is how long words hold that tell a time.
const wordsFor = time.Second

// enter returns the hall of a link; leave is to be called once.
func (h *halls) enter(key hallKey) (_ *hall, leave func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	x := h.byKey[key]
	if x == nil {
		x = &hall{}
		h.byKey[key] = x
	}
	x.pages++
	return x, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if x.pages--; x.pages == 0 {
			delete(h.byKey, key)
		}
	}
}

// say returns the words for an invitation, as they were found last if it is the
// same one.
func (x *hall) say(inv *party.Invitation, find func(party.Invitation) []byte) []byte {
	if inv.You != nil {
		return find(*inv) // nobody else shows it
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.inv != inv || time.Since(x.at) >= wordsFor {
		x.inv, x.at, x.words = inv, time.Now(), find(*inv)
	}
	return x.words
}

package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"unsafe"

	"partykit/internal/gateway"
)

// All connections of a registered game share its id, and one of a game that is
// not registered yet has a copy: none keeps a part of its request.
func TestWhatAConnectionKeepsOfItsGame(t *testing.T) {
	var asked, kept *byte
	inBubble(t, func(o *gateway.Options) {
		o.Dev = true
		acquire := o.Acquire
		o.Acquire = func(r *http.Request, game string, from netip.Addr) (func(), bool, bool) {
			asked, kept = unsafe.StringData(r.URL.Query().Get("game")), unsafe.StringData(game)
			return acquire(r, game, from)
		}
	}, func(t *testing.T, w *world) {
		ask := func(id string) {
			w.gateway.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/connect?game="+id, nil))
		}
		if ask("demo"); kept != unsafe.StringData(w.games.list["demo"].ID) {
			t.Error("a connection has an id of its own")
		}
		if ask("fresh"); kept == nil || kept == asked {
			t.Error("a connection keeps its request")
		}
	})
}

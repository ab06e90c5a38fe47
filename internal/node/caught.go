package node

import (
	"fmt"
	"maps"
	"net/http"
	"runtime"
	"runtime/debug"

	"partykit/party"
)

// caught answers a request whose handler panicked, and logs where. Of what it
// panicked with only the runtime's own words are logged: others might hold a
// player's text. Net/http alone would tell its ErrorLog, which is for debugging
// because every scanner writes into it.
func (n *Node) caught(next http.Handler) http.Handler {
	always := n.always()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler {
				panic(v)
			}
			what := fmt.Sprintf("%T", v)
			if e, ok := v.(runtime.Error); ok {
				what = e.Error()
			}
			n.log.Error("a request panicked", "err", what, "stack", string(debug.Stack()))
			maps.Copy(w.Header(), always)
			answer(w, http.StatusInternalServerError, party.Lookup(party.Internal).Sentence+"\n")
		}()
		next.ServeHTTP(w, r)
	})
}

package node

import "net/http"

// withUnknown serves a mux, and a page with a way on where the mux has nothing.
// A pattern "/" in the mux would do that too, but then a known path with
// another method would be unknown as well, instead of 405.
func withUnknown(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h, pattern := mux.Handler(r); pattern == "" {
			refusal := refusal{header: http.Header{}}
			if h.ServeHTTP(&refusal, r); refusal.status == http.StatusNotFound {
				page(w, http.StatusNotFound, unknownPage, nil)
				return
			}
		}
		mux.ServeHTTP(w, r)
	})
}

// refusal finds out with which status a mux refuses a request.
type refusal struct {
	header http.Header
	status int
}

func (f *refusal) Header() http.Header         { return f.header }
func (f *refusal) WriteHeader(status int)      { f.status = status }
func (f *refusal) Write(b []byte) (int, error) { return len(b), nil }

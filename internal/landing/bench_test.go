package landing

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"partykit/internal/auth"
)

// BenchmarkPage is what a page costs beside HTTP and the party: for a crowd,
// who are all sent the same one, and for a browser that the party may know,
// rendered and compressed for it alone. b.N over the elapsed time is the pages
// per CPU second.
func BenchmarkPage(b *testing.B) {
	for name, change := range map[string]func(*http.Request){
		"crowd": func(*http.Request) {},
		"own":   header("Cookie", "__Host-pk="+auth.Browser()),
	} {
		b.Run(name, func(b *testing.B) {
			x := newSetup(b, lively())
			r := httptest.NewRequest(http.MethodGet, "https://"+testHost+"/join/"+testCode, nil)
			r.Header.Set("Accept-Encoding", "gzip")
			change(r)
			b.ReportAllocs()
			for b.Loop() {
				x.mux.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}

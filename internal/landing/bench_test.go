package landing

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkPage renders, compresses and sends the page anew for every request;
// b.N over the elapsed time of one processor is the pages per CPU second.
func BenchmarkPage(b *testing.B) {
	x := newSetup(b, lively())
	r := httptest.NewRequest(http.MethodGet, "https://"+testHost+"/join/"+testCode, nil)
	r.Header.Set("Accept-Encoding", "gzip")
	b.ReportAllocs()
	for b.Loop() {
		x.mux.ServeHTTP(httptest.NewRecorder(), r)
	}
}

package landing

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"partykit/internal/auth"
	"partykit/party"
)

// BenchmarkPageOfACrowd is what a page costs beside HTTP and the party where
// all who look are sent the same one: made once, kept, sent.
func BenchmarkPageOfACrowd(b *testing.B) { benchmarkPage(b, lively(), func(*http.Request) {}) }

// BenchmarkPageOfOne is what it costs for a friend on the way in: rendered and
// compressed for it alone.
func BenchmarkPageOfOne(b *testing.B) {
	benchmarkPage(b, arriving(party.HeldStage), header("Cookie", "__Host-pk="+auth.Browser()))
}

func benchmarkPage(b *testing.B, inv party.Invitation, change func(*http.Request)) {
	x := newSetup(b, inv, func(o *Options) {
		o.Whole = func(*http.Request, string, []byte, []byte) bool { return true } // as most connections do
	})
	r := httptest.NewRequest(http.MethodGet, "https://"+testHost+"/join/"+testCode, nil)
	r.Header.Set("Accept-Encoding", "gzip")
	change(r)
	b.ReportAllocs()
	for b.Loop() {
		x.mux.ServeHTTP(httptest.NewRecorder(), r)
	}
}

package face

import (
	"io"
	"net/http"
	"strconv"
	"strings"
)

// Serve answers GET /face/{file} where file is SEED.svg, the seed in decimal.
// A face never changes, so it may be kept for ever; any origin may use it.
func Serve(w http.ResponseWriter, r *http.Request) {
	digits, ok := strings.CutSuffix(r.PathValue("file"), ".svg")
	seed, err := strconv.ParseUint(digits, 10, 32)
	if !ok || err != nil || digits != strconv.FormatUint(seed, 10) {
		http.NotFound(w, r)
		return
	}
	body := SVG(uint32(seed), "")
	h := w.Header()
	h.Set("Content-Type", "image/svg+xml")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Content-Security-Policy", "default-src 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	if r.Method != http.MethodHead {
		io.WriteString(w, body) // a reader that has gone away is no concern of ours
	}
}

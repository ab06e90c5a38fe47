package landing

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
)

// writeBody answers with a body of known length; HEAD gets the headers only.
func writeBody(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(body) // a reader that has gone away is no concern of ours
	}
}

// writePicture answers with a picture that pages of any site may show, or says
// that the one there is is still the newest.
func writePicture(w http.ResponseWriter, r *http.Request, kind, version string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("ETag", `"`+version+`"`)
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	if r.Header.Get("If-None-Match") == h.Get("ETag") {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	writeBody(w, r, http.StatusOK, body)
}

// inLines are headers as they are sent.
func inLines(h http.Header) []byte {
	var b bytes.Buffer
	h.Write(&b) // writing into memory does not fail
	return b.Bytes()
}

// acceptsGzip reads an Accept-Encoding header; gzip with a weight of 0 is not
// accepted.
func acceptsGzip(header string) bool {
	for item := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(item, ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q, found := strings.CutPrefix(strings.TrimSpace(weight), "q=")
			v, err := strconv.ParseFloat(q, 64)
			return !found || err == nil && v > 0
		}
	}
	return false
}

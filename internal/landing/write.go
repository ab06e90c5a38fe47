package landing

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// writeBody answers with a body of known length; HEAD gets the headers only.
func writeBody(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(body) // a reader that has gone away is no concern of ours
	}
}

// writeCompressed is writeBody, compressed for those who accept it. Nothing
// secret stands beside what a stranger wrote: a page holds no cookie, and its
// code came in its own address.
func writeCompressed(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	w.Header().Add("Vary", "Accept-Encoding")
	if !acceptsGzip(r.Header.Get("Accept-Encoding")) {
		writeBody(w, r, status, body)
		return
	}
	var b bytes.Buffer
	z := compressors.Get().(*gzip.Writer)
	defer compressors.Put(z)
	z.Reset(&b)
	z.Write(body) // writing into memory does not fail
	z.Close()
	w.Header().Set("Content-Encoding", "gzip")
	writeBody(w, r, status, b.Bytes())
}

var compressors = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

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

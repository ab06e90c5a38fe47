package landing

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// writeBody answers with a body of known length; HEAD gets the headers only.
func writeBody(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(body) // a reader that has gone away is no concern of ours
	}
}

// compress packs a body. Nothing secret stands beside what a stranger wrote: a
// page holds no cookie, and its code came in its own address.
func compress(body []byte) []byte {
	var b bytes.Buffer
	z := compressors.Get().(*gzip.Writer)
	defer compressors.Put(z)
	z.Reset(&b)
	z.Write(body) // writing into memory does not fail
	z.Close()
	return b.Bytes()
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

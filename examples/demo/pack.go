package demo

import (
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	packMagic   = "LAMPPACK"
	defaultSize = 8 << 20
	defaultKbps = 20_000
	minKbps     = 256 // slower than that nobody waits, and a request would hold its connection for too long
)

// levelNames are the levels that have a pack: the files of play/levels that are played.
var levelNames = []string{"meadow", "ruins", "lighthouse"}

// packs serves the level packs, GET /play/pack/LEVEL.bin. A pack is the magic, then bytes that depend on nothing but the level's name: they are made
// while they are sent, and nothing of them is kept.
type packs struct {
	size int64
	kbps int
}

func newPacks(o Options) packs {
	p := packs{size: o.PackSize, kbps: o.Kbps}
	if p.size == 0 {
		p.size = defaultSize
	}
	if p.kbps == 0 {
		p.kbps = defaultKbps
	}
	return p
}

func (p packs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	level, ok := strings.CutSuffix(r.PathValue("file"), ".bin")
	if !ok || !slices.Contains(levelNames, level) {
		http.NotFound(w, r)
		return
	}
	kbps := p.kbps
	if asked := r.URL.Query().Get("kbps"); asked != "" {
		n, err := strconv.Atoi(asked)
		if err != nil || n < minKbps {
			http.Error(w, fmt.Sprintf("kbps is a number of %d or more", minKbps), http.StatusBadRequest)
			return
		}
		kbps = n
	}
	etag := fmt.Sprintf(`"%s-%d"`, level, p.size)
	h := w.Header()
	h.Set("ETag", etag)
	h.Set("Cache-Control", "public, max-age=86400")
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Length", strconv.FormatInt(p.size, 10))
	if r.Method == http.MethodHead {
		return
	}
	send(w, r, io.LimitReader(packReader(level), p.size), kbps)
}

// packReader gives the endless bytes of a level's pack.
func packReader(level string) io.Reader {
	return io.MultiReader(strings.NewReader(packMagic), rand.NewChaCha8(sha256.Sum256([]byte("lamplighters "+level))))
}

// send copies at the pace of kbps, in slices of about a twentieth of a second, until the reader has gone away. A slice that does not get through within
// half a minute ends it.
func send(w http.ResponseWriter, r *http.Request, from io.Reader, kbps int) {
	const perSecond = 20
	flow := http.NewResponseController(w)
	slice, pause := int64(64<<10), time.Duration(0)
	if kbps > 0 {
		slice, pause = int64(kbps)*1000/8/perSecond, time.Second/perSecond
	}
	ticker := time.NewTicker(max(pause, time.Nanosecond))
	defer ticker.Stop()
	for {
		flow.SetWriteDeadline(time.Now().Add(30 * time.Second)) // a writer that knows no deadlines has none to extend
		if _, err := io.CopyN(w, from, slice); err != nil {
			return // all is sent, or nobody reads any more
		}
		flow.Flush()
		if pause > 0 {
			select {
			case <-ticker.C:
			case <-r.Context().Done():
				return
			}
		}
	}
}

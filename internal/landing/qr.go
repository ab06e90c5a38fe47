package landing

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"partykit/internal/auth"
	"partykit/party"

	"rsc.io/qr"
)

// quiet is the empty border around a QR code, in modules, as its standard asks.
const quiet = 4

// qr answers with the link as a QR code. It looks nothing up, so it tells
// nothing about which codes exist; a game may show it on its own pages.
func (s *Server) qr(w http.ResponseWriter, r *http.Request) {
	code, ok := auth.ParseCode(r.PathValue("code"))
	if !ok {
		s.refuse(w, &party.Error{Code: party.NotFound})
		return
	}
	body, err := qrSVG(s.link(code))
	if err != nil {
		s.opts.Logger.Error("QR code failed", "err", err)
		s.refuse(w, &party.Error{Code: party.Internal})
		return
	}
	h := w.Header()
	privately(h)
	h.Set("Content-Type", "image/svg+xml")
	h.Set("Content-Security-Policy", "default-src 'none'")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	writeBody(w, r, http.StatusOK, []byte(body))
}

// link is the public address of an invite.
func (s *Server) link(code string) string {
	return s.opts.PublicURL.Scheme + "://" + s.opts.PublicURL.Host + "/join/" + code
}

// qrSVG draws text as one dark path on white, a unit for each module, so that
// it can be scanned from dark pages too. It survives 15 % of damage.
func qrSVG(text string) (string, error) {
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", fmt.Errorf("encode QR: %w", err)
	}
	side := strconv.Itoa(c.Size + 2*quiet)
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ` + side + ` ` + side + `" shape-rendering="crispEdges"><title>QR code of the invite link</title><path fill="#fff" d="M0 0h` + side + `v` + side + `H0z"/><path fill="#111" d="`)
	for y := range c.Size {
		for x := 0; x < c.Size; {
			run := 0
			for c.Black(x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run, run)
			}
			x += run + 1
		}
	}
	b.WriteString(`"/></svg>`)
	return b.String(), nil
}

package face

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// hostile holds what somebody might put into a name to break out of it.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `]]></title><g onload=alert(1)>`,
	"a\u202eb", "\x00\xff\xfe", "&amp;&lt;", "👩‍👩‍👧", "مرحبا",
}

func TestSVGIsWellFormedAndInert(t *testing.T) {
	for seed := range uint32(400) {
		title := hostile[int(seed)%len(hostile)]
		for name := range elements(t, SVG(seed*2654435761, title)) {
			switch name {
			case "svg", "path", "title":
			default:
				t.Fatalf("seed %d: element <%s> in a face", seed, name)
			}
		}
	}
}

func TestTitleIsEscapedOrLeftOut(t *testing.T) {
	if got := SVG(1, "<b>"); !strings.Contains(got, "<title>&lt;b&gt;</title>") {
		t.Errorf("title not escaped in %.120s", got)
	}
	if got := SVG(1, ""); strings.Contains(got, "<title>") || !strings.Contains(got, `aria-hidden="true"`) {
		t.Errorf("a face without title is not marked as decoration: %.120s", got)
	}
}

func TestSameSeedSameFaceAndManyFaces(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint32(1000) {
		s := SVG(seed, "")
		if s != SVG(seed, "") {
			t.Fatalf("seed %d draws differently the second time", seed)
		}
		seen[s] = true
	}
	if len(seen) < 500 {
		t.Errorf("1,000 seeds give only %d faces", len(seen))
	}
}

// TestFaceStaysInItsCircle holds what lets every surface crop to a circle.
func TestFaceStaysInItsCircle(t *testing.T) {
	const side = 100
	for seed := range uint32(100) {
		m := image.NewRGBA(image.Rect(0, 0, side, side))
		Draw(m, m.Bounds(), seed)
		for y := range side {
			for x := range side {
				dx, dy := float64(x)+0.5-side/2, float64(y)+0.5-side/2
				if dx*dx+dy*dy > (side/2+1)*(side/2+1) && m.RGBAAt(x, y) != (color.RGBA{}) {
					t.Fatalf("seed %d paints outside its circle at %d,%d", seed, x, y)
				}
			}
		}
		if m.RGBAAt(side/2, side/2).A != 0xff {
			t.Fatalf("seed %d leaves a hole in the middle", seed)
		}
	}
}

func TestDrawIntoOddPlaces(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 40, 40))
	for _, r := range []image.Rectangle{{}, image.Rect(0, 0, 0, 9), image.Rect(-30, -30, 10, 10), image.Rect(30, 30, 90, 90), image.Rect(5, 0, 25, 40)} {
		Draw(m, r, 7) // must not panic, must stay inside the picture
	}
}

func TestServe(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /face/{file}", Serve)
	for path, want := range map[string]int{
		"/face/0.svg": 200, "/face/4294967295.svg": 200,
		"/face/4294967296.svg": 404, "/face/-1.svg": 404, "/face/01.svg": 404, "/face/1.png": 404, "/face/.svg": 404, "/face/1": 404,
	} {
		for _, method := range []string{"GET", "HEAD"} {
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, httptest.NewRequest(method, path, nil))
			if w.Code != want {
				t.Errorf("%s %s: status %d, want %d", method, path, w.Code, want)
			}
			if want != 200 {
				continue
			}
			if got := w.Header().Get("Access-Control-Allow-Origin"); got != "*" {
				t.Errorf("%s: other origins are kept out (%q)", path, got)
			}
			if (w.Body.Len() == 0) != (method == "HEAD") {
				t.Errorf("%s %s: %d bytes of body", method, path, w.Body.Len())
			}
			if method == "GET" && !bytes.HasPrefix(w.Body.Bytes(), []byte("<svg ")) {
				t.Errorf("%s: not an SVG", path)
			}
		}
	}
}

func elements(t *testing.T, doc string) map[string]bool {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(doc))
	names := map[string]bool{}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return names
		}
		if err != nil {
			t.Fatalf("not well-formed: %v in %.200s", err, doc)
		}
		if e, ok := tok.(xml.StartElement); ok {
			names[e.Name.Local] = true
		}
	}
}

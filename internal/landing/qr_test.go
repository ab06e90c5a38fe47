package landing

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var module = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`)

// TestQRDecodes has another program read what was drawn.
func TestQRDecodes(t *testing.T) {
	x := newSetup(t, lively())
	w := x.do("GET", "/join/"+strings.ToUpper(testCode)+"/qr.svg")
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/svg+xml" {
		t.Fatalf("status %d %v", w.Code, w.Header())
	}
	svg := w.Body.String()
	size := viewBox(t, svg)
	const scale = 8
	m := image.NewGray(image.Rect(0, 0, size*scale, size*scale))
	for i := range m.Pix {
		m.Pix[i] = 0xff
	}
	runs := module.FindAllStringSubmatch(svg, -1)
	for _, r := range runs {
		if r[3] != r[4] {
			t.Fatalf("a run goes %s right and %s back", r[3], r[4])
		}
		at, row, length := atoi(t, r[1]), atoi(t, r[2]), atoi(t, r[3])
		if at < quiet || row < quiet || at+length > size-quiet || row >= size-quiet {
			t.Errorf("run %v reaches into the quiet border", r[0])
		}
		for y := row * scale; y < (row+1)*scale; y++ {
			for x := at * scale; x < (at+length)*scale; x++ {
				m.SetGray(x, y, color.Gray{})
			}
		}
	}
	file := filepath.Join(t.TempDir(), "qr.png")
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(out, m); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	reader, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Fatal("zbarimg is not installed (Debian: zbar-tools; make test installs it)")
	}
	read, err := exec.CommandContext(t.Context(), reader, "-q", "--raw", file).Output()
	if want := "https://" + testHost + "/join/" + testCode; err != nil || strings.TrimSpace(string(read)) != want {
		t.Errorf("it reads %q (%v), want %q", read, err, want)
	}
}

func TestQRSaysNothingAboutTheLink(t *testing.T) {
	x := newSetup(t, lively())
	if x.do("GET", "/join/"+testCode+"/qr.svg"); len(x.parties.asked) != 0 {
		t.Error("a QR code is looked up")
	}
	if w := x.do("GET", "/join/nope/qr.svg"); w.Code != http.StatusNotFound {
		t.Errorf("status %d for what is no code", w.Code)
	}
}

func viewBox(t *testing.T, svg string) int {
	t.Helper()
	var a, b int
	if _, err := fmt.Sscanf(svg[strings.Index(svg, "viewBox"):], `viewBox="0 0 %d %d"`, &a, &b); err != nil || a != b {
		t.Fatalf("viewBox %d %d: %v", a, b, err)
	}
	return a
}

func atoi(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

package game

import (
	"fmt"
	"math"
	"testing"
)

func TestContrast(t *testing.T) {
	// Published pairs of WCAG checkers.
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"#000000", "#ffffff", 21}, {"#777777", "#ffffff", 4.48}, {"#767676", "#ffffff", 4.54}, {"#ff0000", "#ffffff", 4.00}, {"#123456", "#123456", 1},
	} {
		a, errA := ParseColor(c.a)
		b, errB := ParseColor(c.b)
		if got := Contrast(a, b); errA != nil || errB != nil || math.Abs(got-c.want) > 0.005 || got != Contrast(b, a) {
			t.Errorf("Contrast(%s, %s) = %.3f, want %.2f", a, b, got, c.want)
		}
	}
}

func TestReadable(t *testing.T) {
	cube := func(step int) (all []Color) {
		for r := 0; r <= 255; r += step {
			for g := 0; g <= 255; g += step {
				for b := 0; b <= 255; b += step {
					all = append(all, Color{uint8(r), uint8(g), uint8(b)})
				}
			}
		}
		return all
	}
	backgrounds := cube(51)
	for v := range 256 { // greys, among them the worst case
		backgrounds = append(backgrounds, Color{uint8(v), uint8(v), uint8(v)})
	}
	for _, bg := range backgrounds {
		for _, fg := range cube(85) {
			got := Readable(fg, bg)
			if c := Contrast(got, bg); c < MinContrast {
				t.Fatalf("Readable(%s, %s) = %s with a contrast of %.2f", fg, bg, got, c)
			}
			if Contrast(fg, bg) >= MinContrast && got != fg {
				t.Fatalf("Readable(%s, %s) = %s, although it could be read", fg, bg, got)
			}
		}
	}
}

func TestReadableKeepsTheHue(t *testing.T) {
	got := Readable(Color{0xff, 0x66, 0x00}, white)
	if !(got.R > got.G && got.G > got.B) {
		t.Errorf("orange on white becomes %s", got)
	}
}

func TestColors(t *testing.T) {
	for i := range 200 {
		g := Game{ID: fmt.Sprintf("game-%d", i)}
		background, accent := g.Colors()
		if Contrast(background, accent) < MinContrast {
			t.Fatalf("%s: accent %s on background %s", g.ID, accent, background)
		}
	}
	g := Game{ID: "x", Background: "#ffffff"}
	if background, accent := g.Colors(); background != white || Contrast(background, accent) < MinContrast {
		t.Errorf("with a white background: %s, %s", background, accent)
	}
	g.Accent = "#0d6b58"
	if _, accent := g.Colors(); accent.String() != "#0d6b58" {
		t.Errorf("its own accent became %s", accent)
	}
}

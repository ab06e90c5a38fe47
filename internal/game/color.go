package game

import (
	"errors"
	"fmt"
	"hash/fnv"
	"image/color"
	"math"
	"strconv"
)

// MinContrast is what WCAG 2.2 asks of text of ordinary size (level AA).
const MinContrast = 4.5

// A Color is an opaque sRGB colour. Its String is what CSS understands.
type Color struct{ R, G, B uint8 }

// ParseColor reads #rrggbb.
func ParseColor(s string) (Color, error) {
	if len(s) == 7 && s[0] == '#' {
		if n, err := strconv.ParseUint(s[1:], 16, 24); err == nil {
			return Color{uint8(n >> 16), uint8(n >> 8), uint8(n)}, nil
		}
	}
	return Color{}, errors.New("a colour is written as # and six hexadecimal digits, for example #2b6cb0")
}

func (c Color) String() string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// RGBA makes it a [color.Color].
func (c Color) RGBA() (r, g, b, a uint32) { return color.RGBA{c.R, c.G, c.B, 0xff}.RGBA() }

// Mix returns the colour that is this one for t = 0, and other for t = 1.
func (c Color) Mix(other Color, t float64) Color {
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*t)) }
	return Color{mix(c.R, other.R), mix(c.G, other.G), mix(c.B, other.B)}
}

var (
	black = Color{}
	white = Color{255, 255, 255}
)

// Contrast returns the contrast ratio of two colours by WCAG 2.2, from 1 to 21.
func Contrast(a, b Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// luminance is WCAG's relative luminance.
func luminance(c Color) float64 {
	return 0.2126*linear[c.R] + 0.7152*linear[c.G] + 0.0722*linear[c.B]
}

// linear is the light of each sRGB value.
var linear = func() (light [256]float64) {
	for v := range light {
		s := float64(v) / 255
		if s <= 0.04045 {
			light[v] = s / 12.92
		} else {
			light[v] = math.Pow((s+0.055)/1.055, 2.4)
		}
	}
	return light
}()

// Readable returns fg if it can be read on bg, with a contrast of at least
// [MinContrast]; otherwise the nearest mix of it with black or white that can.
// There always is one: on any colour black or white reaches 4.58.
func Readable(fg, bg Color) Color {
	if Contrast(fg, bg) >= MinContrast {
		return fg
	}
	dark, darkStep := toward(fg, black, bg)
	light, lightStep := toward(fg, white, bg)
	if darkStep <= lightStep {
		return dark
	}
	return light
}

// toward mixes fg with end in steps of 1/64 until it can be read on bg. Steps
// above 64 mean that it never can.
func toward(fg, end, bg Color) (c Color, steps int) {
	for steps = 1; steps <= 64; steps++ {
		c = fg.Mix(end, float64(steps)/64)
		if Contrast(c, bg) >= MinContrast {
			break
		}
	}
	return c, steps
}

// Colors returns the game's colours; one that it has not set is drawn from its
// id, and the accent then goes with the background.
func (g Game) Colors() (background, accent Color) {
	h := fnv.New32a()
	h.Write([]byte(g.ID))
	pair := palette[h.Sum32()%uint32(len(palette))]
	background, accent = pair[0], pair[1]
	if c, err := ParseColor(g.Background); err == nil {
		background, accent = c, Readable(accent, c)
	}
	if c, err := ParseColor(g.Accent); err == nil {
		accent = c
	}
	return background, accent
}

// palette holds backgrounds and the accents that go with them; every accent
// can be read on its background.
var palette = [...][2]Color{
	{{0x14, 0x2b, 0x3c}, {0xf4, 0xa2, 0x61}}, // dusk and apricot
	{{0x1b, 0x3a, 0x33}, {0x95, 0xd5, 0xb2}}, // pine and mint
	{{0x2d, 0x1e, 0x4a}, {0xc7, 0xa6, 0xff}}, // plum and lilac
	{{0x0b, 0x2f, 0x4e}, {0x74, 0xc6, 0xf5}}, // deep sea and sky
	{{0x43, 0x1c, 0x2c}, {0xff, 0xa6, 0xb8}}, // wine and rose
	{{0x3b, 0x2a, 0x14}, {0xf2, 0xc9, 0x4c}}, // bark and honey
	{{0x12, 0x37, 0x3b}, {0x6f, 0xe0, 0xd0}}, // lagoon and foam
	{{0x24, 0x27, 0x4d}, {0xff, 0xb5, 0x8a}}, // night and peach
	{{0x1f, 0x33, 0x1d}, {0xc5, 0xe2, 0x6b}}, // moss and lime
	{{0x4a, 0x23, 0x18}, {0xff, 0xb3, 0x8f}}, // clay and coral
	{{0x26, 0x2b, 0x36}, {0x9e, 0xc1, 0xff}}, // slate and ice
	{{0x3a, 0x1d, 0x44}, {0xf5, 0xa9, 0xe1}}, // berry and blossom
}

package game

import (
	"bytes"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// The size of a drawn cover.
const (
	coverWidth  = 1200
	coverHeight = 600
)

// drawCover draws the cover of a game that has none: a sky with a sun or moon
// and hills in the game's colours, and its initials. The same game gets the
// same drawing every time.
func drawCover(g Game) Picture {
	background, accent := g.Colors()
	h := fnv.New64a()
	h.Write([]byte(g.ID))
	// Not for secrets: a fixed sequence that depends on nothing but the id.
	chance := rand.New(rand.NewPCG(h.Sum64(), 1))
	c := canvas{image.NewRGBA(image.Rect(0, 0, coverWidth, coverHeight)), vector.NewRasterizer(coverWidth, coverHeight)}

	// On a light background it is day: no stars, the land in the accent's shades.
	night := luminance(background) < 0.35
	far, near, ink := background.Mix(accent, 0.45), accent.Mix(black, 0.3), accent.Mix(black, 0.55)
	if night {
		far, near, ink = background.Mix(accent, 0.42).Mix(black, 0.1), background.Mix(black, 0.4), accent.Mix(white, 0.75)
	}

	c.sky(background, background.Mix(accent, 0.38))
	if night {
		for range 46 {
			x, y := chance.Float64()*coverWidth, chance.Float64()*360
			c.disc(x, y, 1+chance.Float64()*1.8, accent.Mix(white, 0.6), 0.15+chance.Float64()*0.5)
		}
	}
	x, y := 820+chance.Float64()*180, 150+chance.Float64()*90
	for i, radius := range []float64{330, 240, 160} {
		c.disc(x, y, radius, accent, 0.07+0.05*float64(i))
	}
	c.disc(x, y, 92, accent.Mix(white, 0.35), 0.95)
	const ranges = 4
	for i := range ranges {
		depth := float64(i) / (ranges - 1)
		c.hills(330+170*depth, 70-18*depth, far.Mix(near, depth), chance)
	}
	c.letters(initials(g.Name), Readable(ink, background), background.Mix(black, 0.55))

	var b bytes.Buffer
	if err := png.Encode(&b, c.RGBA); err != nil { // a buffer takes everything
		panic("game: encoding a cover: " + err.Error())
	}
	return newPicture(b.Bytes(), "image/png", c.Bounds().Size())
}

type canvas struct {
	*image.RGBA
	pen *vector.Rasterizer
}

// sky fills everything with a gradient from top to bottom. Each row is dithered
// by position, because eight bits alone show bands.
func (c canvas) sky(top, bottom Color) {
	const steps = 16
	for y := range coverHeight {
		var tones [steps][4]byte
		for i := range steps {
			t := float64(y)/(coverHeight-1) + (float64(i)/steps-0.5)/128
			m := top.Mix(bottom, min(1, max(0, t)))
			tones[i] = [4]byte{m.R, m.G, m.B, 0xff}
		}
		row := c.Pix[y*c.Stride:]
		for x := range coverWidth {
			copy(row[4*x:], tones[(x*7+y*13)%steps][:])
		}
	}
}

// disc fills a circle, with an opacity from 0 to 1.
func (c canvas) disc(x, y, radius float64, tone Color, opacity float64) {
	const k = 0.5522847498 // control points of a quarter circle as a cubic curve
	box := image.Rect(int(x-radius)-1, int(y-radius)-1, int(x+radius)+2, int(y+radius)+2).Intersect(c.Bounds())
	at := func(dx, dy float64) (float32, float32) {
		return float32(x + dx*radius - float64(box.Min.X)), float32(y + dy*radius - float64(box.Min.Y))
	}
	c.pen.Reset(box.Dx(), box.Dy())
	c.pen.MoveTo(at(1, 0))
	for _, q := range [4][6]float64{{1, k, k, 1, 0, 1}, {-k, 1, -1, k, -1, 0}, {-1, -k, -k, -1, 0, -1}, {k, -1, 1, -k, 1, 0}} {
		x1, y1 := at(q[0], q[1])
		x2, y2 := at(q[2], q[3])
		x3, y3 := at(q[4], q[5])
		c.pen.CubeTo(x1, y1, x2, y2, x3, y3)
	}
	c.pen.ClosePath()
	c.fill(box, tone, opacity)
}

// hills fills what lies below a wavy line around the height y.
func (c canvas) hills(y, swing float64, tone Color, chance *rand.Rand) {
	a, b := chance.Float64()*2*math.Pi, chance.Float64()*2*math.Pi
	long, short := 1.2+chance.Float64(), 2.6+chance.Float64()*1.6
	c.pen.Reset(coverWidth, coverHeight)
	c.pen.MoveTo(0, coverHeight)
	for x := 0; x <= coverWidth; x += 6 {
		u := float64(x) / coverWidth * 2 * math.Pi
		wave := math.Sin(u*long+a)*0.7 + math.Sin(u*short+b)*0.3
		c.pen.LineTo(float32(x), float32(y-wave*swing))
	}
	c.pen.LineTo(coverWidth, coverHeight)
	c.pen.ClosePath()
	c.fill(c.Bounds(), tone, 1)
}

// fill fills the pen's path, whose origin is the corner of box. The pen does not
// clip, so box lies within the canvas.
func (c canvas) fill(box image.Rectangle, tone Color, opacity float64) {
	c.pen.DrawOp = draw.Over
	c.pen.Draw(c.RGBA, box, image.NewUniform(color.NRGBA{tone.R, tone.G, tone.B, uint8(opacity * 255)}), image.Point{})
}

var coverFont = sync.OnceValue(func() *sfnt.Font {
	f, err := opentype.Parse(gobold.TTF)
	if err != nil {
		panic("game: the font of the covers: " + err.Error()) // it is compiled in
	}
	return f
})

// letters writes text at the left, with a soft shadow below.
func (c canvas) letters(text string, ink, shadow Color) {
	face, err := opentype.NewFace(coverFont(), &opentype.FaceOptions{Size: 300, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		panic("game: the font of the covers: " + err.Error())
	}
	d := font.Drawer{Dst: c, Face: face}
	for _, layer := range []struct {
		dy      int
		tone    Color
		opacity uint8
	}{{8, shadow, 90}, {0, ink, 255}} {
		d.Src = image.NewUniform(color.NRGBA{layer.tone.R, layer.tone.G, layer.tone.B, layer.opacity})
		d.Dot = fixed.P(96, 390+layer.dy)
		d.DrawString(text)
	}
}

// initials returns the first letters of the first two words that the font can
// write, none for a name in a script that it cannot.
func initials(name string) string {
	var found []rune
	for word := range strings.FieldsSeq(name) {
		for _, r := range word {
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				continue
			}
			r = unicode.ToUpper(r)
			var b sfnt.Buffer
			if i, err := coverFont().GlyphIndex(&b, r); err == nil && i != 0 {
				found = append(found, r)
			}
			break
		}
		if len(found) == 2 {
			break
		}
	}
	return string(found)
}

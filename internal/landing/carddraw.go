package landing

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"sort"
	"sync"
	"unicode"

	"partykit/internal/face"
	"partykit/internal/game"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

const (
	cardWidth   = 1200 // what chat programs show in full width
	cardHeight  = 630
	cardMargin  = 64
	cardSeam    = 330       // where the art ends
	cardPNGSize = 400 << 10 // a larger one is sent as JPEG: some chat programs show nothing above 600 KB
)

// drawCard draws the picture of a link: the game's art above, and below it, in
// the game's colours, who invites to what and how many places are taken.
func drawCard(x subject) (picture, error) {
	m := image.NewRGBA(image.Rect(0, 0, cardWidth, cardHeight))
	c := canvas{m}
	stage, accent := stageOf(x.game)
	ink := readable(stage)
	c.backdrop(x.cover, stage)

	const width = cardWidth - 2*cardMargin
	name := c.writable(x.game.Name, "PartyKit")
	if x.inviter == nil {
		c.text(bold(), 68, 44, x.title, cardMargin, 480, width, ink)
		c.text(medium(), 46, 32, name, cardMargin, 558, width, ink)
		return encodeCard(m)
	}
	const radius = 66
	c.disc(cardMargin+radius, cardSeam+14, radius+8, stage)
	face.Draw(m, image.Rect(cardMargin, cardSeam+14-radius, cardMargin+2*radius, cardSeam+14+radius), x.inviter.Face)
	who := c.writable(x.inviter.Name, "A friend")
	const beside = cardMargin + 2*radius + 26
	c.text(medium(), 42, 28, who+" invites you to", beside, cardSeam+66, cardWidth-cardMargin-beside, ink)
	c.text(bold(), 84, 46, name, cardMargin, 502, width, ink)
	c.seats(x.taken, x.size, 582, stage, game.Readable(accent, stage), ink)
	return encodeCard(m)
}

func encodeCard(m image.Image) (picture, error) {
	var b bytes.Buffer
	kind := "image/png"
	if err := png.Encode(&b, m); err != nil {
		return picture{}, fmt.Errorf("encode card: %w", err)
	}
	if b.Len() > cardPNGSize {
		b.Reset()
		kind = "image/jpeg"
		if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 85}); err != nil {
			return picture{}, fmt.Errorf("encode card: %w", err)
		}
	}
	return picture{kind, b.Bytes(), fingerprint(b.Bytes())}, nil
}

type canvas struct{ m *image.RGBA }

// backdrop fills the card: art down to the seam, below it the game's colour.
func (c canvas) backdrop(cover game.Picture, stage game.Color) {
	draw.Draw(c.m, c.m.Bounds(), image.NewUniform(stage), image.Point{}, draw.Src)
	art, _, err := image.Decode(bytes.NewReader(cover.Data))
	if err != nil {
		return // a card without art is a card
	}
	above := image.Rect(0, 0, cardWidth, cardSeam)
	draw.ApproxBiLinear.Scale(c.m, above, art, covering(art.Bounds(), above), draw.Over, nil)
}

// covering is the largest middle part of r with the proportions of frame.
func covering(r, frame image.Rectangle) image.Rectangle {
	w, h := r.Dx(), r.Dy()
	if w*frame.Dy() > h*frame.Dx() {
		cut := w - h*frame.Dx()/frame.Dy()
		return image.Rect(r.Min.X+cut/2, r.Min.Y, r.Max.X-(cut-cut/2), r.Max.Y)
	}
	cut := h - w*frame.Dy()/frame.Dx()
	return image.Rect(r.Min.X, r.Min.Y+cut/2, r.Max.X, r.Max.Y-(cut-cut/2))
}

// seats draws a disc for every place, filled for those taken, and says how many
// are free. Where there are many places it only says it.
func (c canvas) seats(taken, size, baseline int, stage, accent, ink game.Color) {
	x := cardMargin
	if size <= 12 {
		const radius, step = 14, 40
		for i := range size {
			c.disc(x+radius+i*step, baseline-12, radius, accent)
			if i >= taken {
				c.disc(x+radius+i*step, baseline-12, radius-4, stage)
			}
		}
		x += size*step + 20
	}
	c.text(medium(), 36, 36, places(taken, size), x, baseline, cardWidth-cardMargin-x, ink)
}

func (c canvas) disc(cx, cy, r int, fill color.Color) {
	pen := vector.NewRasterizer(2*r, 2*r)
	const steps = 96
	for i := range steps {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / steps)
		x, y := float32(float64(r)*(1+cos)), float32(float64(r)*(1+sin))
		if i == 0 {
			pen.MoveTo(x, y)
		} else {
			pen.LineTo(x, y)
		}
	}
	pen.ClosePath()
	pen.Draw(c.m, image.Rect(cx-r, cy-r, cx+r, cy+r), image.NewUniform(fill), image.Point{})
}

// text writes one line: as large as fits, and cut with an ellipsis if even the
// smallest size does not.
func (c canvas) text(f *sfnt.Font, largest, smallest float64, s string, x, baseline, width int, ink color.Color) {
	for size := largest; ; size -= 2 {
		letters, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			return // no such size of a font that is part of this binary
		}
		pen := font.Drawer{Dst: c.m, Src: image.NewUniform(ink), Face: letters, Dot: fixed.P(x, baseline)}
		if size <= smallest {
			s = shorten(pen.MeasureString, s, fixed.I(width))
		}
		if pen.MeasureString(s) <= fixed.I(width) || size <= smallest {
			pen.DrawString(s)
			letters.Close()
			return
		}
		letters.Close()
	}
}

// shorten cuts a line at its end until it fits.
func shorten(measure func(string) fixed.Int26_6, s string, width fixed.Int26_6) string {
	if measure(s) <= width {
		return s
	}
	letters := []rune(s)
	most := sort.Search(len(letters), func(n int) bool { return measure(string(letters[:n+1])+"…") > width })
	return string(letters[:most]) + "…"
}

// writable leaves out symbols that the card's fonts do not have. If they miss a
// letter it gives up and returns the other text: a name with holes is no name.
func (c canvas) writable(s, otherwise string) string {
	var buf sfnt.Buffer
	var out []rune
	for _, r := range clean(s) {
		if i, err := bold().GlyphIndex(&buf, r); err == nil && i != 0 {
			out = append(out, r)
		} else if unicode.In(r, unicode.L, unicode.N, unicode.M) {
			return otherwise
		}
	}
	if s := clean(string(out)); s != "" {
		return s
	}
	return otherwise
}

var (
	bold   = sync.OnceValue(func() *sfnt.Font { return mustFont(gobold.TTF) })
	medium = sync.OnceValue(func() *sfnt.Font { return mustFont(gomedium.TTF) })
)

func mustFont(ttf []byte) *sfnt.Font {
	f, err := opentype.Parse(ttf)
	if err != nil {
		panic(err) // the font is part of this binary
	}
	return f
}

// Package face draws the friendly face that every guest has: the head of some
// animal, in one of a dozen palettes, decided by nothing but a 32-bit seed.
//
// The same shapes are written as SVG (page, overlay, demo) and painted into
// bitmaps (the preview card), so a person looks the same everywhere. A face
// holds no text but an escaped title, no reference to anything outside, no
// script and no style, and is the same on every machine.
package face

import (
	"image/color"
	"math"
)

// Size is the side of the square that shapes are described in. The face fills
// the circle inscribed in it; outside that circle nothing is drawn.
const Size = 100

// A shape is one filled area. Areas are painted in order, later ones on top.
type shape struct {
	fill  color.NRGBA
	parts []segment
}

// A segment is a piece of a closed outline: the first moves to its end point,
// the others are cubic curves.
type segment struct{ c1, c2, end point }

type point struct{ x, y float64 }

// A palette gives each part of a face its colour. Ink is readable on both coat
// and muzzle (at least 3:1).
type palette struct{ ground, coat, inner, muzzle, ink color.NRGBA }

var palettes = []palette{
	{rgb(0xffdcc4), rgb(0xe87f45), rgb(0x9c4317), rgb(0xfff2e8), rgb(0x3a1f14)}, // fox
	{rgb(0xc8efdf), rgb(0x43aa86), rgb(0x1e6b52), rgb(0xeafaf2), rgb(0x0c2b21)}, // mint
	{rgb(0xcfe5fb), rgb(0x5c97d6), rgb(0x2c5f97), rgb(0xeef6fe), rgb(0x10243a)}, // sky
	{rgb(0xe4d9fb), rgb(0x9a7fdb), rgb(0x5d419f), rgb(0xf6f1ff), rgb(0x211339)}, // lilac
	{rgb(0xfbd5de), rgb(0xdf7593), rgb(0x9d3354), rgb(0xfff0f3), rgb(0x3b1020)}, // rose
	{rgb(0xfdebb8), rgb(0xdfa22e), rgb(0x94640a), rgb(0xfff8e2), rgb(0x38270a)}, // honey
	{rgb(0xdfe3e8), rgb(0x98a1ad), rgb(0x616a77), rgb(0xf6f8fa), rgb(0x1f252d)}, // pebble
	{rgb(0xecdccb), rgb(0xa9764f), rgb(0x6b4428), rgb(0xf9efe4), rgb(0x24140a)}, // cocoa
	{rgb(0x9cc4dc), rgb(0xf3f6f8), rgb(0xe8a9a4), rgb(0xffffff), rgb(0x22323f)}, // snow
	{rgb(0xdeeebd), rgb(0x8cb54a), rgb(0x55771d), rgb(0xf6fbe8), rgb(0x1f2d0a)}, // leaf
	{rgb(0xb4e2e4), rgb(0xf2957a), rgb(0xb8543a), rgb(0xfff1ec), rgb(0x381810)}, // coral
	{rgb(0xcad0ec), rgb(0x7b88c9), rgb(0x46528f), rgb(0xe6eafa), rgb(0x121833)}, // dusk
}

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}

// draft lists the shapes of one face.
func draft(seed uint32) []shape {
	pick := chooser(seed)
	p := palettes[pick(len(palettes))]
	var s sketch
	s.add(p.ground, circle(50, 50, 50))
	who := animals[pick(len(animals))]
	who.ears(&s, p)
	s.add(p.coat, ellipse(50, 56, 31, 28))
	markings[pick(len(markings))](&s, p)
	s.add(p.muzzle, ellipse(50, 67, 16, 12))
	eyes[pick(len(eyes))](&s, p)
	cheeks[pick(len(cheeks))](&s, p)
	who.mouths[pick(len(who.mouths))](&s, p)
	return s.shapes
}

// chooser returns a source of choices that depends on the seed alone. Seeds
// that are close to each other give choices that are not (SplitMix64).
func chooser(seed uint32) func(n int) int {
	state := uint64(seed)
	return func(n int) int {
		state += 0x9e3779b97f4a7c15
		z := state
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		z ^= z >> 31
		return int(z % uint64(n))
	}
}

// A sketch collects shapes.
type sketch struct{ shapes []shape }

func (s *sketch) add(fill color.NRGBA, outline []segment) {
	s.shapes = append(s.shapes, shape{fill, outline})
}

// both adds an outline and its mirror image about the middle.
func (s *sketch) both(fill color.NRGBA, outline []segment) {
	s.add(fill, outline)
	mirrored := make([]segment, len(outline))
	for i, g := range outline {
		mirrored[i] = segment{mirror(g.c1), mirror(g.c2), mirror(g.end)}
	}
	s.add(fill, mirrored)
}

func mirror(p point) point { return point{Size - p.x, p.y} }

func circle(cx, cy, r float64) []segment { return ellipse(cx, cy, r, r) }

// ellipse is four cubic quarters; k is the usual control distance, off by less
// than 0.03 % of the radius.
func ellipse(cx, cy, rx, ry float64) []segment {
	k := 4 * (math.Sqrt2 - 1) / 3
	at := func(x, y float64) point { return point{cx + x*rx, cy + y*ry} }
	return []segment{
		{end: at(1, 0)},
		{c1: at(1, k), c2: at(k, 1), end: at(0, 1)},
		{c1: at(-k, 1), c2: at(-1, k), end: at(-1, 0)},
		{c1: at(-1, -k), c2: at(-k, -1), end: at(0, -1)},
		{c1: at(k, -1), c2: at(1, -k), end: at(1, 0)},
	}
}

// turned rotates an outline by degrees about a point.
func turned(outline []segment, degrees, cx, cy float64) []segment {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	turn := func(p point) point {
		x, y := p.x-cx, p.y-cy
		return point{cx + x*cos - y*sin, cy + x*sin + y*cos}
	}
	out := make([]segment, len(outline))
	for i, g := range outline {
		out[i] = segment{turn(g.c1), turn(g.c2), turn(g.end)}
	}
	return out
}

// blob is a closed outline through cubic curves: a start, then triples of
// control, control, end, as x and y in turn.
func blob(x, y float64, curves ...[6]float64) []segment {
	out := []segment{{end: point{x, y}}}
	for _, c := range curves {
		out = append(out, segment{c1: point{c[0], c[1]}, c2: point{c[2], c[3]}, end: point{c[4], c[5]}})
	}
	return out
}

// arc is a bowed stroke of the given thickness between two points on one
// height: the line of a smile (bow > 0) or of a closed, happy eye (bow < 0).
func arc(cx, cy, half, bow, thick float64) []segment {
	l, r := cx-half, cx+half
	b := bow * 4 / 3
	t := thick / 2
	return blob(l, cy-t,
		[6]float64{l + half*0.4, cy - t + b, r - half*0.4, cy - t + b, r, cy - t},
		[6]float64{r + t*1.33, cy - t, r + t*1.33, cy + t, r, cy + t},
		[6]float64{r - half*0.4, cy + t + b, l + half*0.4, cy + t + b, l, cy + t},
		[6]float64{l - t*1.33, cy + t, l - t*1.33, cy - t, l, cy - t},
	)
}

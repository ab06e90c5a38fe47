package face

import (
	"image"
	"image/draw"

	"golang.org/x/image/vector"
)

// Draw paints the face into the largest square in the middle of r.
func Draw(dst draw.Image, r image.Rectangle, seed uint32) {
	side := min(r.Dx(), r.Dy())
	if side <= 0 {
		return
	}
	corner := image.Pt(r.Min.X+(r.Dx()-side)/2, r.Min.Y+(r.Dy()-side)/2)
	square := image.Rectangle{corner, corner.Add(image.Pt(side, side))}
	scale := float64(side) / Size
	at := func(p point) (float32, float32) { return float32(p.x * scale), float32(p.y * scale) }
	pen, mask := vector.NewRasterizer(side, side), image.NewAlpha(image.Rect(0, 0, side, side))
	for _, s := range draft(seed) {
		pen.Reset(side, side)
		pen.DrawOp = draw.Src
		for i, g := range s.parts {
			x, y := at(g.end)
			if i == 0 {
				pen.MoveTo(x, y)
				continue
			}
			x1, y1 := at(g.c1)
			x2, y2 := at(g.c2)
			pen.CubeTo(x1, y1, x2, y2, x, y)
		}
		pen.ClosePath()
		// Through a mask, because the rasterizer does not clip and the square may lie partly outside dst.
		pen.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
		draw.DrawMask(dst, square, image.NewUniform(s.fill), image.Point{}, mask, image.Point{}, draw.Over)
	}
}

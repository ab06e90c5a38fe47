package face

import "image/color"

// A part draws itself into a sketch.
type part = func(*sketch, palette)

// An animal is told by its ears, and has the mouths that go with them.
type animal struct {
	ears   part
	mouths []part
}

// The parts of a face. Their order and number are part of how every seed looks.
var (
	animals = []animal{
		bear: {bearEars, mouths}, cat: {catEars, mouths}, rabbit: {rabbitEars, mouths}, dog: {dogEars, mouths}, fox: {foxEars, mouths},
		bird: {birdTuft, beaks}, hoofed: {horns, mouths}, swimmer: {fins, lips}, insect: {antennae, lips},
	}
	markings = []part{plain, blaze, mask, spot}
	eyes     = []part{roundEyes, bigEyes, happyEyes, sideEyes, wink}
	cheeks   = []part{plain, blush}
	mouths   = []part{catMouth, smile, open, tongue}
	beaks    = []part{beak}
	lips     = []part{grin, gape}
)

func plain(*sketch, palette) {}

func bearEars(s *sketch, p palette) {
	s.both(p.coat, circle(26, 32, 11))
	s.both(p.inner, circle(26, 32, 5.5))
}

func catEars(s *sketch, p palette) {
	s.both(p.coat, blob(21, 52, [6]float64{18, 38, 18, 24, 23, 19}, [6]float64{32, 21, 40, 28, 45, 36}, [6]float64{38, 44, 30, 50, 21, 52}))
	s.both(p.inner, blob(25, 43, [6]float64{23, 36, 23, 29, 25, 26}, [6]float64{30, 28, 34, 31, 37, 35}, [6]float64{33, 39, 29, 42, 25, 43}))
}

func rabbitEars(s *sketch, p palette) {
	s.both(p.coat, turned(ellipse(37, 24, 8.5, 20), -8, 37, 40))
	s.both(p.inner, turned(ellipse(37, 24, 4, 13.5), -8, 37, 40))
}

func dogEars(s *sketch, p palette) {
	s.both(p.inner, blob(32, 34, [6]float64{20, 30, 11, 44, 13, 60}, [6]float64{15, 70, 25, 68, 27, 58}, [6]float64{28, 50, 30, 44, 32, 34}))
}

func foxEars(s *sketch, p palette) {
	s.both(p.coat, blob(19, 54, [6]float64{14, 38, 14, 24, 17, 16}, [6]float64{28, 20, 38, 28, 44, 38}, [6]float64{36, 46, 28, 52, 19, 54}))
	s.both(p.ink, blob(16.2, 31, [6]float64{15.6, 25, 16, 20, 17, 16}, [6]float64{21, 17.5, 25, 20, 28, 22.5}, [6]float64{24, 26, 20, 29, 16.2, 31}))
}

func birdTuft(s *sketch, p palette) {
	s.add(p.coat, turned(ellipse(50, 24, 4.5, 10), -24, 50, 34))
	s.add(p.inner, ellipse(50, 22, 4.5, 11))
	s.add(p.coat, turned(ellipse(50, 24, 4.5, 10), 24, 50, 34))
}

func horns(s *sketch, p palette) {
	s.both(p.coat, turned(ellipse(20, 46, 10, 6), 18, 20, 46))
	s.both(p.muzzle, blob(33, 36, [6]float64{29, 30, 28, 22, 31, 17}, [6]float64{33, 23, 37, 28, 43, 31}, [6]float64{40, 34, 37, 36, 33, 36}))
}

func fins(s *sketch, p palette) {
	s.both(p.inner, turned(ellipse(17, 58, 11, 6), 28, 17, 58))
	s.add(p.inner, blob(37, 34, [6]float64{40, 22, 48, 13, 58, 12}, [6]float64{55, 20, 57, 28, 63, 34}, [6]float64{55, 38, 45, 38, 37, 34}))
}

func antennae(s *sketch, p palette) {
	s.both(p.ink, turned(ellipse(40, 24, 1.6, 13), -16, 40, 36))
	s.both(p.inner, circle(36, 13, 4.6))
}

func blaze(s *sketch, p palette) {
	s.add(p.muzzle, blob(50, 29, [6]float64{55, 34, 54, 48, 57, 62}, [6]float64{54, 64, 46, 64, 43, 62}, [6]float64{46, 48, 45, 34, 50, 29}))
}

func mask(s *sketch, p palette) {
	s.both(p.muzzle, turned(ellipse(37.5, 54, 10, 11.5), 12, 37.5, 54))
}

func spot(s *sketch, p palette) {
	s.add(p.inner, turned(ellipse(62, 50, 11, 12), -14, 62, 50))
	s.add(p.muzzle, turned(ellipse(62, 53, 8, 8.6), -14, 62, 53))
}

func roundEyes(s *sketch, p palette) {
	s.both(p.ink, ellipse(38, 53, 4, 4.8))
	gleam(s, 39.4, 51.2)
	gleam(s, 63.4, 51.2)
}

func bigEyes(s *sketch, p palette) {
	s.both(white, circle(37.5, 52.5, 7))
	s.both(p.ink, circle(38.6, 53, 4.6))
	gleam(s, 40, 51.2)
	gleam(s, 63, 51.2)
}

func happyEyes(s *sketch, p palette) {
	s.both(p.ink, arc(38, 55, 5.2, -4.4, 2.6))
}

func sideEyes(s *sketch, p palette) {
	s.both(white, circle(37.5, 52.5, 6.4))
	s.add(p.ink, circle(40, 52.5, 3.9))
	s.add(p.ink, circle(65, 52.5, 3.9))
}

func wink(s *sketch, p palette) {
	s.add(p.ink, ellipse(38, 53, 4, 4.8))
	gleam(s, 39.4, 51.2)
	s.add(p.ink, arc(62, 54.5, 5, -3.8, 2.6))
}

func gleam(s *sketch, x, y float64) { s.add(white, circle(x, y, 1.4)) }

func blush(s *sketch, _ palette) {
	s.both(color.NRGBA{0xff, 0x6f, 0x6f, 0x66}, ellipse(29.5, 63, 4.6, 3))
}

func nose(s *sketch, p palette) {
	s.add(p.ink, blob(45.5, 60.6, [6]float64{47, 59.4, 53, 59.4, 54.5, 60.6}, [6]float64{55, 63, 52, 65, 50, 65}, [6]float64{48, 65, 45, 63, 45.5, 60.6}))
}

func catMouth(s *sketch, p palette) {
	nose(s, p)
	s.both(p.ink, arc(46.2, 68.4, 3.8, 2.6, 1.7))
}

func smile(s *sketch, p palette) {
	nose(s, p)
	s.add(p.ink, arc(50, 69, 7, 4, 1.9))
}

func open(s *sketch, p palette) {
	nose(s, p)
	s.add(p.ink, blob(43, 68, [6]float64{47, 69.5, 53, 69.5, 57, 68}, [6]float64{57.5, 78, 42.5, 78, 43, 68}))
	s.add(pink, ellipse(50, 73.6, 3.2, 1.8))
}

func beak(s *sketch, p palette) {
	s.add(amber, blob(41, 63, [6]float64{44, 58, 56, 58, 59, 63}, [6]float64{57, 69, 53, 73, 50, 74}, [6]float64{47, 73, 43, 69, 41, 63}))
	s.add(p.ink, arc(50, 65, 6.4, 1.2, 1.3))
}

func grin(s *sketch, p palette) { s.add(p.ink, arc(50, 65, 9, 5, 2)) }

func gape(s *sketch, p palette) {
	s.add(p.ink, ellipse(50, 67, 5.6, 4.8))
	s.add(pink, ellipse(50, 69.6, 3.6, 2))
}

func tongue(s *sketch, p palette) {
	nose(s, p)
	s.add(pink, blob(47.5, 71.4, [6]float64{47, 79.5, 55.5, 79.5, 55, 71}, [6]float64{52.5, 72.6, 50, 72.6, 47.5, 71.4}))
	s.add(p.ink, arc(50, 69, 7, 3.4, 1.9))
}

var (
	white = rgb(0xffffff)
	pink  = rgb(0xf4798a)
	amber = rgb(0xf2a93b)
)

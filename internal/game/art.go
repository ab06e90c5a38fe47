package game

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
)

const (
	// MaxArt is the largest picture, as uploaded and as stored, in bytes.
	MaxArt = 512 << 10
	// MaxPixels is the most that a picture may have; checked before decoding.
	MaxPixels = 4_000_000
)

// A Picture describes one of a game's pictures, or holds it.
type Picture struct {
	Type   string `json:"type"` // image/png or image/jpeg
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Hash   string `json:"hash"` // of Data; a new one for every change
	Data   []byte `json:"-"`    // empty in Game.Art
}

// What can be wrong with a picture, in words for the person who uploads it.
var (
	ErrArtFormat = errors.New("a picture must be PNG, JPEG, GIF or WebP")
	ErrArtSize   = errors.New("a picture must have at most 512 KiB")
	ErrArtPixels = errors.New("a picture must have at most 4 megapixels")

	errBadArtName = errors.New("a picture's name must be 1 to 40 of a–z, 0–9, - and _, and begin with a letter or digit")
)

// A format is a kind of picture that is accepted, known by its first bytes. The
// list is our own, not the image package's, which grows with what is imported.
type format struct {
	begins   string // ? stands for any byte
	lossless bool   // flat colours and sharp edges are likely
	config   func(io.Reader) (image.Config, error)
	decode   func(io.Reader) (image.Image, error)
}

var formats = []format{
	{"\x89PNG\r\n\x1a\n", true, png.DecodeConfig, png.Decode},
	{"\xff\xd8\xff", false, jpeg.DecodeConfig, jpeg.Decode},
	{"GIF8?a", true, gif.DecodeConfig, gif.Decode}, // the first frame
	{"RIFF????WEBP", false, webp.DecodeConfig, webp.Decode},
}

// encodeArt checks an uploaded picture and encodes it anew, which leaves behind
// everything that is not pixels: metadata, and whatever was hidden in it.
func encodeArt(upload []byte) (Picture, error) {
	if len(upload) > MaxArt {
		return Picture{}, ErrArtSize
	}
	f, ok := sniff(upload)
	if !ok {
		return Picture{}, ErrArtFormat
	}
	config, err := f.config(bytes.NewReader(upload))
	if err != nil {
		return Picture{}, fmt.Errorf("%w: %w", ErrArtFormat, err)
	}
	if config.Width < 1 || config.Height < 1 || config.Width > MaxPixels/config.Height {
		return Picture{}, ErrArtPixels
	}
	img, err := f.decode(bytes.NewReader(upload))
	if err != nil {
		return Picture{}, fmt.Errorf("%w: %w", ErrArtFormat, err)
	}
	return encodeWithin(img, f.lossless, MaxArt)
}

func sniff(b []byte) (format, bool) {
	for _, f := range formats {
		if len(b) < len(f.begins) {
			continue
		}
		match := true
		for i := range len(f.begins) {
			match = match && (f.begins[i] == '?' || f.begins[i] == b[i])
		}
		if match {
			return f, true
		}
	}
	return format{}, false
}

// encodeWithin encodes as well as fits into limit bytes: PNG for what is
// transparent or was lossless, else JPEG of falling quality, else the same at
// half the size.
func encodeWithin(img image.Image, lossless bool, limit int) (Picture, error) {
	pixels := image.NewNRGBA(image.Rectangle{Max: img.Bounds().Size()})
	draw.Draw(pixels, pixels.Bounds(), img, img.Bounds().Min, draw.Src)
	for {
		opaque := pixels.Opaque()
		if lossless || !opaque {
			var b bytes.Buffer
			if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, pixels); err != nil {
				return Picture{}, err
			}
			if b.Len() <= limit {
				return newPicture(b.Bytes(), "image/png", pixels.Bounds().Size()), nil
			}
		}
		for quality := 90; opaque && quality >= 60; quality -= 10 {
			var b bytes.Buffer
			if err := jpeg.Encode(&b, pixels, &jpeg.Options{Quality: quality}); err != nil {
				return Picture{}, err
			}
			if b.Len() <= limit {
				return newPicture(b.Bytes(), "image/jpeg", pixels.Bounds().Size()), nil
			}
		}
		size := pixels.Bounds().Size().Div(2)
		if size.X < 1 || size.Y < 1 { // a line of pixels that noise fills
			return Picture{}, ErrArtSize
		}
		half := image.NewNRGBA(image.Rectangle{Max: size})
		draw.ApproxBiLinear.Scale(half, half.Bounds(), pixels, pixels.Bounds(), draw.Src, nil)
		pixels = half
	}
}

func newPicture(data []byte, kind string, size image.Point) Picture {
	sum := sha256.Sum256(data)
	return Picture{Type: kind, Width: size.X, Height: size.Y, Hash: hex.EncodeToString(sum[:8]), Data: data}
}

// storedPicture reads back what encodeArt wrote into the store.
func storedPicture(data []byte) (Picture, error) {
	f, ok := sniff(data)
	if !ok {
		return Picture{}, ErrArtFormat
	}
	config, err := f.config(bytes.NewReader(data))
	if err != nil {
		return Picture{}, err
	}
	kind := "image/jpeg"
	if f.lossless {
		kind = "image/png"
	}
	return newPicture(data, kind, image.Pt(config.Width, config.Height)), nil
}

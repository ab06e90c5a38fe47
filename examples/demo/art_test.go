package demo

import (
	"bytes"
	"image/jpeg"
	"testing"
)

func TestArtIsFitForTheLandingPage(t *testing.T) {
	art := Art()
	for _, name := range append([]string{"cover"}, levelNames...) {
		size, err := jpeg.DecodeConfig(bytes.NewReader(art[name]))
		if err != nil || size.Width != 1200 || size.Height != 630 {
			t.Errorf("%s: %d × %d, %v", name, size.Width, size.Height, err)
		}
		if n := len(art[name]); n > 128<<10 {
			t.Errorf("%s: %d bytes", name, n)
		}
	}
}

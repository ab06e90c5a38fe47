package game

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// noise is a picture that does not compress.
func noise(w, h int, alpha uint8) image.Image {
	chance := rand.New(rand.NewPCG(1, 2))
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = uint8(chance.Uint32())
		if i%4 == 3 {
			img.Pix[i] = alpha
		}
	}
	return img
}

// flat is a picture of one colour and a different corner.
func flat(w, h int, c color.NRGBA) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetNRGBA(x, y, c)
		}
	}
	img.SetNRGBA(0, 0, color.NRGBA{1, 2, 3, 255})
	return img
}

func encoded(t testing.TB, img image.Image, kind string) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch kind {
	case "png":
		err = png.Encode(&b, img)
	case "jpeg":
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: 70})
	case "gif":
		err = gif.Encode(&b, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// oneWebP is a lossless WebP picture of one see-through pixel.
var oneWebP = []byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00")

func TestEncodeArt(t *testing.T) {
	red := color.NRGBA{200, 30, 20, 255}
	for name, c := range map[string]struct {
		upload     []byte
		kind       string
		decodeSize image.Point
	}{
		"png":         {encoded(t, flat(40, 30, red), "png"), "image/png", image.Pt(40, 30)},
		"jpeg":        {encoded(t, flat(40, 30, red), "jpeg"), "image/jpeg", image.Pt(40, 30)},
		"gif":         {encoded(t, flat(40, 30, red), "gif"), "image/png", image.Pt(40, 30)},
		"webp":        {oneWebP, "image/png", image.Pt(1, 1)},
		"see-through": {encoded(t, flat(40, 30, color.NRGBA{9, 9, 9, 80}), "png"), "image/png", image.Pt(40, 30)},
		"noisy":       {encoded(t, noise(120, 90, 255), "png"), "image/png", image.Pt(120, 90)},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := encodeArt(c.upload)
			if err != nil {
				t.Fatal(err)
			}
			if p.Type != c.kind || p.Width != c.decodeSize.X || p.Height != c.decodeSize.Y {
				t.Errorf("%s %d×%d, want %s %v", p.Type, p.Width, p.Height, c.kind, c.decodeSize)
			}
			img, kind, err := image.Decode(bytes.NewReader(p.Data))
			if err != nil || "image/"+kind != p.Type || img.Bounds().Size() != c.decodeSize {
				t.Errorf("decodes as %s, %v", kind, err)
			}
			if back, err := storedPicture(p.Data); err != nil || !cmp.Equal(back, p) {
				t.Errorf("read back from the store: %s %d×%d %s, %v", back.Type, back.Width, back.Height, back.Hash, err)
			}
		})
	}
}

func TestEncodeWithin(t *testing.T) {
	for name, c := range map[string]struct {
		img      image.Image
		lossless bool
		limit    int
		kind     string
		smaller  bool
	}{
		"fits":                  {noise(64, 64, 255), true, 20_000, "image/png", false},
		"opaque noise":          {noise(64, 64, 255), true, 8_000, "image/jpeg", false},
		"too much for JPEG":     {noise(64, 64, 255), true, 2_500, "image/jpeg", true},
		"see-through noise":     {noise(64, 64, 99), false, 8_000, "image/png", true},
		"off-centre sub-image":  {noise(64, 64, 255).(*image.NRGBA).SubImage(image.Rect(10, 10, 30, 30)), true, 20_000, "image/png", false},
		"paletted with a limit": {image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{color.White, color.Black}), true, 20_000, "image/png", false},
	} {
		p, err := encodeWithin(c.img, c.lossless, c.limit)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(p.Data) > c.limit || p.Type != c.kind || (p.Width < c.img.Bounds().Dx()) != c.smaller {
			t.Errorf("%s: %d bytes of %d, %s, %d×%d", name, len(p.Data), c.limit, p.Type, p.Width, p.Height)
		}
	}
	if _, err := encodeWithin(noise(4, 4, 255), true, 10); !errors.Is(err, ErrArtSize) {
		t.Errorf("nothing fits in 10 bytes: %v", err)
	}
}

func TestEncodeArtRefuses(t *testing.T) {
	small := encoded(t, flat(4, 4, color.NRGBA{1, 1, 1, 255}), "png")
	// A PNG of few bytes that claims to have many pixels.
	claims := func(width, height uint32) []byte {
		b := bytes.Clone(small)
		binary.BigEndian.PutUint32(b[16:], width)
		binary.BigEndian.PutUint32(b[20:], height)
		binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
		return b
	}
	for name, c := range map[string]struct {
		upload []byte
		want   error
	}{
		"nothing":        {nil, ErrArtFormat},
		"text":           {[]byte("hello"), ErrArtFormat},
		"svg":            {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), ErrArtFormat},
		"bmp":            {append([]byte("BM"), make([]byte, 60)...), ErrArtFormat},
		"cut":            {small[:len(small)-20], ErrArtFormat},
		"only a header":  {small[:8], ErrArtFormat},
		"too many bytes": {append(bytes.Clone(small), make([]byte, MaxArt)...), ErrArtSize},
		"bomb":           {claims(50_000, 50_000), ErrArtPixels},
		"overflow":       {claims(1<<31-1, 1<<31-1), ErrArtFormat},
		"over 4 million": {claims(2001, 2000), ErrArtPixels},
		"4 million":      {claims(2000, 2000), ErrArtFormat}, // few enough, but not there
	} {
		if p, err := encodeArt(c.upload); !errors.Is(err, c.want) {
			t.Errorf("%s: %s, %v; want %v", name, p.Type, err, c.want)
		}
	}
}

// What is behind the pixels, such as the place a photo was taken, does not
// reach the store.
func TestEncodeArtDropsWhatIsNotPixels(t *testing.T) {
	upload := append(encoded(t, flat(8, 8, color.NRGBA{1, 1, 1, 255}), "png"), []byte("<script>alert(1)</script>")...)
	p, err := encodeArt(upload)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(p.Data, []byte("<script>")) {
		t.Error("what was appended is still there")
	}
}

func TestSetArt(t *testing.T) {
	m := newMemory()
	r, other := open(t, m, Options{}), open(t, m, Options{})
	add(t, r, demo())
	drawn, ok := r.Art("demo", CoverName)
	if !ok || drawn.Type != "image/png" || drawn.Width != coverWidth {
		t.Fatalf("without art: %s %d×%d, %t", drawn.Type, drawn.Width, drawn.Height, ok)
	}
	upload := encoded(t, flat(40, 30, color.NRGBA{200, 30, 20, 255}), "png")
	stored, err := r.SetArt(t.Context(), "demo", CoverName, upload)
	if err != nil {
		t.Fatal(err)
	}
	for i, node := range []*Registry{r, other, open(t, m, Options{})} {
		got, ok := node.Art("demo", CoverName)
		if !ok || !cmp.Equal(got, stored) {
			t.Errorf("node %d: %s %d×%d, %t", i, got.Type, got.Width, got.Height, ok)
		}
		g, _ := node.Get("demo")
		about := stored
		about.Data = nil
		if diff := cmp.Diff(map[string]Picture{CoverName: about}, g.Art); diff != "" {
			t.Errorf("node %d: the game's art (-want +got):\n%s", i, diff)
		}
	}
	second, err := r.SetArt(t.Context(), "demo", CoverName, encoded(t, flat(20, 10, color.NRGBA{1, 200, 1, 255}), "png"))
	if got, _ := other.Art("demo", CoverName); err != nil || got.Hash != second.Hash || got.Hash == stored.Hash {
		t.Errorf("replaced: %v, %+v", err, got.Hash)
	}
	if err := r.RemoveArt(t.Context(), "demo", CoverName); err != nil {
		t.Fatal(err)
	}
	if got, _ := other.Art("demo", CoverName); got.Hash != drawn.Hash {
		t.Error("without its picture the game does not have the drawn cover again")
	}
	if _, _, err := m.Get(t.Context(), "art.demo.cover"); !errors.Is(err, ErrNotFound) {
		t.Errorf("the removed picture's data: %v", err)
	}
	if err := r.RemoveArt(t.Context(), "demo", CoverName); !errors.Is(err, ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
}

func TestSetArtRefuses(t *testing.T) {
	r := open(t, newMemory(), Options{})
	add(t, r, demo())
	upload := encoded(t, flat(4, 4, color.NRGBA{1, 1, 1, 255}), "png")
	for name, c := range map[string]struct {
		id, art string
		upload  []byte
		want    error
	}{
		"unknown game":  {"chess", "cover", upload, ErrNotFound},
		"not an id":     {"demo.cover", "x", upload, ErrNotFound},
		"no name":       {"demo", "", upload, ErrInvalid},
		"path":          {"demo", "../cover", upload, ErrInvalid},
		"subject":       {"demo", "a.b", upload, ErrInvalid},
		"not a picture": {"demo", "cover", []byte("x"), ErrArtFormat},
	} {
		if _, err := r.SetArt(t.Context(), c.id, c.art, c.upload); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	for i := range maxPictures {
		if _, err := r.SetArt(t.Context(), "demo", string(rune('a'+i%26))+string(rune('a'+i/26)), upload); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.SetArt(t.Context(), "demo", "more", upload); !errors.Is(err, ErrInvalid) {
		t.Errorf("one picture more: %v", err)
	}
	if _, ok := r.Art("demo", "nothing"); ok {
		t.Error("a picture that was never set is there")
	}
	if _, ok := r.Art("chess", CoverName); ok {
		t.Error("an unknown game has a cover")
	}
}

func TestCover(t *testing.T) {
	game := func(id, name string) Game { return Game{ID: id, Name: name} }
	a := drawCover(game("demo", "Two Keys"))
	if len(a.Data) > MaxArt || a.Width != 1200 || a.Height != 600 {
		t.Errorf("%d bytes, %d×%d", len(a.Data), a.Width, a.Height)
	}
	if again := drawCover(game("demo", "Two Keys")); again.Hash != a.Hash {
		t.Error("drawn twice, it differs")
	}
	tinted := game("demo", "Two Keys")
	tinted.Background, tinted.Accent = "#ffffff", "#0d6b58"
	day := drawCover(tinted)
	for what, p := range map[string]Picture{"id": drawCover(game("demo2", "Two Keys")), "name": drawCover(game("demo", "One Key")), "colours": day} {
		if p.Hash == a.Hash {
			t.Errorf("another %s, the same cover", what)
		}
	}
	if img, err := png.Decode(bytes.NewReader(day.Data)); err != nil || img.At(0, 0) != (color.RGBA{255, 255, 255, 255}) {
		t.Errorf("the background is not the game's: %v", err)
	}
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Two Keys": "TK", "chess": "C", "the very long name": "TV", "éa ωm": "ÉΩ", "日本": "", "日本 Quest": "Q", "🦙 (alpaca) run!": "AR", "2048": "2", "": "", "— —": "",
	} {
		if got := initials(name); got != want {
			t.Errorf("initials(%q) = %q, want %q", name, got, want)
		}
	}
}

func FuzzEncodeArt(f *testing.F) {
	img := flat(5, 4, color.NRGBA{200, 30, 20, 255})
	for _, kind := range []string{"png", "jpeg", "gif"} {
		f.Add(encoded(f, img, kind))
	}
	f.Add(oneWebP)
	f.Add([]byte("RIFF\x00\x00\x00\x00WEBPVP8X"))
	f.Fuzz(func(t *testing.T, upload []byte) {
		p, err := encodeArt(upload)
		if err != nil {
			return
		}
		if len(p.Data) > MaxArt || p.Width*p.Height > MaxPixels {
			t.Fatalf("%d bytes, %d×%d", len(p.Data), p.Width, p.Height)
		}
		if back, err := storedPicture(p.Data); err != nil || !cmp.Equal(back, p) {
			t.Fatalf("cannot be read back: %v", err)
		}
	})
}

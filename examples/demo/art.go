package demo

import (
	"embed"
	"path"
)

//go:embed art/*.jpg
var pictures embed.FS

// Art returns the game's pictures by the names under which to upload them: one for each level, which the game names as the landing page's image
// while its players are there, and "cover" for everywhere else. JPEG, 1200 by 630 pixels, below 128 KiB each.
func Art() map[string][]byte {
	art := map[string][]byte{}
	for _, level := range levelNames {
		picture, err := pictures.ReadFile(path.Join("art", level+".jpg"))
		if err != nil {
			panic(err) // every level has its picture, or the program is not whole
		}
		art[level] = picture
	}
	art["cover"] = art["lighthouse"]
	return art
}

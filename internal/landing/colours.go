package landing

import "partykit/internal/game"

// The colours of a page that knows no game; the accent is that of
// web/tokens.css in light surroundings.
var (
	plainStage  = game.Color{R: 0x1d, G: 0x3f, B: 0x37}
	plainAccent = game.Color{R: 0x0d, G: 0x6b, B: 0x58}
)

// colours writes a game's two colours as the custom properties that the page's
// style uses, each with the text colour that is read best on it: black or white,
// one of which always reaches 4.5:1.
func colours(g game.Game) markup {
	stage, accent := stageOf(g)
	ink := readable(stage)
	far := stage.Mix(opposite(ink), 0.4) // away from the text's colour, so never harder to read on
	return markup(":root{--stage:" + stage.String() + ";--stage-far:" + far.String() + ";--stage-fg:" + ink.String() +
		";--pk-accent:" + accent.String() + ";--pk-accent-fg:" + readable(accent).String() + "}")
}

// stageOf returns the colours of a game, or the plain ones for no game.
func stageOf(g game.Game) (stage, accent game.Color) {
	if g.ID == "" {
		return plainStage, plainAccent
	}
	return g.Colors()
}

var (
	black = game.Color{}
	white = game.Color{R: 0xff, G: 0xff, B: 0xff}
)

func opposite(ink game.Color) game.Color {
	if ink == black {
		return white
	}
	return black
}

// readable returns black or white, whichever stands out more on a colour.
func readable(on game.Color) game.Color {
	if game.Contrast(black, on) > game.Contrast(white, on) {
		return black
	}
	return white
}

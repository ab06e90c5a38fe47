package host

import (
	"partykit/internal/engine"
	"partykit/internal/loop"
)

// place is a loop with the parties that live on it.
type place struct {
	*loop.Loop
	parties map[engine.Ref]*live
}

// everyGame stands for tasks that concern no single game.
const everyGame = ""

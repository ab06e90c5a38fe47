package host

import (
	"partykit/internal/engine"
	"partykit/internal/loop"
)

// place is a loop with the parties that live on it.
type place struct {
	*loop.Loop
	parties map[engine.Ref]*live
	scratch []byte // a frame that is being sent
}

// everyGame stands for tasks that concern no single game.
const everyGame = ""

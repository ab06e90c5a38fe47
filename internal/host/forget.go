package host

import (
	"context"
	"encoding/json"
	"time"

	"partykit/internal/engine"
	"partykit/party"
)

// forgetPause is how long the log of a party that retired is left for those who
// read all logs, such as webhooks.
const forgetPause = time.Minute

// forgetStored removes what is stored of a party that has just retired. Where
// that fails it expires, as everything does.
func (h *Host) forgetStored(r engine.Ref, s *party.State) {
	final, err := json.Marshal(s)
	if err != nil {
		h.log.Error("a party cannot be written", "game", r.Game, "party", r.Party, "err", err)
		return
	}
	over, ttl := s.Seq, now().Until(s.Horizon(now()))+margin
	time.AfterFunc(forgetPause, func() {
		h.loopOf(r).Post(r.Game, func() {
			h.work(patience, func(ctx context.Context) {
				if err := h.o.Node.Forget(ctx, r, over, final, ttl); err != nil && h.ctx.Err() == nil {
					h.log.Warn("a party that retired stays in the storage until it expires", "game", r.Game, "party", r.Party, "err", err)
				}
			})
		})
	})
}

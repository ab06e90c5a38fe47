package host

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"partykit/internal/engine"
	"partykit/party"
)

// Recover makes the records again of where links lead that a kill or a power
// cut took: they do not wait for the disk, and the events that made the links
// did. It comes before anybody is served.
func (h *Host) Recover(ctx context.Context) error {
	err := h.o.Node.Tail(ctx, func(r engine.Record) {
		if !bytes.Contains(r.Data, []byte(`"invited"`)) { // most make no link
			return
		}
		if err := h.relink(ctx, r); err != nil {
			h.log.Error("a new link may lead nowhere", "game", r.Ref.Game, "party", r.Ref.Party, "err", err)
		}
	})
	if err != nil {
		return fmt.Errorf("finding the newest links again: %w", err)
	}
	return nil
}

// relink has the codes of links that an event made lead to its party, where they
// lead nowhere.
func (h *Host) relink(ctx context.Context, r engine.Record) error {
	entry, err := party.DecodeEntry(r.Data)
	if err != nil {
		return err
	}
	for _, e := range entry.Events {
		made, ok := e.(party.Invited)
		if !ok || made.Invite.Hash == "" || keeps(made.Invite) <= 0 {
			continue
		}
		i := made.Invite
		record, err := json.Marshal(link{
			Game: party.GameID(r.Ref.Game), Party: party.ID(r.Ref.Party), Invite: i.ID, Follows: i.OnLeave == party.FollowOnLeave,
		})
		if err != nil {
			return err
		}
		_, err = h.o.Node.Put(ctx, engine.Invites, i.Hash, record, 0, keeps(i))
		if err != nil && !errors.Is(err, engine.ErrConflict) { // a conflict: it is there
			return err
		}
	}
	return nil
}

package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"partykit/internal/engine"
	"partykit/party"
)

// letter is a notice that was given up, as it is stored.
type letter struct {
	Body  json.RawMessage `json:"body"`
	Tries int             `json:"tries"`
	Why   string          `json:"why"` // of the last try
}

func (l letter) encode() []byte {
	b, err := json.Marshal(l)
	if err != nil {
		panic("webhook: a letter of ours cannot be encoded: " + err.Error())
	}
	return b
}

// Dead is a notice that was given up.
type Dead struct {
	ID     string           `json:"id"`
	Type   party.NoticeType `json:"type"`
	Party  string           `json:"party"`
	Number uint64           `json:"number"`
	At     time.Time        `json:"at"`    // when it happened
	Since  time.Time        `json:"since"` // when it was given up
	Tries  int              `json:"tries"`
	Why    string           `json:"why"` // of the last try
}

// ErrNoLetter says that there is no dead letter of an id.
var ErrNoLetter = errors.New("there is no dead letter of that id: they are kept for 7 days")

// Letters are the dead letters of all games.
type Letters struct{ Node *engine.Node }

// Dead lists the dead letters of a game, oldest first.
func (l Letters) Dead(ctx context.Context, game string) ([]Dead, error) {
	tasks, err := l.Node.Buried(ctx, game)
	if err != nil {
		return nil, err
	}
	list := []Dead{}
	for _, t := range tasks {
		var x letter
		var b Body
		if err := json.Unmarshal(t.Data, &x); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(x.Body, &b); err != nil {
			return nil, err
		}
		list = append(list, Dead{t.ID, b.Type, b.Data.Party, b.Data.Number, b.Timestamp, t.Added.UTC(), x.Tries, x.Why})
	}
	return list, nil
}

// Replay puts dead letters of a game back into its queue, under their ids; none
// named is all. It returns how many. It fails with [ErrNoLetter] before the
// first where one is not there.
func (l Letters) Replay(ctx context.Context, game string, ids []string) (n int, err error) {
	tasks, err := l.Node.Buried(ctx, game)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if !slices.ContainsFunc(tasks, func(t engine.Task) bool { return t.ID == id }) {
			return 0, ErrNoLetter
		}
	}
	for _, t := range tasks {
		if len(ids) > 0 && !slices.Contains(ids, t.ID) {
			continue
		}
		var x letter
		if err := json.Unmarshal(t.Data, &x); err != nil {
			return n, err
		}
		if err := l.Node.Enqueue(ctx, game, t.ID, x.Body); err != nil {
			return n, err
		}
		if err := l.Node.Unbury(ctx, game, t.ID); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

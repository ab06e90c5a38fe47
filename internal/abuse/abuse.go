// Package abuse keeps what players report of one another, for the operator: who
// says it of whom, why, and the last lines of chat of their party.
//
// A report is no part of a party: neither its members nor whoever is reported
// learn of it. What stands in one was written by players and is hostile text.
package abuse

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"partykit/internal/engine"
	"partykit/party"
)

// Limits of a report.
const (
	MaxReason = 255 // bytes
	MaxLines  = 20  // of chat
)

// A Report is what a player told the operator of another.
type Report struct {
	ID     string       `json:"id"` // ids sort by time
	Game   party.GameID `json:"game"`
	Party  party.ID     `json:"party"`
	At     party.Time   `json:"at"`
	By     Person       `json:"by"`
	About  Person       `json:"about"`
	Reason string       `json:"reason,omitempty"`
	Chat   []Line       `json:"chat"` // the newest lines of the party, oldest first
}

// Person is somebody in a party, as it was called when the report was made.
type Person struct {
	Player party.PlayerID `json:"player,omitempty"` // empty for a seat that nobody has taken yet
	N      int            `json:"n"`
	Name   string         `json:"name"`
}

// Line is a line of chat.
type Line struct {
	N    int        `json:"n"`
	Name string     `json:"name"`
	Text string     `json:"text"`
	At   party.Time `json:"at"`
}

// NewID returns the id of a report made at that time.
func NewID(at party.Time) string {
	return fmt.Sprintf("r%012x%s", int64(at), strings.ToLower(rand.Text()[:8]))
}

// ErrNotFound says that there is no report of an id.
var ErrNotFound = errors.New("there is no report of that id: they are kept for 90 days, the newest 1,000 of a game")

// Reports are those of all games.
type Reports struct{ Node *engine.Node }

// Add keeps a report; it is durable when Add returns without an error. One with
// the same key within two minutes is the same report, and not added again.
func (r Reports) Add(ctx context.Context, key string, x Report) error {
	data, err := json.Marshal(x)
	if err != nil {
		return err
	}
	return r.Node.Report(ctx, string(x.Game), key, data)
}

// List returns the reports of a game, newest first.
func (r Reports) List(ctx context.Context, game string) ([]Report, error) {
	stored, err := r.Node.Reports(ctx, game)
	if err != nil {
		return nil, err
	}
	list := make([]Report, len(stored))
	for i, s := range stored {
		if err := json.Unmarshal(s.Data, &list[i]); err != nil {
			return nil, fmt.Errorf("a stored report cannot be read: %w", err)
		}
	}
	slices.SortFunc(list, func(a, b Report) int { return cmp.Compare(b.ID, a.ID) })
	return list, nil
}

// Close forgets a report of a game that was dealt with. It fails with
// [ErrNotFound].
func (r Reports) Close(ctx context.Context, game, id string) error {
	stored, err := r.Node.Reports(ctx, game)
	if err != nil {
		return err
	}
	for _, s := range stored {
		var x Report
		if err := json.Unmarshal(s.Data, &x); err == nil && x.ID == id {
			return r.Node.EraseReport(ctx, s)
		}
	}
	return ErrNotFound
}

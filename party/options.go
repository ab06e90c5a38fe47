package party

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"partykit/internal/names"
)

// The limits of an invite's options, in bytes.
const (
	MaxPayload = 2 << 10 // of JSON
	MaxNeeds   = 4
	MaxNeed    = 63 // of a name, and of a value
)

// OnLeave says what becomes of a link when its maker leaves the party.
type OnLeave string

// What becomes of it.
const (
	KeepOnLeave   OnLeave = "keep" // the same as ""
	RevokeOnLeave OnLeave = "revoke"
	FollowOnLeave OnLeave = "follow" // it leads to the party its maker is in
)

// InviteOptions are an invite's rarer options.
type InviteOptions struct {
	For        PlayerID        `json:"for,omitempty"`        // only this player, who may have been kicked
	UntilEmpty bool            `json:"untilEmpty,omitempty"` // lives until nobody is left, in place of an expiry
	OnLeave    OnLeave         `json:"onLeave,omitempty"`
	Payload    json.RawMessage `json:"payload,omitempty"` // for the joiner's game alone
	Requires   Needs           `json:"requires,omitempty"`
}

// Needs is what a game must be to fit another: version, content.
type Needs map[string]string

func (o InviteOptions) clean() (InviteOptions, error) {
	if o.OnLeave == KeepOnLeave {
		o.OnLeave = ""
	}
	if o.OnLeave != "" && o.OnLeave != RevokeOnLeave && o.OnLeave != FollowOnLeave {
		return o, Errorf(BadRequest, "When its maker leaves, a link stays, ends, or goes along: keep, revoke, follow.")
	}
	payload, err := compactJSON(o.Payload, "payload", MaxPayload)
	if err != nil {
		return o, err
	}
	o.Payload = payload
	if len(o.Requires) > MaxNeeds {
		return o, Errorf(TooLarge, "A link requires at most %d things.", MaxNeeds)
	}
	needs := Needs{}
	for name, value := range o.Requires {
		clean, err := names.Text(value, MaxNeed)
		if err != nil || name == "" || len(name) > MaxNeed {
			return o, Errorf(TooLarge, "What a link requires has a name and a value of at most %d bytes.", MaxNeed)
		}
		needs[name] = clean
	}
	if o.Requires = needs; len(needs) == 0 {
		o.Requires = nil
	}
	return o, nil
}

// compactJSON returns a text of JSON without white space, within its limit in
// bytes; nil stays nil.
func compactJSON(text json.RawMessage, what string, most int) (json.RawMessage, error) {
	if text == nil {
		return nil, nil
	}
	stored, err := storedJSON(text)
	if err != nil {
		return nil, Errorf(BadRequest, "The %s is not JSON.", what)
	}
	if n := lengthOf(stored); n > most {
		return nil, Errorf(TooLarge, "The %s has at most %d bytes of JSON; this has %d.", what, most, n)
	}
	return stored, nil
}

// fit says what does not fit, with both sides' values, or nil.
func (n Needs) fit(has Needs) error {
	detail := ""
	for _, name := range slices.Sorted(maps.Keys(n)) {
		if has[name] != n[name] {
			detail += fmt.Sprintf("Your friend's game has %s %q, yours %q. ", name, n[name], has[name])
		}
	}
	if detail == "" {
		return nil
	}
	return &Error{Code: WrongVersion, Detail: detail + "Update the game, then try again."}
}

// personal refuses a browser at the door with a link for one player: whose it
// is shows when the game starts.
func (s *State) personal(id InviteID, p PlayerID) error {
	if i := s.Invite(id); i != nil && i.For != "" && i.For != p {
		return &Error{Code: NotAllowed, Detail: "Whom this invite is for shows when the game starts."}
	}
	return nil
}

// pardons reports whether a link lets a kicked player back: one made for it.
func (s *State) pardons(i *Invite, p PlayerID, browser string) bool {
	return i != nil && p != "" && i.For == p && !s.outcast(p, browser).Banned
}

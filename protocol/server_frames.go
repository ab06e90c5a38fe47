package protocol

import (
	"encoding/json"

	"partykit/party"
)

// You is the player a connection speaks for.
type You struct {
	ID   party.PlayerID `json:"id"`
	Name string         `json:"name"`
	N    int            `json:"n"`
}

// Welcome answers a hello.
type Welcome struct {
	T       string          `json:"t"`
	V       int             `json:"v"`
	Server  string          `json:"server"`
	Epoch   string          `json:"epoch"`
	You     You             `json:"you"`
	Token   string          `json:"token"`
	Session party.SessionID `json:"session"`
	Resume  string          `json:"resume"`
	Seq     uint64          `json:"seq"`
	Lost    bool            `json:"lost"`
	Gap     bool            `json:"gap"`
	Party   party.Snapshot  `json:"party"`
	Invite  *Ask            `json:"invite,omitempty"`
	Payload json.RawMessage `json:"payload,omitempty"` // of the invite the player came by, while it loads
	Chat    []Chat          `json:"chat,omitempty"`
}

// Chat is a line of chat. T is set in a frame of its own only.
type Chat struct {
	T    string     `json:"t,omitempty"`
	Seq  uint64     `json:"seq"`
	N    int        `json:"n"`
	Name string     `json:"name"` // of who wrote it, as it was
	Text string     `json:"text"`
	At   party.Time `json:"at"`
}

// Door is how it goes at another party's door: in line, or asking.
type Door struct {
	T       string         `json:"t"`
	Problem party.Code     `json:"problem,omitempty"`
	CanAsk  bool           `json:"canAsk,omitempty"`
	Line    int            `json:"line,omitempty"`
	You     *party.Arrival `json:"you,omitempty"`
}

// Ask is an invite that moves nobody until the player agreed, or says why the
// ticket could not be redeemed.
type Ask struct {
	From  string       `json:"from,omitempty"`
	Game  party.GameID `json:"game,omitempty"`
	Size  int          `json:"size,omitempty"`
	Error *Failure     `json:"error,omitempty"`
}

// Resumed answers a hello whose session was taken up again.
type Resumed struct {
	T       string          `json:"t"`
	Epoch   string          `json:"epoch"`
	Session party.SessionID `json:"session"`
	Resume  string          `json:"resume"`
	Seq     uint64          `json:"seq"`
	Applied Applied         `json:"applied"`
}

// Applied holds the highest ids of a session that took effect.
type Applied struct {
	Command uint64 `json:"command"`
	Message uint64 `json:"message"`
}

// Moved replaces the snapshot after the player came to another party.
type Moved struct {
	T       string          `json:"t"`
	Reason  party.Reason    `json:"reason"`
	Seq     uint64          `json:"seq"`
	You     You             `json:"you"`
	Party   party.Snapshot  `json:"party"`
	Payload json.RawMessage `json:"payload,omitempty"`
	Chat    []Chat          `json:"chat,omitempty"`
}

// Event is one change of the party.
type Event struct {
	T      string            `json:"t"`
	Seq    uint64            `json:"seq"`
	Rev    uint64            `json:"rev"`
	At     party.Time        `json:"at"`
	Events []party.EventView `json:"events"`
}

// Status replaces what no log holds of a member.
type Status struct {
	T string `json:"t"`
	N int    `json:"n"`
	party.Status
}

// OK answers a command.
type OK struct {
	T       string              `json:"t"`
	ID      uint64              `json:"id"`
	Seq     uint64              `json:"seq"`
	Invite  *party.InviteView   `json:"invite,omitempty"`
	Code    string              `json:"code,omitempty"`
	URL     string              `json:"url,omitempty"`
	Spoken  string              `json:"spoken,omitempty"`
	Invites []party.InviteStats `json:"invites,omitempty"`
	Waiting bool                `json:"waiting,omitempty"`
	Name    string              `json:"name,omitempty"`
	You     *You                `json:"you,omitempty"`    // identify
	Token   string              `json:"token,omitempty"`  // token
	Ticket  string              `json:"ticket,omitempty"` // travel, board: to the other game
	Until   party.Time          `json:"until,omitempty"`  // of Token
}

// Failure is what went wrong, in every surface's same words.
type Failure struct {
	Code       party.Code   `json:"code"`
	Message    string       `json:"message"`
	Docs       string       `json:"docs,omitempty"`
	RetryAfter float64      `json:"retryAfter,omitempty"` // seconds
	Next       party.Onward `json:"next,omitempty"`       // of a dead link: what leads on to its maker
	Data       party.Data   `json:"data,omitempty"`       // with revision_conflict, as it is now
	Revision   uint64       `json:"dataRevision,omitempty"`
}

// Error answers the command ID, the reliable message MID, or a frame that
// could not be read.
type Error struct {
	T   string `json:"t"`
	ID  uint64 `json:"id,omitempty"`
	MID uint64 `json:"mid,omitempty"`
	Failure
	Invite *Ask `json:"invite,omitempty"` // with confirm_required
}

// The types of server frames.
const (
	TWelcome = "welcome"
	TResumed = "resumed"
	TParty   = "party"
	TEvent   = "event"
	TStatus  = "status"
	TOK      = "ok"
	TError   = "error"
	TPong    = "pong"
	TDoor    = "door"
)

// Encode returns the text frame of a server's or client's value.
func Encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("protocol: a frame of ours cannot be encoded: " + err.Error())
	}
	return b
}

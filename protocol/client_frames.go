package protocol

import (
	"encoding/json"

	"partykit/party"
)

// Hello is a client's first frame.
type Hello struct {
	V        int         `json:"v"`
	Key      string      `json:"key,omitempty"`      // not needed with Identity
	Identity string      `json:"identity,omitempty"` // a token of the game's own
	Token    string      `json:"token,omitempty"`
	Name     string      `json:"name,omitempty"`
	Party    party.ID    `json:"party,omitempty"`
	Resume   *Resume     `json:"resume,omitempty"`
	Ticket   string      `json:"ticket,omitempty"`
	Own      Own         `json:"own,omitzero"`
	Has      party.Needs `json:"has,omitempty"` // what the game is: version, content
	SDK      string      `json:"sdk,omitempty"`
	Page     string      `json:"page,omitempty"`
}

// Resume asks for a session to be taken up again after Seq.
type Resume struct {
	Session party.SessionID `json:"session"`
	Token   string          `json:"token"`
	Epoch   string          `json:"epoch"`
	Seq     uint64          `json:"seq"`
}

// Own restates what the player has set.
type Own struct {
	Data    party.Data    `json:"data,omitempty"`
	Landing []party.Field `json:"landing,omitempty"`
}

// Command is any other text frame of a client. T says which members count.
type Command struct {
	T        string          `json:"t"`
	ID       uint64          `json:"id,omitempty"`
	Expires  int64           `json:"expires,omitempty"` // invite: seconds
	MaxUses  int             `json:"maxUses,omitempty"`
	Message  string          `json:"message,omitempty"` // invite, loading
	Invite   party.InviteID  `json:"invite,omitempty"`  // revoke
	Code     string          `json:"code,omitempty"`    // join
	Ticket   string          `json:"ticket,omitempty"`  // join
	Confirm  bool            `json:"confirm,omitempty"` // join
	Onward   bool            `json:"onward,omitempty"`  // join: by a dead link to where its maker is
	Set      party.Data      `json:"set,omitempty"`     // data
	Patch    party.Data      `json:"patch,omitempty"`   // data
	Fields   []party.Field   `json:"fields,omitempty"`  // landing
	Token    string          `json:"token,omitempty"`   // identify
	Success  *bool           `json:"success,omitempty"` // finalize
	Name     string          `json:"name,omitempty"`    // rename
	For      party.PlayerID  `json:"for,omitempty"`     // invite
	Spoken   bool            `json:"spoken,omitempty"`  // invite
	Until    string          `json:"until,omitempty"`   // invite: "empty"
	OnLeave  party.OnLeave   `json:"onLeave,omitempty"`
	Replaces party.InviteID  `json:"replaces,omitempty"` // invite
	Payload  json.RawMessage `json:"payload,omitempty"`
	Requires party.Needs     `json:"requires,omitempty"`
	Has      party.Needs     `json:"has,omitempty"`   // join
	If       *uint64         `json:"if,omitempty"`    // data: only at this revision
	Party    party.ID        `json:"party,omitempty"` // join: an open party
	N        int             `json:"n,omitempty"`     // promote, kick, readmit, admit, report
	Ban      bool            `json:"ban,omitempty"`   // kick
	Openness *party.Openness `json:"openness,omitempty"`
	Inviters *party.Inviters `json:"inviters,omitempty"`
	Size     *int            `json:"size,omitempty"`
	Approve  *bool           `json:"approve,omitempty"`
	Match    *party.Match    `json:"match,omitempty"`  // match; null: none
	Into     string          `json:"into,omitempty"`   // follow
	Yes      *bool           `json:"yes,omitempty"`    // follow, answer, admit, board
	Within   int64           `json:"within,omitempty"` // ready, travel: seconds
	Keep     bool            `json:"keep,omitempty"`   // ready
	Text     string          `json:"text,omitempty"`   // chat
	Reason   string          `json:"reason,omitempty"` // report
	To       party.GameID    `json:"to,omitempty"`     // travel; null: called off
	Travel   string          `json:"travel,omitempty"` // board
	Away     bool            `json:"away,omitempty"`
	Phase    string          `json:"phase,omitempty"` // loading
	Progress *float64        `json:"progress,omitempty"`
}

// The types of commands.
const (
	THello    = "hello"
	TPing     = "ping"
	TInvite   = "invite"
	TInvites  = "invites"
	TRevoke   = "revoke"
	TJoin     = "join"
	TLeave    = "leave"
	TData     = "data"
	TLanding  = "landing"
	TLoading  = "loading"
	TFinalize = "finalize"
	TRename   = "rename"
	TSettings = "settings"
	TPromote  = "promote"
	TKick     = "kick"
	TReadmit  = "readmit"
	TMember   = "member"
	TMatch    = "match"
	TFollow   = "follow"
	TReady    = "ready"
	TAnswer   = "answer"
	TCancel   = "cancel"
	TChat     = "chat"
	TAway     = "away"
	TIdentify = "identify"
	TToken    = "token"
	TWait     = "wait"
	TAsk      = "ask"
	TAdmit    = "admit"
	TReport   = "report"
	TTravel   = "travel"
	TBoard    = "board"
)

// DecodeHello reads a hello; the error is a BadRequest that says what is wrong.
func DecodeHello(frame []byte) (Hello, error) {
	var h struct {
		T string `json:"t"`
		Hello
	}
	if err := decode(frame, &h); err != nil {
		return Hello{}, err
	}
	if h.T != THello {
		return Hello{}, party.Errorf(party.BadRequest, "The first frame is a hello, not %.32q.", h.T)
	}
	if h.V != Version {
		return Hello{}, party.Errorf(party.BadRequest, "This server speaks version %d of the protocol, not %d.", Version, h.V)
	}
	return h.Hello, nil
}

// ping is a ping as our clients write it. Others may write it as they like.
const ping = `{"t":"ping"}`

// DecodeCommand reads a command. Even when it fails the id is returned if it
// could be read, so that the answer finds its request.
func DecodeCommand(frame []byte) (Command, error) {
	if string(frame) == ping { // what most players who wait send most
		return Command{T: TPing}, nil
	}
	var c Command
	if err := decode(frame, &c); err != nil {
		var id struct {
			ID uint64 `json:"id"`
		}
		_ = json.Unmarshal(frame, &id)
		return Command{ID: id.ID}, err
	}
	switch c.T {
	case TPing, TLoading, TAway:
		return c, nil
	case TInvite, TInvites, TRevoke, TJoin, TLeave, TData, TLanding, TFinalize, TRename,
		TSettings, TPromote, TKick, TReadmit, TMember, TMatch, TFollow, TReady, TAnswer, TCancel, TIdentify, TToken, TChat,
		TWait, TAsk, TAdmit, TReport, TTravel, TBoard:
	default:
		return c, party.Errorf(party.BadRequest, "There is no frame of type %.32q.", c.T)
	}
	if c.ID == 0 || c.ID > MaxVarint {
		return c, party.Errorf(party.BadRequest, "A command needs an id: 1, 2, 3 …")
	}
	return c, nil
}

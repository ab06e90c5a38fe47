package party

import "time"

// Command is something a player, a page or the clock asks of a party.
type Command interface{ command() }

// CommandID names a command of a session: repeated, it applies once.
type CommandID struct {
	Session SessionID `json:"s"`
	Counter uint64    `json:"c"`
}

type (
	// Hold reserves a place for a browser whose invite page has been looked at.
	Hold struct {
		Seat    SeatID
		Player  PlayerID // of one that waits or asks in the game; "" of a browser, which does not know
		Invite  InviteID
		Name    string
		Face    uint32
		Home    string // opaque mark of the address; "" is not limited
		Browser string // opaque mark of the browser
		Approve bool   // a member is to approve it, though the party approves nobody
		Led     Led    // zero: by a link of this party
	}
	// Queue waits in line for a seat of a full party.
	Queue struct{ Hold }
	// LeaveLine gives the place in line up.
	LeaveLine struct{ Seat SeatID }
	// Ask asks to be let in where the link alone does not do.
	Ask struct{ Hold }
	// AnswerAsk lets a visitor in, or not.
	AnswerAsk struct {
		Player PlayerID
		N      int
		Yes    bool
	}
	// Join makes a player a member: by a seat of an invite, held or not.
	Join struct {
		Player  PlayerID
		Name    string
		Face    uint32
		Fresh   bool // a new guest, which takes over the name and face of its held seat
		Seat    SeatID
		Browser string   // opaque mark of the browser that pressed Start, if one did
		Invite  InviteID // "": by the party's id, where it is open
		Approve bool     // as of a Hold
		Has     Needs    // what the player's game is
		Move    uint64
		From    ID
		Session SessionID
		Hash    string
	}
	// Leave takes a player out.
	Leave struct {
		Player PlayerID
		Reason Reason
		Move   uint64 // with Moved: the number of the move; only an older membership leaves; with Travelled: of the membership that leaves
	}
	// Resume gives a member a session, or its session a new resume token.
	Resume struct {
		Player  PlayerID
		Session SessionID
		Hash    string
		Prev    string // hash of the token it came with; stays good until the new one is used
	}
	// Finalize says that the invite has loaded. Failing to load is a Leave.
	Finalize struct{ Player PlayerID }
	// SetData replaces the party's data: the leader's command.
	SetData struct {
		Player PlayerID
		Data   Data
	}
	// PatchData sets some keys of the party's data, and removes those that it
	// sets to null: the leader's command.
	PatchData struct {
		Player PlayerID
		Patch  Data
	}
	// If does a command only while the data's revision is as the sender knows it.
	If struct {
		Revision uint64
		Then     Command
	}
	// SetLanding replaces the landing info: the leader's command.
	SetLanding struct {
		Player PlayerID
		Fields []Field
	}
	// MakeInvite makes a link. Its id comes from its code, which is not here.
	MakeInvite struct {
		Player  PlayerID
		As      Person // whom the link names, when the backend makes it
		For     int    // or the number of the member whose link the backend makes; 0: the game's
		ID      InviteID
		Expires time.Duration // 0: DefaultExpiry
		Options InviteOptions
		MaxUses int
		Message string
		// Replaces is the live link that ends by this one; "": none.
		Replaces InviteID
		Hash     string // of its code, where it may have to be found again: with FollowOnLeave
	}
	// Adopt takes in links that followed their maker here.
	Adopt struct {
		Player  PlayerID
		Invites []Invite
	}
	// Count adds to how often a link was looked at and started.
	Count struct {
		Invite        InviteID
		Opens, Starts int
	}
	// Revoke ends a link.
	Revoke struct {
		Player PlayerID
		Invite InviteID
	}
	// Rename gives a member the name it chose.
	Rename struct {
		Player PlayerID
		Name   string
	}
	// Change changes how the party is entered; nil leaves a setting as it is.
	Change struct {
		Player   PlayerID
		Openness *Openness
		Inviters *Inviters
		Approve  *bool
		Size     *int
		MaxSize  int // the game's; 0: MaxSize
	}
	// Promote gives the crown to another member.
	Promote struct{ Player, To PlayerID }
	// Kick takes out the member or the held seat with that number, and keeps it
	// out: until it is readmitted or invited by name, or with Ban for good.
	Kick struct {
		Player PlayerID
		N      int
		Ban    bool
	}
	// Readmit lets an outcast back in.
	Readmit struct {
		Player PlayerID
		N      int
	}
	// SetMember replaces a member's own data, or with Patch changes some keys.
	SetMember struct {
		Player PlayerID
		Data   Data
		Patch  bool
	}
	// SetMatch tells where the party plays now; nil: nowhere.
	SetMatch struct {
		Player PlayerID
		Match  *Match
	}
	// FollowMatch answers whether a member follows into the match.
	FollowMatch struct {
		Player PlayerID
		Match  string
		Yes    bool
	}
	// StartReady asks every member that is in whether it is ready.
	StartReady struct {
		Player PlayerID
		Within time.Duration // 0: DefaultReady
		Keep   bool          // answers outlive changes of roster and data
	}
	// AnswerReady is a member's answer.
	AnswerReady struct {
		Player PlayerID
		Yes    bool
	}
	// CancelReady ends the ready check.
	CancelReady struct{ Player PlayerID }
	// Tick does what is due by now.
	Tick struct{}
)

func (Hold) command()        {}
func (Queue) command()       {}
func (LeaveLine) command()   {}
func (Ask) command()         {}
func (AnswerAsk) command()   {}
func (Join) command()        {}
func (Leave) command()       {}
func (Resume) command()      {}
func (Finalize) command()    {}
func (SetData) command()     {}
func (PatchData) command()   {}
func (If) command()          {}
func (SetLanding) command()  {}
func (MakeInvite) command()  {}
func (Adopt) command()       {}
func (Count) command()       {}
func (Revoke) command()      {}
func (Rename) command()      {}
func (Change) command()      {}
func (Promote) command()     {}
func (Kick) command()        {}
func (Readmit) command()     {}
func (SetMember) command()   {}
func (SetMatch) command()    {}
func (FollowMatch) command() {}
func (StartReady) command()  {}
func (AnswerReady) command() {}
func (CancelReady) command() {}
func (Tick) command()        {}

// Known is what a decision needs beside the state: things that change too
// often or matter too little to be written down, and what the game sets.
type Known struct {
	Rules  Rules
	Absent map[PlayerID]Absence // members without a connection
	Closed map[SeatID]Time      // held seats whose page is closed, since when
	Own    map[PlayerID]Own     // what members served here have set and keep waiting
}

// Absence is since when a member has no connection, and whether a server's
// end (death, start, drain) took it.
type Absence struct {
	Since    Time
	ByServer bool
}

// Own is what a player has set; nil is never set.
type Own struct {
	Data    Data
	Landing []Field
}

// Reason says why a member left or the crown moved.
type Reason string

// The reasons.
const (
	ReasonLeft     Reason = "left"
	ReasonFailed   Reason = "failed"
	ReasonTimeout  Reason = "timeout"
	ReasonMoved    Reason = "moved"
	ReasonReplaced Reason = "replaced"
	ReasonJoined   Reason = "joined"
	ReasonPromoted Reason = "promoted"
	ReasonKicked   Reason = "kicked"
	ReasonBanned   Reason = "banned"
	// ReasonTravelled says that a member went along to another game, and there
	// that the crown arrived with who wore it.
	ReasonTravelled Reason = "travelled"
)

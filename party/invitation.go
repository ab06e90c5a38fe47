package party

// Invitation is what somebody who holds a link may see of it and of the party
// behind it: what the landing page, its preview and its card are drawn from.
type Invitation struct {
	// Problem is empty for a link that can be used now; otherwise it is one of
	// NotFound, Expired, Revoked, UsedUp, Ended, Full, KitNotActivated or
	// RateLimited. With any of them but Full, Inviter, Message, Members, Held
	// and Landing are empty: a dead link shows no names.
	Problem Code
	Game    GameID
	Invite  InviteID
	// Revision rises with every durable change of the party.
	Revision uint64
	Inviter  Person // who made the link, also when gone from the party
	Message  string // hostile text of the inviter, ≤255 bytes, may be empty
	Size     int    // places in the party
	Taken    int    // held + loading + in
	Members  []PublicMember
	Held     []Person // opening the game
	Landing  []Field
	Expires  Time     // 0: never
	You      *Arrival // this browser's own way in; nil before Start
}

// Person is a name and a face.
type Person struct {
	Name string `json:"name"`
	Face uint32 `json:"face"`
}

// PublicMember is a member as a stranger with the link sees it.
type PublicMember struct {
	Person
	Leader   bool     `json:"leader,omitempty"`
	State    Standing `json:"state"`
	Presence Presence `json:"presence"`
	Loading  *Loading `json:"loading,omitempty"`
}

// Arrival is how far one browser's friend has come.
type Arrival struct {
	Person
	Stage    Stage    `json:"stage"`
	Loading  *Loading `json:"loading,omitempty"`
	Reason   string   `json:"reason,omitempty"`   // why gone
	Problem  Code     `json:"problem,omitempty"`  // why still only pressed: Full or UsedUp
	Presence Presence `json:"presence,omitempty"` // of a member
}

// Stage is a step on the way in.
type Stage string

// The steps, in order.
const (
	Pressed    Stage = "pressed"
	HeldStage  Stage = "held"
	LoadingNow Stage = "loading"
	Arrived    Stage = "in"
	Gone       Stage = "gone"
)

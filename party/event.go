package party

import (
	"encoding/json"
	"fmt"
)

// Entry is one change of a party as it stands in the log: all its events
// happen together. It says everything that members are shown of it, so that a
// replay needs no state.
type Entry struct {
	At     Time       `json:"at"`
	Rev    uint64     `json:"rev"`             // the party's revision after it
	First  uint64     `json:"first,omitempty"` // number of its first notice; 0: it tells nobody outside
	By     *CommandID `json:"by,omitempty"`
	Events []Event    `json:"ev"`
}

// Event is something that happened. New kinds may be added; a stored kind
// never changes its meaning.
type Event interface{ kind() string }

type (
	// Founded begins a log with the whole party as it was in memory.
	Founded struct {
		State *State `json:"state"`
	}
	// SeatHeld reserved a place.
	SeatHeld struct {
		Seat Seat `json:"seat"`
	}
	// SeatLapsed gave it free.
	SeatLapsed struct {
		Seat   SeatID `json:"seat"`
		N      int    `json:"n"`
		Reason Reason `json:"reason,omitempty"` // "": it was not used in time
	}
	// Queued gave a visitor a place in line.
	Queued struct {
		Visitor Visitor `json:"visitor"`
	}
	// Unqueued took it back: the visitor left, or its turn has come.
	Unqueued struct {
		Seat SeatID `json:"seat"`
		N    int    `json:"n"`
	}
	// Asked is a visitor's question to be let in.
	Asked struct {
		Visitor Visitor `json:"visitor"`
	}
	// AskAnswered ended it; without an answer nobody gave one in time.
	AskAnswered struct {
		Seat   SeatID   `json:"seat"`
		N      int      `json:"n"`
		Answer Answered `json:"answer,omitempty"`
		By     PlayerID `json:"by,omitempty"`
	}
	// Joined made a player a member, and took the held seat it came by.
	Joined struct {
		Member Member `json:"member"`
		Hash   string `json:"hash"`             // of the session's resume token
		Uses   int    `json:"uses,omitempty"`   // of its invite, this one counted
		Before int    `json:"before,omitempty"` // number of the member it stands before; 0: the last place
	}
	// Resumed gave a member a session or a new resume token, and when it moved
	// here again from elsewhere, its membership the number and origin of that
	// move.
	Resumed struct {
		Player  PlayerID  `json:"player"`
		Session SessionID `json:"session"`
		Hash    string    `json:"hash"`
		Prev    string    `json:"prev,omitempty"`
		Move    uint64    `json:"move,omitempty"`
		From    ID        `json:"from,omitempty"`
	}
	// Finalized ended a member's loading.
	Finalized struct {
		Player PlayerID `json:"player"`
		N      int      `json:"n"`
	}
	// Left took a member out.
	Left struct {
		Player PlayerID `json:"player"`
		N      int      `json:"n"`
		Reason Reason   `json:"reason"`
		As     PlayerID `json:"as,omitempty"` // with Replaced: the member that its game says it is
	}
	// Crowned made a member the leader; "" when nobody is left.
	Crowned struct {
		Leader PlayerID `json:"leader"`
		Reason Reason   `json:"reason"`
	}
	// DataSet replaced the party's data.
	DataSet struct {
		Data     Data   `json:"data"`
		Revision uint64 `json:"revision"`
	}
	// LandingSet replaced the landing info.
	LandingSet struct {
		Fields []Field `json:"fields"`
	}
	// Invited made a link.
	Invited struct {
		Invite Invite `json:"invite"`
	}
	// Counted tells how often a link was looked at and started since.
	Counted struct {
		Invite InviteID `json:"invite"`
		Opens  int      `json:"opens"`
		Starts int      `json:"starts"`
	}
	// InviteRevoked ended one.
	InviteRevoked struct {
		Invite InviteID `json:"invite"`
		Went   bool     `json:"went,omitempty"` // it followed its maker
	}
	// Adopted took in a link that followed its maker here.
	Adopted struct {
		Invite Invite `json:"invite"`
	}
	// Renamed changed a member's name.
	Renamed struct {
		Player PlayerID `json:"player"`
		N      int      `json:"n"`
		Name   string   `json:"name"`
	}
	// Changed changed how the party is entered.
	Changed struct {
		Openness Openness `json:"openness"`
		Inviters Inviters `json:"inviters"`
		Size     int      `json:"size"`
		Approve  bool     `json:"approve"`
	}
	// CastOut keeps somebody out.
	CastOut struct {
		Outcast Outcast `json:"outcast"`
	}
	// Readmitted lets it back in.
	Readmitted struct {
		N int `json:"n"`
	}
	// MemberSet replaced a member's own data.
	MemberSet struct {
		Player PlayerID `json:"player"`
		N      int      `json:"n"`
		Data   Data     `json:"data"`
	}
	// MatchSet told where the party plays.
	MatchSet struct {
		Match *Match `json:"match"`
	}
	// Followed is a member's answer to the match.
	Followed struct {
		Player PlayerID `json:"player"`
		N      int      `json:"n"`
		Answer Answered `json:"answer"`
	}
	// ReadyAsked began a ready check, or began it anew without answers.
	ReadyAsked struct {
		Ready Ready `json:"ready"`
	}
	// ReadyAnswered is a member's answer.
	ReadyAnswered struct {
		N   int  `json:"n"`
		Yes bool `json:"yes"`
	}
	// ReadyEnded ended it.
	ReadyEnded struct {
		Reason Reason `json:"reason"`
		Ready  bool   `json:"ready"` // everybody said yes
	}
	// EndedEvent closed the party for good.
	EndedEvent struct{}
	// Retired ended the log of a party of one, which goes on in memory.
	Retired struct{}
)

func (Founded) kind() string       { return "founded" }
func (SeatHeld) kind() string      { return "held" }
func (SeatLapsed) kind() string    { return "lapsed" }
func (Queued) kind() string        { return "queued" }
func (Unqueued) kind() string      { return "unqueued" }
func (Asked) kind() string         { return "asked" }
func (AskAnswered) kind() string   { return "askAnswered" }
func (Joined) kind() string        { return "joined" }
func (Resumed) kind() string       { return "resumed" }
func (Finalized) kind() string     { return "finalized" }
func (Left) kind() string          { return "left" }
func (Crowned) kind() string       { return "leader" }
func (DataSet) kind() string       { return "data" }
func (LandingSet) kind() string    { return "landing" }
func (Invited) kind() string       { return "invited" }
func (Counted) kind() string       { return "counted" }
func (InviteRevoked) kind() string { return "revoked" }
func (Adopted) kind() string       { return "adopted" }
func (Renamed) kind() string       { return "renamed" }
func (Changed) kind() string       { return "changed" }
func (CastOut) kind() string       { return "castOut" }
func (Readmitted) kind() string    { return "readmitted" }
func (MemberSet) kind() string     { return "member" }
func (MatchSet) kind() string      { return "match" }
func (Followed) kind() string      { return "followed" }
func (ReadyAsked) kind() string    { return "ready" }
func (ReadyAnswered) kind() string { return "answered" }
func (ReadyEnded) kind() string    { return "readyEnded" }
func (EndedEvent) kind() string    { return "ended" }
func (Retired) kind() string       { return "retired" }

// decoders knows every kind that can stand in a log.
var decoders = func() map[string]func([]byte) (Event, error) {
	m := map[string]func([]byte) (Event, error){}
	register[Founded](m)
	register[SeatHeld](m)
	register[SeatLapsed](m)
	register[Queued](m)
	register[Unqueued](m)
	register[Asked](m)
	register[AskAnswered](m)
	register[Joined](m)
	register[Resumed](m)
	register[Finalized](m)
	register[Left](m)
	register[Crowned](m)
	register[DataSet](m)
	register[LandingSet](m)
	register[Invited](m)
	register[Counted](m)
	register[InviteRevoked](m)
	register[Adopted](m)
	register[Renamed](m)
	register[Changed](m)
	register[CastOut](m)
	register[Readmitted](m)
	register[MemberSet](m)
	register[MatchSet](m)
	register[Followed](m)
	register[ReadyAsked](m)
	register[ReadyAnswered](m)
	register[ReadyEnded](m)
	register[TravelSet](m)
	register[Boarded](m)
	register[Identified](m)
	register[EndedEvent](m)
	register[Retired](m)
	return m
}()

func register[E Event](m map[string]func([]byte) (Event, error)) {
	var zero E
	m[zero.kind()] = func(b []byte) (Event, error) {
		var e E
		err := json.Unmarshal(b, &e)
		return e, err
	}
}

// Encode returns the entry as the log holds it.
func (e Entry) Encode() ([]byte, error) {
	s := stored[Event]{e.At, e.Rev, e.First, e.By, make([]storedEvent[Event], len(e.Events))}
	for i, event := range e.Events {
		s.Events[i] = storedEvent[Event]{event.kind(), event}
	}
	return json.Marshal(s)
}

// stored is an entry as the log holds it. Its events' bodies are written as they
// are, and read once their kinds are known.
type (
	stored[Body any] struct {
		At     Time                `json:"at"`
		Rev    uint64              `json:"rev"`
		First  uint64              `json:"first,omitempty"`
		By     *CommandID          `json:"by,omitempty"`
		Events []storedEvent[Body] `json:"ev"`
	}
	storedEvent[Body any] struct {
		Kind string `json:"k"`
		Body Body   `json:"b"`
	}
)

// DecodeEntry reads what Encode wrote. An unknown kind is an error: a node
// that does not know what happened must not guess.
func DecodeEntry(b []byte) (Entry, error) {
	var s stored[json.RawMessage]
	if err := json.Unmarshal(b, &s); err != nil {
		return Entry{}, fmt.Errorf("decode entry: %w", err)
	}
	e := Entry{At: s.At, Rev: s.Rev, First: s.First, By: s.By, Events: make([]Event, len(s.Events))}
	for i, x := range s.Events {
		decode, ok := decoders[x.Kind]
		if !ok {
			return Entry{}, fmt.Errorf("decode entry: unknown event %q", x.Kind)
		}
		event, err := decode(x.Body)
		if err != nil {
			return Entry{}, fmt.Errorf("decode %s: %w", x.Kind, err)
		}
		e.Events[i] = event
	}
	return e, nil
}

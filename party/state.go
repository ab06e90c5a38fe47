package party

import (
	"encoding/json"
	"slices"
	"time"
)

// Ids. They are made outside and match ^[a-z0-9]{1,64}$ (a game's may also
// hold dashes), so that they can stand in a storage key as they are.
type (
	ID        string
	GameID    string
	PlayerID  string
	SeatID    string
	InviteID  string
	SessionID string
)

// Time is a moment in Unix milliseconds; 0 means never.
type Time int64

// At converts a wall-clock time.
func At(t time.Time) Time { return Time(t.UnixMilli()) }

// Add returns the moment d later.
func (t Time) Add(d time.Duration) Time { return t + Time(d.Milliseconds()) }

// Until returns how long it is from t to u.
func (t Time) Until(u Time) time.Duration { return time.Duration(u-t) * time.Millisecond }

// Openness says who may enter beside those who hold a seat.
type Openness string

// The kinds of openness.
const (
	InviteOnly Openness = "invite_only" // a live link enters
	Open       Openness = "open"        // the party's id enters as well, for players of the same game
	Locking    Openness = "locked"      // nobody new; held seats still enter
)

// Inviters says who may make links.
type Inviters string

// Who may make links.
const (
	Everyone   Inviters = "everyone"
	LeaderOnly Inviters = "leader"
)

// Standing is whether a member has finished loading.
type Standing string

// The two standings of a member.
const (
	Loads Standing = "loading"
	In    Standing = "in"
)

// State is a party as its log tells it. It holds hashes of secrets, never the
// secrets. Only Apply changes it.
type State struct {
	ID       ID        `json:"id"`
	Game     GameID    `json:"game"`
	Seq      uint64    `json:"seq"` // the last entry applied; 0 for a party without a log
	Revision uint64    `json:"rev"`
	Size     int       `json:"size"`
	Openness Openness  `json:"open"`
	Inviters Inviters  `json:"inviters,omitempty"` // "": everyone
	Leader   PlayerID  `json:"leader"`
	Members  []Member  `json:"members"`
	Seats    []Seat    `json:"seats,omitempty"`
	Line     []Visitor `json:"line,omitempty"` // who waits for a free seat, first come first
	Asks     []Visitor `json:"asks,omitempty"` // who asks to be let in
	Declined []Refusal `json:"declined,omitempty"`
	Approve  bool      `json:"approve,omitempty"`
	Data     Data      `json:"data,omitzero"`
	DataRev  uint64    `json:"dataRev,omitempty"`
	Landing  []Field   `json:"landing,omitzero"`
	Match    *Match    `json:"match,omitempty"`
	Ready    *Ready    `json:"ready,omitempty"`
	Travel   *Travel   `json:"travel,omitempty"`
	Origin   *Origin   `json:"origin,omitempty"` // of a party that came from another game
	Outcasts []Outcast `json:"outcasts,omitempty"`
	Invites  []Invite  `json:"invites,omitempty"` // live and, for a day, dead
	Sessions []Session `json:"sessions,omitempty"`
	Told     uint64    `json:"told,omitempty"`  // notices so far
	LastN    int       `json:"lastN"`           // the last number given to a seat or member
	Kept     Time      `json:"kept"`            // the latest horizon promised; it never shrinks
	Alone    Time      `json:"alone"`           // since when roster, seats and links are as they are
	Ended    bool      `json:"ended,omitempty"` // nobody can enter any more
	Retired  bool      `json:"retired,omitempty"`
}

// Member is a player in the party.
type Member struct {
	Player  PlayerID  `json:"player"`
	N       int       `json:"n"`
	Name    string    `json:"name"`
	Face    uint32    `json:"face"`
	State   Standing  `json:"state"`
	Joined  Time      `json:"joined"`
	Move    uint64    `json:"move"`           // number of the move that made this membership
	From    ID        `json:"from,omitempty"` // the party it came from
	Seat    SeatID    `json:"seat,omitempty"`
	Invite  InviteID  `json:"invite,omitempty"`
	By      PlayerID  `json:"by,omitempty"` // the maker of that invite
	Session SessionID `json:"session"`
	Browser string    `json:"browser,omitempty"` // opaque mark of the browser whose seat it took
	Data    Data      `json:"data,omitempty"`    // its own, seen by all
	Follow  Answered  `json:"follow,omitempty"`  // whether it follows into the match
	Order   int       `json:"order,omitempty"`   // of a traveller, from 1: its place in the party it came with
}

// Seat is a place reserved for a browser that is opening the game.
type Seat struct {
	ID      SeatID   `json:"id"`
	Player  PlayerID `json:"player,omitempty"` // whose it is, where that is known
	N       int      `json:"n"`
	Name    string   `json:"name"`
	Face    uint32   `json:"face"`
	Invite  InviteID `json:"invite"`
	By      PlayerID `json:"by"`
	Since   Time     `json:"since"`
	Offer   Time     `json:"offer,omitempty"`   // offered to who was next in line, until then
	LetIn   bool     `json:"letIn,omitempty"`   // given to who asked, and has not pressed Start since
	Beyond  bool     `json:"beyond,omitempty"`  // given to who asked where the link was used up: it takes no use
	Home    string   `json:"home,omitempty"`    // opaque mark of its address
	Browser string   `json:"browser,omitempty"` // opaque mark of its browser
	Order   int      `json:"order,omitempty"`   // of a traveller, from 1: its place in the party it comes with
	Leads   bool     `json:"leads,omitempty"`   // a traveller that led
}

// Invite is a link into the party. Its code is not here.
type Invite struct {
	ID      InviteID `json:"id"`
	By      PlayerID `json:"by"`
	ByName  string   `json:"byName"`
	ByFace  uint32   `json:"byFace"`
	Made    Time     `json:"made"`
	Expires Time     `json:"expires"`
	MaxUses int      `json:"max,omitempty"` // 0: no limit
	Message string   `json:"message,omitempty"`
	Uses    int      `json:"uses,omitempty"` // players counted
	Used    []Use    `json:"used,omitempty"` // the newest of them
	Revoked Time     `json:"revoked,omitempty"`
	Went    bool     `json:"went,omitempty"`    // revoked here, because it followed its maker
	Emptied bool     `json:"emptied,omitempty"` // revoked because nobody was left
	Hash    string   `json:"hash,omitempty"`    // of the code, of a link that follows
	InviteOptions
	Opens  int `json:"opens,omitempty"`  // invite pages that were looked at
	Starts int `json:"starts,omitempty"` // times that Start was pressed
}

// Use is one player counted on an invite, and the seat it came by.
type Use struct {
	Player PlayerID `json:"p"`
	Seat   SeatID   `json:"s,omitempty"`
}

// Session is one connection's story: what it may resume with, and which of
// its commands were applied.
type Session struct {
	ID      SessionID `json:"id"`
	Player  PlayerID  `json:"player"`
	Hash    string    `json:"hash"`           // of the resume token
	Prev    string    `json:"prev,omitempty"` // of the one before, good until the first command under the new
	High    uint64    `json:"high,omitempty"` // highest counter applied
	Answers []Answer  `json:"answers,omitempty"`
	Gone    Time      `json:"gone,omitempty"` // when its member left or took another session
}

// Answer remembers where a command was applied.
type Answer struct {
	Counter uint64 `json:"c"`
	Seq     uint64 `json:"seq"`
}

// Field is one line of landing info.
type Field struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	Value string `json:"value"`
}

// Data is a set of party data: compact JSON values by key. A nil Data was
// never set; an empty one was set to nothing.
type Data map[string]json.RawMessage

// Member returns the membership of a player, or nil.
func (s *State) Member(p PlayerID) *Member {
	return find(s.Members, func(m *Member) bool { return m.Player == p })
}

// MemberN returns the member with that number, or nil.
func (s *State) MemberN(n int) *Member {
	return find(s.Members, func(m *Member) bool { return m.N == n })
}

// Seat returns the held seat with that id, or nil.
func (s *State) Seat(id SeatID) *Seat {
	return find(s.Seats, func(x *Seat) bool { return x.ID == id })
}

// Invite returns the invite with that id, live or dead, or nil.
func (s *State) Invite(id InviteID) *Invite {
	return find(s.Invites, func(i *Invite) bool { return i.ID == id })
}

// Session returns the session with that id, or nil.
func (s *State) Session(id SessionID) *Session {
	return find(s.Sessions, func(x *Session) bool { return x.ID == id })
}

// Taken counts held seats and members.
func (s *State) Taken() int { return len(s.Members) + len(s.Seats) }

// Live reports whether the invite opens the party at that time.
func (i *Invite) Live(now Time) bool {
	return i.Revoked == 0 && (i.Expires == 0 || now < i.Expires)
}

// LiveInvites returns the links that open the party now, oldest first.
func (s *State) LiveInvites(now Time) []Invite {
	return slices.DeleteFunc(slices.Clone(s.Invites), func(i Invite) bool { return !i.Live(now) })
}

// used says how many uses of the invite are counted or reserved by seats.
func (s *State) used(i *Invite) int {
	n := i.Uses
	for _, seat := range s.Seats {
		if seat.Invite == i.ID && !seat.Beyond && !i.countedSeat(seat.ID) && !i.counted(seat.Player) {
			n++
		}
	}
	return n
}

// usedUp reports whether the invite has no use left for a player with that seat.
func (s *State) usedUp(i *Invite, seat SeatID, p PlayerID) bool {
	return i.MaxUses > 0 && s.used(i) >= i.MaxUses && !i.countedSeat(seat) && !i.counted(p)
}

func (i *Invite) counted(p PlayerID) bool {
	return slices.ContainsFunc(i.Used, func(u Use) bool { return u.Player == p })
}

func (i *Invite) countedSeat(id SeatID) bool {
	return id != "" && slices.ContainsFunc(i.Used, func(u Use) bool { return u.Seat == id })
}

// Horizon is until when an unattended party must be kept. It never shrinks: an
// event that expired before an older one would undo what it did.
func (s *State) Horizon(now Time) Time {
	h := max(s.Kept, now.Add(keepParty))
	for i := range s.Invites {
		h = max(h, s.Invites[i].horizon(now))
	}
	return h
}

// HorizonWith is the horizon when these events have happened, too. Only links that
// come with them change it.
func (s *State) HorizonWith(now Time, events []Event) Time {
	h := s.Horizon(now)
	for _, e := range events {
		switch e := e.(type) {
		case Invited:
			h = max(h, e.Invite.horizon(now))
		case Adopted:
			h = max(h, e.Invite.horizon(now))
		}
	}
	return h
}

// horizon is until when a party must be kept because of the link.
func (i *Invite) horizon(now Time) Time {
	if !i.Live(now) {
		return 0
	}
	return i.Expires.Add(afterExpiry)
}

// Clone returns a state that shares nothing with s that Apply would change.
func (s *State) Clone() *State {
	c := *s
	c.Members = slices.Clone(s.Members)
	c.Seats = slices.Clone(s.Seats)
	c.Line = slices.Clip(s.Line) // shared: long, and never changed in place
	c.Asks, c.Declined = slices.Clone(s.Asks), slices.Clone(s.Declined)
	c.Invites = slices.Clone(s.Invites)
	for i := range c.Invites {
		c.Invites[i].Used = slices.Clone(c.Invites[i].Used)
	}
	c.Outcasts = slices.Clone(s.Outcasts)
	if s.Ready != nil {
		r := *s.Ready
		r.Answers = slices.Clone(r.Answers)
		c.Ready = &r
	}
	if s.Travel != nil {
		t := *s.Travel
		t.Answers = slices.Clone(t.Answers)
		c.Travel = &t
	}
	c.Sessions = slices.Clone(s.Sessions)
	for i := range c.Sessions {
		c.Sessions[i].Answers = slices.Clone(c.Sessions[i].Answers)
	}
	return &c
}

func find[T any](list []T, is func(*T) bool) *T {
	for i := range list {
		if is(&list[i]) {
			return &list[i]
		}
	}
	return nil
}

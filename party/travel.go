package party

import (
	"encoding/json"
	"slices"
	"time"
)

// How long members are asked to come along, and how long the place of one that
// does is held in the other game.
const (
	DefaultTravel = time.Minute
	MinTravel     = 10 * time.Second
	MaxTravel     = 5 * time.Minute
	TravelSeat    = 5 * time.Minute
)

// Travel is a party's way to another game of its studio: who comes along goes
// into one new party there.
type Travel struct {
	ID      string          `json:"id"`
	To      GameID          `json:"to"`
	Title   string          `json:"title"` // of that game
	Party   ID              `json:"party"` // of those who arrive
	By      PlayerID        `json:"by"`
	Since   Time            `json:"since"`
	Until   Time            `json:"until"`
	Payload json.RawMessage `json:"payload,omitempty"` // for that game alone
	Roster  []int           `json:"roster"`            // the members' numbers in their order, when it began
	Leader  int             `json:"leader,omitempty"`  // the leader's number then
	Answers []Reply         `json:"answers"`
}

// Origin is where the members of a party that travelled come from.
type Origin struct {
	Travel  string          `json:"travel"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

type (
	// StartTravel asks the members to come along to another game. The travel
	// holds its id, the other game and the payload; nil calls it off.
	StartTravel struct {
		Player PlayerID
		Travel *Travel
		Within time.Duration // 0: DefaultTravel
	}
	// Board is a member's answer.
	Board struct {
		Player PlayerID
		Travel string
		Yes    bool
	}
	// Expect holds the seat of a member that comes along, in the party where it
	// arrives.
	Expect struct{ Seat Seat }
)

func (StartTravel) command() {}
func (Board) command()       {}
func (Expect) command()      {}

type (
	// TravelSet began a travel; nil: it is over, or called off.
	TravelSet struct {
		Travel *Travel `json:"travel"`
	}
	// Boarded is a member's answer to it.
	Boarded struct {
		N   int  `json:"n"`
		Yes bool `json:"yes"`
	}
)

func (TravelSet) kind() string { return "travel" }
func (Boarded) kind() string   { return "boarded" }

// Arrivals returns the party in which those who travel arrive, with nobody in
// it yet. It has no log before the first seat is held.
func Arrivals(t *Travel, size int, now Time) *State {
	s := Rest(t.Party, t.To, size, Own{}, now)
	s.Origin = &Origin{t.ID, t.Payload}
	return s
}

// Seat returns the place in the other game of a member that comes along: its
// name, face and order, and whether it leads.
func (t *Travel) Seat(id SeatID, m *Member) Seat {
	order := slices.Index(t.Roster, m.N) + 1
	if order == 0 {
		order = len(t.Roster) + m.N
	}
	return Seat{ID: id, Name: m.Name, Face: m.Face, Order: order, Leads: m.N == t.Leader}
}

func (d *decision) startTravel(c StartTravel) error {
	if err := d.may(c.Player, false); err != nil {
		return err
	}
	if c.Travel == nil {
		if d.s.Travel != nil {
			d.emit(TravelSet{nil})
		}
		return nil
	}
	if c.Within == 0 {
		c.Within = DefaultTravel
	}
	if c.Within < MinTravel || c.Within > MaxTravel {
		return Errorf(BadRequest, "Members have between %v and %v to say whether they come along.", MinTravel, MaxTravel)
	}
	t := *c.Travel
	if d.s.Travel != nil {
		if d.s.Travel.ID == t.ID {
			return nil
		}
		return Errorf(TooMany, "The party is setting out already. Call that off first.")
	}
	payload, err := compactJSON(t.Payload, "payload", MaxPayload)
	if err != nil {
		return err
	}
	t.By, t.Payload, t.Since, t.Until = c.Player, payload, d.now, d.now.Add(c.Within)
	t.Roster, t.Answers = []int{}, []Reply{}
	for _, m := range d.s.Members {
		t.Roster = append(t.Roster, m.N)
		if m.Player == d.s.Leader {
			t.Leader = m.N
		}
	}
	d.emit(TravelSet{&t})
	return nil
}

func (d *decision) board(c Board) error {
	m := d.s.Member(c.Player)
	if m == nil || d.s.Travel == nil || d.s.Travel.ID != c.Travel || d.s.Travel.Until <= d.now {
		return &Error{Code: NotFound, Detail: "The party is not setting out any more."}
	}
	if !slices.Contains(d.s.Travel.Answers, Reply{m.N, c.Yes}) {
		d.emit(Boarded{m.N, c.Yes})
	}
	return nil
}

// expect holds the seat of a traveller (law 27). Once is enough.
func (d *decision) expect(c Expect) error {
	switch {
	case d.s.Origin == nil:
		return &Error{Code: NotFound}
	case d.s.Ended || d.s.Retired:
		return &Error{Code: Ended}
	case d.s.Knows(c.Seat.ID):
		return nil
	case d.s.Taken() >= d.s.Size:
		return &Error{Code: Full}
	}
	seat := c.Seat
	seat.N, seat.Name, seat.Since = d.s.LastN+1, d.s.uniqueName(seat.Name, 0), d.now
	d.emit(SeatHeld{seat})
	return nil
}

// before returns the number of the member before whom a traveller of that order
// stands, or 0 for the end: those who travelled come first, in their order.
func (s *State) before(order int) int {
	if order == 0 {
		return 0
	}
	for _, m := range s.Members {
		if m.Order == 0 || m.Order > order {
			return m.N
		}
	}
	return 0
}

func (d *decision) travelDue() Time {
	if d.s.Travel == nil {
		return 0
	}
	return d.s.Travel.Until
}

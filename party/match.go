package party

import (
	"bytes"
	"encoding/json"
)

// The limits of a match, in bytes.
const (
	MaxMatchID    = 127
	MaxConnection = 2 << 10
)

// Match is where the party plays now. Only members see its connection data.
type Match struct {
	ID         string          `json:"id"`
	Connection json.RawMessage `json:"connection,omitempty"`
	Joinable   bool            `json:"joinable"`
	Free       int             `json:"free,omitempty"` // seats, as the game says
	Since      Time            `json:"since"`
}

// Answered is an answer to a question: yes, no, or none yet.
type Answered string

// The answers.
const (
	Yes Answered = "yes"
	No  Answered = "no"
)

// setMatch tells where the party plays. The leader is there; the others are
// asked to follow, and nobody is yanked.
func (d *decision) setMatch(c SetMatch) error {
	if err := d.may(c.Player, false); err != nil {
		return err
	}
	if c.Match == nil {
		if d.s.Match != nil {
			d.emit(MatchSet{nil})
		}
		return nil
	}
	m := *c.Match
	var err error
	if m.Connection, err = compactJSON(m.Connection, "match's connection data", MaxConnection); err != nil {
		return err
	}
	switch {
	case m.ID == "" || len(m.ID) > MaxMatchID:
		return Errorf(BadRequest, "A match has an id of 1 to %d bytes.", MaxMatchID)
	case m.Free < 0:
		return Errorf(BadRequest, "A match has 0 or more free seats.")
	}
	m.Since = d.now
	if old := d.s.Match; old != nil && old.ID == m.ID {
		m.Since = old.Since
		if m.Joinable == old.Joinable && m.Free == old.Free && bytes.Equal(m.Connection, old.Connection) {
			return nil
		}
	}
	d.emit(MatchSet{&m})
	return nil
}

func (d *decision) followMatch(c FollowMatch) error {
	m := d.s.Member(c.Player)
	if m == nil || d.s.Match == nil || d.s.Match.ID != c.Match {
		return &Error{Code: NotFound, Detail: "The party is not in that match any more."}
	}
	answer := No
	if c.Yes {
		answer = Yes
	}
	if m.Follow != answer {
		d.emit(Followed{c.Player, m.N, answer})
	}
	return nil
}

// matchSet takes the match; a new one is a new question to all but the leader.
func (s *State) matchSet(e MatchSet) {
	same := s.Match != nil && e.Match != nil && s.Match.ID == e.Match.ID
	s.Match = e.Match
	if same {
		return
	}
	for i := range s.Members {
		s.Members[i].Follow = ""
		if e.Match != nil && s.Members[i].Player == s.Leader {
			s.Members[i].Follow = Yes
		}
	}
}

package host

import (
	"time"

	"partykit/internal/auth"
	"partykit/internal/names"
	"partykit/party"
)

// Naming is a player that a game's backend names.
type Naming struct {
	Subject string // the game's own id of the player
	Name    string // "": as the player or chance has it
	Life    time.Duration
}

// Named is a player that a token names.
type Named struct {
	Player party.PlayerID
	Name   string // "": none is told
	Token  string
	Until  party.Time
}

// NamePlayer makes a token by which a client of the game is the player that the
// backend names, as if the game had signed it. Nothing is stored, and nothing
// can take it back.
func (h *Host) NamePlayer(g party.GameID, n Naming) (Named, error) {
	known, err := h.active(g)
	if err != nil {
		return Named{}, err
	}
	if n.Subject == "" || len(n.Subject) > auth.MaxSubject {
		return Named{}, party.Errorf(party.BadRequest, "The game's own id of a player has 1 to %d bytes.", auth.MaxSubject)
	}
	if n.Name != "" {
		if n.Name, err = names.Clean(n.Name); err != nil {
			return Named{}, party.Errorf(party.BadRequest, "A name has 1 to 32 characters, none of them invisible.")
		}
		if known.NameFilter.Refuses(n.Name) { // its player would be given another
			return Named{}, party.Errorf(party.BadName, "This game does not take that name. Leave it out for a friendly one.")
		}
	}
	if n.Life < time.Minute || n.Life > auth.MaxIdentityLife {
		return Named{}, party.Errorf(party.BadRequest, "A token is good for a minute to %d hours.", auth.MaxIdentityLife/time.Hour)
	}
	at := time.Now()
	until := at.Add(n.Life).Truncate(time.Second)
	token, id := h.o.Keys.NamePlayer(known.ID, known.Identity.Issuer, n.Subject, n.Name, at, until)
	return Named{party.PlayerID(id), n.Name, token, party.At(until)}, nil
}

// KnowPlayer returns whom a player token names, false where it names nobody of
// this game now.
func (h *Host) KnowPlayer(g party.GameID, token string) (who Named, ok bool) {
	p, err := h.o.Keys.VerifyPlayer(h.o.PublicURL, string(g), token, time.Now())
	return Named{party.PlayerID(p.ID), p.Name, token, party.At(p.Expires)}, err == nil
}

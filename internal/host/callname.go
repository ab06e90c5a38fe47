package host

import (
	"partykit/internal/names"
	"partykit/party"
)

// nameFilter is what a game does not want in names.
func (h *Host) nameFilter(g party.GameID) names.Filter {
	x, _ := h.o.Games.Get(string(g))
	return x.NameFilter
}

// chosen is a name that a player chose, cleaned, or BadName.
func (h *Host) chosen(g party.GameID, name string) (string, error) {
	name, err := names.Clean(name)
	if err != nil {
		return "", &party.Error{Code: party.BadName}
	}
	if h.nameFilter(g).Refuses(name) {
		return "", party.Errorf(party.BadName, "This game does not take that name. Choose another.")
	}
	return name, nil
}

// friendly is the friendly name of a seed in a game.
func (h *Host) friendly(g party.GameID, seed string) string { return h.nameFilter(g).Friendly(seed) }

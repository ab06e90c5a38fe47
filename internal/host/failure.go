package host

import (
	"errors"

	"partykit/internal/engine"
	"partykit/party"
)

// failure turns an engine's error into one for clients.
func failure(err error) *party.Error {
	if e, ok := errors.AsType[*party.Error](err); ok {
		return e
	}
	switch {
	case errors.Is(err, engine.ErrNotFound):
		return &party.Error{Code: party.NotFound}
	case errors.Is(err, engine.ErrFull):
		return &party.Error{Code: party.StorageFull}
	case errors.Is(err, engine.ErrTooLarge):
		return &party.Error{Code: party.PartyTooLarge}
	}
	return &party.Error{Code: party.Unavailable}
}

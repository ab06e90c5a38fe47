package engine

import (
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
)

var (
	// ErrConflict means that the expected sequence or revision was not the
	// last one. Nothing was written: read again and decide again.
	ErrConflict = errors.New("engine: somebody else wrote first")

	// ErrUnknown means that no answer came in time. The write may or may not
	// be there; only reading tells.
	ErrUnknown = errors.New("engine: outcome unknown")

	// ErrUnavailable means that the engine cannot serve the request now.
	// Nothing was written.
	ErrUnavailable = errors.New("engine: unavailable")

	// ErrFull means that the storage has no room. Nothing was written.
	ErrFull = errors.New("engine: storage is full")

	// ErrNotFound means that nothing is held under this name: it never was, it
	// was deleted, or it has expired.
	ErrNotFound = errors.New("engine: not found")

	// ErrTooLarge means that an entry is above [MaxEntry] or a snapshot above
	// [MaxSnapshot]. Nothing was written.
	ErrTooLarge = errors.New("engine: too large")

	// ErrHole means that a party's log lacks an event which its snapshot does
	// not cover either, so that its state cannot be told.
	ErrHole = errors.New("engine: the log has a hole")

	// ErrInvalid means that an id, key or topic has characters or a length
	// that are not allowed.
	ErrInvalid = errors.New("engine: invalid name")

	// ErrClosed means that the node or the engine was closed.
	ErrClosed = errors.New("engine: closed")
)

// LockedError says that another process has the folder open.
type LockedError struct{ Dir string }

func (e *LockedError) Error() string {
	return fmt.Sprintf("the data folder %s is in use by another process", e.Dir)
}

// The server's error codes that have a meaning of their own here. 10164 is
// what a cluster says instead of 10071, sometimes to a correct expectation
// that was not applied; either way nothing was written and reading again helps.
const (
	codeWrongSequence        = 10071
	codeWrongSequenceCluster = 10164
	codeInsufficient         = 10023 // the server's own storage limit
	codeStorageExceeded      = 10047
	codeAccountExceeded      = 10002
	codeStoreFailed          = 10077 // discard-new: a limit of the stream
	codeTooManyRequests      = 10167
)

// writeError translates the server's refusal of a write.
func writeError(code int, description string) error {
	switch code {
	case codeWrongSequence, codeWrongSequenceCluster:
		return ErrConflict
	case codeInsufficient, codeStorageExceeded, codeAccountExceeded, codeStoreFailed:
		return fmt.Errorf("%w: %s", ErrFull, description)
	case codeTooManyRequests:
		return fmt.Errorf("%w: %s", ErrUnavailable, description)
	}
	return fmt.Errorf("engine: write refused: %s (%d)", description, code)
}

// sendError translates the client's refusal to send. The first group is known
// to have sent nothing.
func sendError(err error) error {
	switch {
	case errors.Is(err, nats.ErrConnectionClosed):
		return ErrClosed
	case errors.Is(err, nats.ErrMaxPayload):
		return ErrTooLarge
	case errors.Is(err, nats.ErrReconnectBufExceeded),
		errors.Is(err, nats.ErrConnectionReconnecting),
		errors.Is(err, nats.ErrDisconnected),
		errors.Is(err, nats.ErrNoResponders):
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return fmt.Errorf("%w: %w", ErrUnknown, err)
}

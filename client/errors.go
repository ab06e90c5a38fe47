package client

import (
	"errors"
	"time"

	"partykit/party"
	"partykit/protocol"
)

// Why a client or one of its calls ended.
var (
	// ErrClosed means that Close was called.
	ErrClosed = errors.New("partykit: the client was closed")
	// ErrSessionLost means that the server no longer knows the session: whether
	// the call took effect only the party tells.
	ErrSessionLost = errors.New("partykit: the session was lost before the call was answered")

	// errUnwanted means that a call was taken back before it was sent.
	errUnwanted = errors.New("partykit: not wanted any more")
)

// Error is what the server answers a request that failed.
type Error struct {
	Code       party.Code // stable; docs/errors.md lists all
	Message    string     // says what to do
	Docs       string     // where to read more
	RetryAfter time.Duration
	Invite     *protocol.Ask // with confirm_required: whose party it is
	Next       party.Onward  // of a dead link, where the game lets it lead on to its maker: Join once more with Onward, or AskToJoin
	Data       party.Data    // with revision_conflict: the party data as it is
	Revision   uint64        // and its revision
}

func (e *Error) Error() string { return "partykit: " + string(e.Code) + ": " + e.Message }

// Is makes errors.Is(err, &client.Error{Code: code}) find an error by its code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code && t.Message == ""
}

// CodeOf returns the stable code of an error, "" if it has none.
func CodeOf(err error) party.Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

func newError(f protocol.Failure, ask *protocol.Ask) *Error {
	return &Error{
		Code: f.Code, Message: f.Message, Docs: f.Docs, RetryAfter: time.Duration(f.RetryAfter * float64(time.Second)),
		Invite: ask, Next: f.Next, Data: f.Data, Revision: f.Revision,
	}
}

package party

import (
	"fmt"
	"slices"
	"time"
)

// Code names one way in which a request can fail. The list is closed: the
// protocol, the pages, the SDKs and docs/errors.md are all fed from it.
type Code string

// The codes, each described in Problems.
const (
	ApprovalNeeded   Code = "approval_needed"
	BadRequest       Code = "bad_request"
	BadName          Code = "bad_name"
	Banned           Code = "banned"
	ConfirmRequired  Code = "confirm_required"
	Ended            Code = "ended"
	Expired          Code = "expired"
	Full             Code = "full"
	Internal         Code = "internal"
	KitNotActivated  Code = "kit_not_activated"
	Locked           Code = "locked"
	NotAllowed       Code = "not_allowed"
	NotFound         Code = "not_found"
	OriginNotAllowed Code = "origin_not_allowed"
	PartyTooLarge    Code = "party_too_large"
	RateLimited      Code = "rate_limited"
	RevisionConflict Code = "revision_conflict"
	Revoked          Code = "revoked"
	StaleCommand     Code = "stale_command"
	StorageFull      Code = "storage_full"
	TicketSpent      Code = "ticket_spent"
	TooLarge         Code = "too_large"
	TooMany          Code = "too_many"
	Unauthorized     Code = "unauthorized"
	Unavailable      Code = "unavailable"
	UsedUp           Code = "used_up"
	WrongVersion     Code = "wrong_version"
)

// Problem describes a code: the HTTP status that pages answer with, whether
// the same request may succeed later, and a sentence that says what to do.
type Problem struct {
	Code     Code
	Status   int
	Retry    bool
	Sentence string
}

// Problems is the closed list of codes, in alphabetical order.
var Problems = []Problem{
	{ApprovalNeeded, 403, true, "The people of this party let newcomers in themselves. Ask to join."},
	{BadName, 422, false, "That name cannot be used. Choose one of 1 to 32 characters without control or invisible characters."},
	{BadRequest, 400, false, "The request could not be understood. Compare it with docs/protocol.md."},
	{Banned, 403, false, "The people of this party do not let you back in. Ask them in person."},
	{ConfirmRequired, 409, false, "Joining would leave the party you are in. Ask the player, then send the request again with confirm."},
	{Ended, 410, false, "That party is over. Ask your friend for a new link."},
	{Expired, 410, false, "This link has expired. Ask your friend for a new one."},
	{Full, 409, true, "The party is full. Wait in line for a place, or try again later."},
	{Internal, 500, true, "Something went wrong on the server. Try again; if it stays, tell the operator."},
	{KitNotActivated, 403, false, "PartyKit is not activated for this game. Ask the operator to activate it and send them the game's id."},
	{Locked, 403, true, "The party is locked. Ask its leader to let you in."},
	{NotAllowed, 403, false, "Only the maker of that link or the leader of the party may do this."},
	{NotFound, 404, false, "There is nothing here by that name. Check that it was copied whole."},
	{OriginNotAllowed, 403, false, "This web address is not one of the game's origins. Add it with: partykit game set ID --origin ADDRESS."},
	{PartyTooLarge, 413, false, "The party holds more than can be stored. Remove some of its data or links."},
	{RateLimited, 429, true, "That was too fast. Wait as long as retryAfter says, then try again."},
	{RevisionConflict, 409, false, "The data changed meanwhile. Look at it as it is now, then try again with its revision."},
	{Revoked, 410, false, "This link was taken back. Ask your friend for a new one."},
	{StaleCommand, 409, false, "That command was answered before and its answer is no longer kept. Look at the party as it is now."},
	{StorageFull, 507, true, "The server cannot store anything more. Tell the operator."},
	{TicketSpent, 410, false, "This start was already used by somebody else. Open the invite link again and press Start."},
	{TooLarge, 413, false, "That is more than the limit allows. docs/protocol.md lists the limits."},
	{TooMany, 409, false, "There are as many of these as the limit allows. Remove one first."},
	{Unauthorized, 401, false, "That token is not valid here. Connect without it to begin anew."},
	{Unavailable, 503, true, "The server cannot reach its storage. Try again in a moment."},
	{UsedUp, 410, false, "This link has been used as often as its maker allowed. Ask your friend for a new one."},
	{WrongVersion, 409, false, "Your copy of the game does not fit your friend's. Update the game, then try again."},
}

// Lookup returns the problem of a code; an unknown code is Internal.
func Lookup(code Code) Problem {
	i := slices.IndexFunc(Problems, func(p Problem) bool { return p.Code == code })
	if i < 0 {
		return Lookup(Internal)
	}
	return Problems[i]
}

// Error is a failure with a stable code. Detail, when set, replaces the code's
// own sentence; it is written for the person who sees it and holds no secret.
type Error struct {
	Code       Code
	Detail     string
	RetryAfter time.Duration // 0: not said
	Current    *Current      // with RevisionConflict
	Next       Onward        // of a dead link: what leads on to where its maker is
}

// Current is party data as it is now.
type Current struct {
	Data     Data
	Revision uint64
}

// Errorf returns an Error whose detail says more than the code's sentence.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Detail: fmt.Sprintf(format, args...)}
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message() }

// Message is the sentence to show: the detail, or the code's own.
func (e *Error) Message() string {
	if e.Detail != "" {
		return e.Detail
	}
	return Lookup(e.Code).Sentence
}

package landing

import (
	"fmt"
	"math"
	"time"

	"partykit/party"
)

// A trouble is why a page offers no Start, as the visitor reads it.
type trouble struct {
	Code  party.Code
	Title string
	Why   string
	// What to do next, beside what Why says.
	Paste    bool   // offer to paste the link again
	Again    bool   // offer to look again
	Activate string // tell the operator this game id
}

// titles are short names of the troubles; what to do about each stands in
// party.Problems.
var titles = map[party.Code]string{
	party.Banned:           "You cannot come back here",
	party.Ended:            "That party is over",
	party.Expired:          "This link has expired",
	party.Full:             "The party is full",
	party.KitNotActivated:  "Invites are switched off here",
	party.Locked:           "The party is locked",
	party.NotFound:         "This link leads nowhere",
	party.OriginNotAllowed: "Please start from the invite page",
	party.RateLimited:      "That was a little fast",
	party.Revoked:          "This link was taken back",
	party.StorageFull:      "The server is full",
	party.TicketSpent:      "This start was already used",
	party.Unavailable:      "Back in a moment",
	party.UsedUp:           "This link has been used up",
	party.WrongVersion:     "Your copy of the game is too old",
}

func troubleOf(e *party.Error, gameID string) trouble {
	t := trouble{Code: e.Code, Title: titles[e.Code], Why: e.Message()}
	if t.Title == "" {
		t.Title = "Something went wrong"
	}
	switch e.Code {
	case party.Expired:
		t.Why = "Invite links last for a while only. Ask your friend for a new one."
	case party.Revoked:
		t.Why = "Whoever made it does not want it used any more. Ask your friend for a new one."
	case party.UsedUp:
		t.Why = "It has let in as many people as it was made for. Ask your friend for a new one."
	case party.Ended:
		t.Why = "Everybody has gone home. Ask your friend for a link to the next one."
	case party.NotFound:
		t.Paste = true
		t.Why = "It may have lost a few characters on its way. Paste it here once more, or ask your friend for a new one."
	case party.Full:
		t.Again = true
		t.Why = "Every place is taken. There is room again as soon as somebody leaves."
	case party.Locked:
		t.Why = "Nobody new comes in just now. Your friend can open it for you."
	case party.KitNotActivated:
		t.Activate, t.Again = gameID, true
		t.Why = "At the moment this game lets nobody in by invite. Your link may work again later. If you make this game, ask the operator to activate PartyKit for it, and send them the game’s id."
	case party.RateLimited:
		t.Again = true
		t.Why = "Too many starts came from your network. Wait " + seconds(e.RetryAfter) + ", then try again."
	case party.Unavailable, party.Internal, party.StorageFull:
		t.Again = true
	}
	return t
}

// seconds says a duration in words, rounded up.
func seconds(d time.Duration) string {
	switch n := retryAfter(d); {
	case n <= 1:
		return "a second"
	case n < 90:
		return fmt.Sprintf("%d seconds", n)
	default:
		return fmt.Sprintf("%d minutes", (n+59)/60)
	}
}

// retryAfter is a duration in whole seconds, at least 1, for Retry-After.
func retryAfter(d time.Duration) int { return max(1, int(math.Ceil(d.Seconds()))) }

package party

import (
	"cmp"
	"time"
)

// The numbers of a party. Sizes are bytes of UTF-8.
const (
	DefaultSize = 8
	MaxSize     = 256

	MaxDataKeys    = 64
	MaxDataKey     = 63
	MaxDataValue   = 4095
	MaxDataTotal   = 16 << 10
	MaxFields      = 8
	MaxFieldID     = 63
	MaxFieldLabel  = 63
	MaxFieldValue  = 511
	MaxMessage     = 255 // an invite's message
	MaxPhase       = 31
	MaxChat        = 500 // characters of a line of chat
	ChatKept       = 200 // lines of 24 h that a welcome brings
	MaxLoadingText = 255
	MaxLinks       = 128 // live links of a party, and dead ones that are remembered
	MaxUses        = 1000

	keptAnswers = 16
	keptPlayers = 4000 // counted players remembered over all of a party's links
)

// How long things last.
const (
	MinExpiry     = time.Minute
	DefaultExpiry = 24 * time.Hour
	MaxExpiry     = 30 * 24 * time.Hour

	MaxSeatOpen = 60 * time.Minute // Rules.SeatOpen
	CrownServer = 60 * time.Second // a leader dropped by a server's end
	AloneLimit  = 10 * time.Minute // until a party of one leaves storage
	KeepSession = 2 * time.Minute  // a session's answers, after its member left
	KeepDead    = 24 * time.Hour   // why a link died
	StalledTime = 10 * time.Second // without progress while loading
	keepParty   = 24 * time.Hour
	afterExpiry = time.Hour
)

// Rules are the numbers of a party that its game may set. They are handed to
// every decision ([Known]) and stand in no log: a change holds from the next
// decision on, in parties there are already, too. Zero means the default.
type Rules struct {
	Links        int           // live links of the party; at most MaxLinks
	LinksEach    int           // live links of one member
	SeatsPerHome int           // of one address: held seats, places in line, open questions to be let in
	SeatOpen     time.Duration // of a held seat whose page is open; at most MaxSeatOpen
	SeatClosed   time.Duration // after its page was closed
	GraceIn      time.Duration // of a member that is in and lost its connection
	GraceLoad    time.Duration // of one that was loading
	Crown        time.Duration // of a leader that lost its connection
}

// DefaultRules are those of a game that sets none.
var DefaultRules = Rules{
	Links: 64, LinksEach: 20, SeatsPerHome: 2,
	SeatOpen: 60 * time.Minute, SeatClosed: 90 * time.Second,
	GraceIn: 60 * time.Second, GraceLoad: 120 * time.Second, Crown: 15 * time.Second,
}

// OrDefault returns the rules with defaults filled in.
func (r Rules) OrDefault() Rules {
	d := DefaultRules
	return Rules{
		Links: cmp.Or(r.Links, d.Links), LinksEach: cmp.Or(r.LinksEach, d.LinksEach), SeatsPerHome: cmp.Or(r.SeatsPerHome, d.SeatsPerHome),
		SeatOpen: cmp.Or(r.SeatOpen, d.SeatOpen), SeatClosed: cmp.Or(r.SeatClosed, d.SeatClosed),
		GraceIn: cmp.Or(r.GraceIn, d.GraceIn), GraceLoad: cmp.Or(r.GraceLoad, d.GraceLoad), Crown: cmp.Or(r.Crown, d.Crown),
	}
}

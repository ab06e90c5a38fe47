package party

import "time"

// The numbers of a party. Sizes are bytes of UTF-8.
const (
	DefaultSize = 8
	MaxSize     = 256

	MaxDataKeys     = 64
	MaxDataKey      = 63
	MaxDataValue    = 4095
	MaxDataTotal    = 16 << 10
	MaxFields       = 8
	MaxFieldID      = 63
	MaxFieldLabel   = 63
	MaxFieldValue   = 511
	MaxMessage      = 255 // an invite's message
	MaxPhase        = 31
	MaxChat         = 500 // characters of a line of chat
	ChatKept        = 200 // lines of 24 h that a welcome brings
	MaxLoadingText  = 255
	MaxInvites      = 64 // live links of a party
	MaxInvitesEach  = 20 // live links of one maker
	MaxUses         = 1000
	MaxSeatsPerHome = 2 // of one address: held seats, places in line, open questions to be let in

	keptAnswers = 16
	keptPlayers = 4000 // counted players remembered over all of a party's links
)

// How long things last.
const (
	MinExpiry     = time.Minute
	DefaultExpiry = 24 * time.Hour
	MaxExpiry     = 30 * 24 * time.Hour

	SeatOpen    = 60 * time.Minute  // a held seat whose page is open
	SeatClosed  = 90 * time.Second  // after its page was closed
	GraceIn     = 60 * time.Second  // a member that is in and lost its connection
	GraceLoad   = 120 * time.Second // one that was loading
	CrownAway   = 15 * time.Second  // a leader that lost its connection
	CrownServer = 60 * time.Second  // a leader dropped by a server's end
	AloneLimit  = 10 * time.Minute  // until a party of one leaves storage
	KeepSession = 2 * time.Minute   // a session's answers, after its member left
	KeepDead    = 24 * time.Hour    // why a link died
	StalledTime = 10 * time.Second  // without progress while loading
	keepParty   = 24 * time.Hour
	afterExpiry = time.Hour
)

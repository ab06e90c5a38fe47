package game

import (
	"time"

	"partykit/party"
)

// AllSettings lists the settings there are: of parties, of one connection, of
// one player, of one address, of the whole game. Their defaults are the numbers
// of docs/protocol.md.
var AllSettings = []Setting{
	count("party_size", "how many players a party has room for", party.DefaultSize, 1, party.MaxSize,
		func(s *Settings) *int { return &s.PartySize }),
	duration("invite_expiry", "how long an invite's link works when its maker asks for nothing else", party.DefaultExpiry, party.MinExpiry, party.MaxExpiry,
		func(s *Settings) *time.Duration { return &s.InviteExpiry }),
	count("links_per_party", "live links of a party", party.DefaultRules.Links, 1, party.MaxLinks,
		func(s *Settings) *int { return &s.Rules.Links }),
	count("links_per_player", "live links of one player in its party", party.DefaultRules.LinksEach, 1, party.MaxLinks,
		func(s *Settings) *int { return &s.Rules.LinksEach }),
	count("held_per_address", "places of a party that are kept for browsers of one address while they open the game", party.DefaultRules.SeatsPerHome, 1, party.MaxSize,
		func(s *Settings) *int { return &s.Rules.SeatsPerHome }),
	duration("held_open", "how long a place is kept while its invite page is open", party.DefaultRules.SeatOpen, time.Minute, party.MaxSeatOpen,
		func(s *Settings) *time.Duration { return &s.Rules.SeatOpen }),
	duration("held_closed", "how long a place is kept after its invite page was closed", party.DefaultRules.SeatClosed, 10*time.Second, 10*time.Minute,
		func(s *Settings) *time.Duration { return &s.Rules.SeatClosed }),
	duration("grace_in", "how long a member that lost its connection stays in the party", party.DefaultRules.GraceIn, 5*time.Second, 10*time.Minute,
		func(s *Settings) *time.Duration { return &s.Rules.GraceIn }),
	duration("grace_loading", "the same, of one that is still loading", party.DefaultRules.GraceLoad, 5*time.Second, 10*time.Minute,
		func(s *Settings) *time.Duration { return &s.Rules.GraceLoad }),
	duration("crown_grace", "how long a leader that lost its connection stays the leader", party.DefaultRules.Crown, time.Second, 10*time.Minute,
		func(s *Settings) *time.Duration { return &s.Rules.Crown }),
	choice("dead_links", "what a link that expired or was used up still offers of whoever made it, for a day and while its party remembers it: nothing (`end`), the way into the party they are in now if that is open (`open`), else to ask to join it (`ask`)",
		[]string{"end", "open", "ask"},
		func(s Settings) int { return int(s.DeadLinks) }, func(s *Settings, n int) { s.DeadLinks = DeadLinks(n) }),

	duration("hello_time", "until the first frame of a connection", 5*time.Second, time.Second, time.Minute,
		func(s *Settings) *time.Duration { return &s.HelloTime }),
	count("commands_per_second", "commands of a connection a second", 30, 1, 1000,
		func(s *Settings) *int { return &s.Commands }),
	count("commands_burst", "and at once", 60, 1, 1000,
		func(s *Settings) *int { return &s.CommandsBurst }),
	count("volatile_per_second", "volatile messages of a connection a second", 60, 1, 1000,
		func(s *Settings) *int { return &s.Volatile }),
	count("volatile_burst", "and at once", 120, 1, 1000,
		func(s *Settings) *int { return &s.VolatileBurst }),
	count("reliable_per_second", "reliable messages of a connection a second", 10, 1, 1000,
		func(s *Settings) *int { return &s.Reliable }),
	count("reliable_burst", "and at once", 50, 1, 1000,
		func(s *Settings) *int { return &s.ReliableBurst }),
	count("bytes_per_second", "bytes from a connection a second; twice as many at once, at least 128 KiB", 64<<10, 4<<10, 8<<20,
		func(s *Settings) *int { return &s.Bytes }),
	count("reports_per_second", "loading reports of a member that the others see a second; the newest stands for those between", 4, 1, 20,
		func(s *Settings) *int { return &s.Reports }),

	count("chat_per_minute", "lines of chat of a player a minute", 60, 1, 6000,
		func(s *Settings) *int { return &s.Chat }),
	count("chat_burst", "and at once", 5, 1, 1000,
		func(s *Settings) *int { return &s.ChatBurst }),
	count("invites_per_minute", "links that a player makes a minute", 10, 1, 1000,
		func(s *Settings) *int { return &s.Invites }),
	count("joins_per_minute", "joins of a player a minute, by link, code, ticket or party", 20, 1, 1000,
		func(s *Settings) *int { return &s.Joins }),
	count("complaints_per_minute", "how many others a player reports to the operator a minute", 5, 1, 1000,
		func(s *Settings) *int { return &s.Complaints }),

	count("connections_per_address", "connections of one address at a time, and as many open invite pages", 100, 1, 100_000,
		func(s *Settings) *int { return &s.AddressConnections }),
	count("guests_per_minute", "new guests from one address a minute", 30, 1, 100_000,
		func(s *Settings) *int { return &s.Guests }),
	count("starts_per_minute", "Starts from one address a minute", 30, 1, 100_000,
		func(s *Settings) *int { return &s.Starts }),

	count("connections", "connections of the game at a time", 50_000, 1, 1_000_000,
		func(s *Settings) *int { return &s.Connections }),
	count("requests_per_second", "requests of the game's backend a second", 50, 1, 100_000,
		func(s *Settings) *int { return &s.Requests }),
	count("requests_burst", "and at once", 100, 1, 100_000,
		func(s *Settings) *int { return &s.RequestsBurst }),
}

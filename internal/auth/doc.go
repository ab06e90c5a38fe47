// Package auth makes and checks everything that proves something: guest
// identities and their tokens, session secrets, invite codes, seats, tickets,
// random ids, the tokens by which a game names its own players ([Identities])
// and those by which a game's servers know ours ([Keys.PlayerToken]).
//
// All keys derive from one server secret of 32 bytes ([NewSecret]), which the
// caller keeps safe and the same on every node: with it anybody could be any
// guest and foretell invite codes. Nothing here stores anything, but for the
// public keys of games, which are kept in memory for a while.
//
// What is given to a player is shown once and stored only as a hash; each kind
// of hash and derived value has its own domain, so that a value of one kind is
// never good as one of another. All identifiers are lower-case ASCII letters
// and digits, fit for URLs and storage keys.
package auth

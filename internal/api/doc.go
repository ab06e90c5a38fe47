// Package api is the HTTP API for a game's own backend: it reads and steers the
// parties of its game with the leader's authority, sends into them, and makes
// and revokes links.
//
// What it promises:
//
//   - The game comes from the server key and from nothing else. Another game's
//     parties, players and links are not found.
//   - Every failure is a problem (RFC 9457) with a code of party.Problems.
//   - GET changes nothing. Any other request with an Idempotency-Key happens
//     once, however often it is sent within 24 hours, and answers the same.
//   - The OpenAPI document says all of it: [Document] is what is served, and
//     what the handlers are registered from.
//
// It holds no rule of the party: requests become commands, and the party
// decides.
package api

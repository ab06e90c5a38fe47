// Package protocol turns frames into values and back. docs/protocol.md is
// normative; this package is its Go form, used by the server and by the Go
// client alike, and holds no rule of a party.
package protocol

// Version of the protocol that hello and welcome speak.
const Version = 1

// Limits of frames, in bytes.
const (
	MaxText    = 32 << 10 // a text frame
	MaxPayload = 16 << 10 // the payload of a game message
	MaxFrame   = 64 << 10 // anything larger closes the connection
	MaxDepth   = 16       // nesting of JSON
)

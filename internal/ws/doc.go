// Package ws is the server's side of a WebSocket (RFC 6455) as bytes: the
// handshake, a parser for what a client sends, and functions that append what
// the server sends. It reads and writes nothing by itself, so that an event loop
// and a goroutine can use it alike, and it keeps no memory for a connection that
// has nothing under way.
//
// There are no subprotocols and no extensions; compression is never agreed to.
// What a client claims is checked before memory is used for it.
package ws

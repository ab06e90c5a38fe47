// Package wire is the client's side of a WebSocket, for load generators: frames
// written into a borrowed buffer and read in place, without a goroutine and
// without allocation.
package wire

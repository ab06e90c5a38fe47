// Package load drives the players of a server from one thread: it waits for all
// of their sockets at once, reads and answers in passes, and keeps count. It is
// kept apart from Go's own poller, because a load generator that shares a
// machine with what it measures must be cheap and exact.
package load
